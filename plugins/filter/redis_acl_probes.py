# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter ``redis_acl_probes``: the logins that must succeed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..module_utils.acl import probes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

DOCUMENTATION = r"""
name: redis_acl_probes
author: The rampart.redis contributors (@rampart-redis)
version_added: 0.1.0
short_description: The logins that must succeed, for redis_health
description:
  - Returns an entry for the option O(rampart.redis.redis_health#module:users) of M(rampart.redis.redis_health) for
    every password of every user that is switched on.
  - Users of the presets C(application) and C(session) also get a prefix, below which they must be able to write and
    read.
positional: _input
options:
  _input:
    description: The entries that are also given to P(rampart.redis.redis_acl_users#filter).
    type: list
    elements: dict
    required: true
  secrets:
    description: Password, or list of passwords, by user name. Users whose password is not known are left out.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Prove that all can work
  rampart.redis.redis_health:
    users: "{{ my_users | rampart.redis.redis_acl_probes(my_secrets) }}"
"""

RETURN = r"""
_value:
  description: Entries for the option O(rampart.redis.redis_health#module:users); they hold passwords.
  type: list
  elements: dict
"""


def redis_acl_probes(
    entries: Sequence[Mapping[str, Any]], secrets: Mapping[str, str | Sequence[str]]
) -> list[dict[str, str | None]]:
    """Return the logins."""
    return probes.probes(entries, secrets)


class FilterModule:
    """What Ansible asks a filter file for."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"redis_acl_probes": redis_acl_probes}
