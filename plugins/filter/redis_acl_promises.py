# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter ``redis_acl_promises``: what presets can and cannot do, as assertions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleFilterError

from ..module_utils.acl import presets
from ..module_utils.errors import RampartError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

DOCUMENTATION = r"""
name: redis_acl_promises
author: The rampart.redis contributors (@rampart-redis)
version_added: 0.1.0
short_description: What users by purpose can and cannot do, as assertions of redis_acl
description:
  - Returns for each entry with a preset the calls that must be allowed and those that must be refused, for the option
    O(rampart.redis.redis_acl#module:assertions) of M(rampart.redis.redis_acl).
  - For an entry that adds C(keys), C(channels) or C(commands) of its own only the allowed calls are promised.
positional: _input
options:
  _input:
    description: The entries that are also given to P(rampart.redis.redis_acl_users#filter).
    type: list
    elements: dict
    required: true
"""

EXAMPLES = r"""
- name: Prove the rights before anything changes
  rampart.redis.redis_acl:
    users: "{{ my_users | rampart.redis.redis_acl_users(version='7.0.15', secrets=my_secrets) }}"
    assertions: "{{ my_users | rampart.redis.redis_acl_promises }}"
"""

RETURN = r"""
_value:
  description: Entries for the option O(rampart.redis.redis_acl#module:assertions).
  type: list
  elements: dict
"""


def redis_acl_promises(entries: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the promises of presets; errors become those of a filter."""
    try:
        return presets.promises(entries)
    except RampartError as error:
        raise AnsibleFilterError(f"redis_acl_promises: {error}") from error


class FilterModule:
    """What Ansible asks a filter file for."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"redis_acl_promises": redis_acl_promises}
