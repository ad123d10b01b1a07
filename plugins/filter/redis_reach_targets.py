# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What to try, to see whether a firewall is as wished."""

from __future__ import annotations

DOCUMENTATION = r"""
name: redis_reach_targets
author: The rampart.redis contributors (@rampart-redis)
version_added: 0.1.0
short_description: Says which ports to try, to see whether firewalls are as wished
description:
  - Returns the ports that the firewalls of M(rampart.redis.redis_firewall) decide about, for
    M(rampart.redis.redis_reach).
options:
  _input:
    description: >-
      For each server its name (C(server)), its C(address), and the C(options) of M(rampart.redis.redis_firewall).
    type: list
    elements: dict
    required: true
"""

EXAMPLES = r"""
- name: Try them
  rampart.redis.redis_reach:
    targets: "{{ servers | rampart.redis.redis_reach_targets }}"
"""

RETURN = r"""
_value:
  description: Targets, each with C(address) and C(port).
  type: list
  elements: dict
  sample: [{address: 10.10.1.10, port: 6379}]
"""

from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleFilterError

from ..module_utils.errors import InputError
from ..module_utils.firewall.reach import doors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


def redis_reach_targets(servers: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return what to try."""
    try:
        return [{"address": door.address, "port": door.port} for server in servers for door in doors(server)]
    except InputError as error:
        raise AnsibleFilterError(str(error)) from error


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., list[dict[str, Any]]]]:
        """Return the filter by name."""
        return {"redis_reach_targets": redis_reach_targets}
