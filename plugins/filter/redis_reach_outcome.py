# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether hosts reach what they should, and nothing else."""

from __future__ import annotations

DOCUMENTATION = r"""
name: redis_reach_outcome
author: The rampart.redis contributors (@rampart-redis)
version_added: 0.1.0
short_description: Compares what hosts reached with what firewalls should let through
description:
  - Compares results of M(rampart.redis.redis_reach) with the options of M(rampart.redis.redis_firewall).
positional: servers
options:
  _input:
    description: >-
      For each host its name (C(host)), its C(address) by the inventory or an empty text, and the C(outcomes) of
      M(rampart.redis.redis_reach).
    type: list
    elements: dict
    required: true
  servers:
    description: The same as the input of P(rampart.redis.redis_reach_targets#filter).
    type: list
    elements: dict
    required: true
"""

EXAMPLES = r"""
- name: Everybody reaches what they should, and nothing else
  ansible.builtin.assert:
    that: outcome.deviations == []
  vars:
    outcome: "{{ attempts | rampart.redis.redis_reach_outcome(servers) }}"
"""

RETURN = r"""
_value:
  description: C(tried) (a number), C(deviations) (sentences), and C(lines) (what each host reached).
  type: dict
"""

from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleFilterError

from ..module_utils.errors import InputError
from ..module_utils.firewall.reach import outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


def redis_reach_outcome(attempts: Iterable[Mapping[str, Any]], servers: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Compare."""
    try:
        return outcome(attempts, servers)
    except InputError as error:
        raise AnsibleFilterError(str(error)) from error


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        """Return the filter by name."""
        return {"redis_reach_outcome": redis_reach_outcome}
