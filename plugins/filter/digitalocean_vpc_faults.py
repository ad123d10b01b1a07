# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether servers are in one VPC."""

from __future__ import annotations

DOCUMENTATION = r"""
name: digitalocean_vpc_faults
author: The rampart.redis contributors (@rampart-redis)
version_added: 0.1.0
short_description: Says what is wrong with the VPC of servers
description:
  - All servers should be in one VPC, each reached at a private address of its droplet that is in the VPC's range.
positional: droplets, vpcs
options:
  _input:
    description: Addresses, by name of the server.
    type: dict
    required: true
  droplets:
    description: RV(rampart.redis.digitalocean_firewall_info#module:droplets).
    type: list
    elements: dict
    required: true
  vpcs:
    description: RV(rampart.redis.digitalocean_firewall_info#module:vpcs).
    type: list
    elements: dict
    required: true
"""

EXAMPLES = r"""
- name: The server is in the VPC
  ansible.builtin.assert:
    that: faults == []
  vars:
    faults: "{{ {'redis-1': '10.10.1.10'} | rampart.redis.digitalocean_vpc_faults(cloud.droplets, cloud.vpcs) }}"
"""

RETURN = r"""
_value:
  description: A sentence for each fault.
  type: list
  elements: str
"""

from typing import TYPE_CHECKING

from ..module_utils.digitalocean.vpc import vpc_faults

if TYPE_CHECKING:
    from collections.abc import Callable


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., list[str]]]:
        """Return the filter by name."""
        return {"digitalocean_vpc_faults": vpc_faults}
