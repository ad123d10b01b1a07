# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter ``redis_acl_users``: users by purpose become users by rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleFilterError

from ..module_utils.acl import passwords, presets
from ..module_utils.errors import InputError, RampartError
from ..module_utils.versions import ServerVersion, parse_number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

DOCUMENTATION = r"""
name: redis_acl_users
author: The rampart.redis contributors (@rampart-redis)
version_added: 0.1.0
short_description: Users by purpose become the users of redis_acl
description:
  - Turns entries that name a preset into entries for the option O(rampart.redis.redis_acl#module:users) of
    M(rampart.redis.redis_acl), with the least rights that the purpose needs on the given server version.
  - Entries without a preset pass unchanged, except that their passwords are added.
positional: _input
options:
  _input:
    description:
      - Entries with C(name), C(preset) and, for C(application) and C(session), C(prefix).
      - C(preset) is one of C(application), C(session), C(exporter), C(auditor), C(operator), C(admin) (switched off),
        C(replica), C(sentinel).
      - C(keys), C(channels) and C(commands) of an entry add to those of its preset; every other option replaces.
    type: list
    elements: dict
    required: true
  version:
    description: Version of the server, such as V(7.0.15).
    type: str
    required: true
  product:
    description: Product of the server.
    type: str
    choices: [redis, valkey]
    default: redis
  secrets:
    description:
      - Password, or list of passwords, by user name. A user without one here must bring C(passwords) or
        C(password_hashes), be C(nopass), or be switched off.
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: The guide's users, with least rights
  rampart.redis.redis_acl:
    users: "{{ my_users | rampart.redis.redis_acl_users(version='7.0.15', secrets=my_secrets) }}"
  vars:
    my_users:
      - name: shop-app
        preset: application
        prefix: 'app:'
      - name: session-store
        preset: session
        prefix: 'sess:'
"""

RETURN = r"""
_value:
  description: Entries for the option O(rampart.redis.redis_acl#module:users).
  type: list
  elements: dict
"""


def redis_acl_users(
    entries: Sequence[Mapping[str, Any]],
    version: str,
    product: str = "redis",
    secrets: Mapping[str, str | Sequence[str]] | None = None,
) -> list[dict[str, Any]]:
    """Expand presets and add passwords; errors become those of a filter."""
    try:
        users = presets.expand(entries, ServerVersion(product, parse_number(version)))
        return [_with_passwords(user, secrets or {}) for user in users]
    except RampartError as error:
        raise AnsibleFilterError(f"redis_acl_users: {error}") from error


def _with_passwords(user: dict[str, Any], secrets: Mapping[str, str | Sequence[str]]) -> dict[str, Any]:
    found = secrets.get(user["name"])
    if found is not None and not any(user.get(option) for option in ("passwords", "password_hashes", "nopass")):
        user = {**user, "passwords": [found] if isinstance(found, str) else list(found)}
    for value in user.get("passwords") or ():
        passwords.check(value, f"password of user {user['name']!r}")
    has_way_in = any(user.get(option) for option in ("passwords", "password_hashes", "nopass"))
    if not has_way_in and user.get("enabled", True) and user.get("state", "present") == "present":
        raise InputError("there is no password for it", where=f"user {user['name']!r}")
    return user


class FilterModule:
    """What Ansible asks a filter file for."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"redis_acl_users": redis_acl_users}
