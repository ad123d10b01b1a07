#!/usr/bin/python
# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Show cloud firewalls, and which droplets are behind which."""

from __future__ import annotations

DOCUMENTATION = r"""
module: digitalocean_firewall_info
short_description: Show DigitalOcean cloud firewalls, and which droplets are behind which
version_added: 0.1.0
author: The rampart.redis contributors (@rampart-redis)
description:
  - Reads the firewalls of an account and the droplets of some tags, and says which of them are behind no firewall at
    all. Such a droplet is open to the internet and to everybody in its VPC.
extends_documentation_fragment:
  - rampart.redis.attributes.info
  - rampart.redis.digitalocean
options:
  tags:
    description: Tags of the droplets to look at.
    type: list
    elements: str
    default: []
  wait_for:
    description: Names of firewalls to wait for until they are in force on all their droplets.
    type: list
    elements: str
    default: []
  wait_timeout:
    description: Seconds to wait for that. Whatever is not in force then is told in RV(pending), and is no error.
    type: float
    default: 120.0
  vpcs:
    description: Whether to look at the VPCs of the droplets too. A custom token then needs the scope C(vpc:read).
    type: bool
    default: false
seealso:
  - module: rampart.redis.digitalocean_firewall
"""

EXAMPLES = r"""
- name: See what the Redis droplets are behind
  rampart.redis.digitalocean_firewall_info:
    tags: [redis]
  delegate_to: localhost
  register: cloud

- name: None is open
  ansible.builtin.assert:
    that: cloud.unguarded == []
"""

RETURN = r"""
firewalls:
  description: All firewalls, rules merged by protocol and ports.
  returned: success
  type: list
  elements: dict
droplets:
  description:
    - The droplets of O(tags), each with C(id), C(name), C(tags), the names of its C(firewalls), the id of its C(vpc),
      and its C(private_addresses).
  returned: success
  type: list
  elements: dict
vpcs:
  description: The VPCs of the droplets, each with C(id), C(name) and C(ip_range). Empty without O(vpcs).
  returned: success
  type: list
  elements: dict
pending:
  description: Names of O(wait_for) that are not in force, or do not exist.
  returned: success
  type: list
  elements: str
unguarded:
  description: Names of those that are behind no firewall.
  returned: success
  type: list
  elements: str
"""

from typing import Any

from ..module_utils.collect.cloud_firewall import survey
from ..module_utils.glue import CLOUD_SPEC, Request, Spec, run

SPEC: Spec = {
    **CLOUD_SPEC,
    "tags": {"type": "list", "elements": "str", "default": []},
    "wait_for": {"type": "list", "elements": "str", "default": []},
    "wait_timeout": {"type": "float", "default": 120.0},
    "vpcs": {"type": "bool", "default": False},
}


def work(request: Request) -> dict[str, Any]:
    """Look."""
    return survey(request.params)


def main() -> None:
    """Run the module."""
    run(SPEC, work)


if __name__ == "__main__":
    main()
