#!/usr/bin/python
# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make a cloud firewall as wished."""

from __future__ import annotations

DOCUMENTATION = r"""
module: digitalocean_firewall
short_description: Make a DigitalOcean cloud firewall as wished, rules included
version_added: 0.1.0
author: The rampart.redis contributors (@rampart-redis)
description:
  - Compares a firewall's rules and targets with the wish and mends what differs. The order of rules and addresses, the
    way an address is written, and the API's three words for all ports make no difference.
  - The whole wish is judged before anything is sent, together with the other firewalls of the same droplets, and all
    that speaks against it is told at once.
  - A firewall is replaced as a whole, read again, and compared with what was asked for. A request that creates
    something is never repeated when its answer is lost; the firewall is looked for by its name instead.
  - In check mode nothing is made, tags included.
extends_documentation_fragment:
  - rampart.redis.attributes
  - rampart.redis.digitalocean
options:
  name:
    description: Name of the firewall. More than one of this name is an error.
    type: str
    required: true
  state:
    description: Whether the firewall shall be there.
    type: str
    choices: [present, absent]
    default: present
  inbound_rules:
    description:
      - Rules for traffic to the droplets. Each has C(protocol) (V(tcp), V(udp) or V(icmp)), C(ports) (a port, a range
        such as V(8000-9000), or V(all); not needed for V(icmp)) and C(sources).
      - C(sources) is a dictionary of lists, C(addresses), C(tags), C(droplet_ids), C(load_balancer_uids) and
        C(kubernetes_ids). One of them at least must not be empty.
      - Without this option the rules that are there stay. An empty list removes them.
    type: list
    elements: dict
  outbound_rules:
    description: Rules for traffic from the droplets. The same, with C(destinations) in place of C(sources).
    type: list
    elements: dict
  tags:
    description:
      - Tags whose droplets are behind the firewall, five at most. Without this option they stay as they are.
    type: list
    elements: str
  droplet_ids:
    description: Droplets that are behind the firewall, ten at most. Without this option they stay as they are.
    type: list
    elements: int
  purge:
    description:
      - Whether rules, sources and targets beyond the wish are removed from the lists that are given. With V(false), the
        wish is added to what is there.
    type: bool
    default: true
  create_tags:
    description: Whether tags that do not exist are made. A tag that differs from an existing one only in case is an
      error.
    type: bool
    default: false
  management_ports:
    description:
      - Ports of which one at least must stay open, to somebody, on each droplet behind the firewall. Its other
        firewalls
        count. An empty list switches this off.
    type: list
    elements: int
    default: [22]
  allow_lockout:
    description: Whether droplets may be left that nobody can administer through O(management_ports).
    type: bool
    default: false
  protected_ports:
    description: Ports that must not be open to the whole internet. The default are those of Redis, Sentinel, bus and
      exporter.
    type: list
    elements: int
    default: [6379, 6380, 16379, 16380, 26379, 9121]
  allow_exposure:
    description: Whether O(protected_ports) may be open to the internet, and droplets may be left behind no firewall at
      all.
    type: bool
    default: false
  companions:
    description:
      - Firewalls that earlier tasks of the same play make, each a dictionary of O(name), O(inbound_rules),
        O(outbound_rules), O(tags) and O(droplet_ids). They count in check mode only, and only while they do not exist.
    type: list
    elements: dict
    default: []
  wait:
    description: Whether to wait until the firewall is in force on all its droplets. If that fails, the task fails.
    type: bool
    default: true
  wait_timeout:
    description: Seconds to wait for that, and for the API to show what was stored.
    type: float
    default: 120.0
seealso:
  - module: rampart.redis.digitalocean_firewall_info
"""

EXAMPLES = r"""
- name: Redis for the application servers and for its own replicas
  rampart.redis.digitalocean_firewall:
    name: shop-redis
    tags: [redis]
    inbound_rules:
      - protocol: tcp
        ports: "6379"
        sources:
          tags: [web, redis]
      - protocol: tcp
        ports: "22"
        sources:
          addresses: [203.0.113.7]
    outbound_rules:
      - {protocol: udp, ports: "53", destinations: {addresses: ["0.0.0.0/0", "::/0"]}}
      - {protocol: udp, ports: "123", destinations: {addresses: ["0.0.0.0/0", "::/0"]}}
      - {protocol: tcp, ports: "443", destinations: {addresses: ["0.0.0.0/0", "::/0"]}}
  delegate_to: localhost

- name: Let one more network in, and leave the rest alone
  rampart.redis.digitalocean_firewall:
    name: shop-redis
    purge: false
    inbound_rules:
      - {protocol: tcp, ports: "6379", sources: {addresses: [10.10.7.0/24]}}
  delegate_to: localhost
"""

RETURN = r"""
changes:
  description: One sentence for each difference between the wish and what was there.
  returned: success
  type: list
  elements: str
  sample: ["open inbound: tcp 6379 from 10.10.7.0/24"]
firewall:
  description: The firewall as it is stored; in check mode, as it would be. Empty when there is none.
  returned: success
  type: dict
  contains:
    id:
      description: The API's name for it. Null when it does not exist yet.
      returned: when there is a firewall
      type: str
    status:
      description: V(waiting), V(succeeded) or V(failed).
      returned: when there is a firewall
      type: str
    created_at:
      description: When it was made.
      returned: when there is a firewall
      type: str
    pending_changes:
      description: Droplets on which it is not in force yet.
      returned: when there is a firewall
      type: list
      elements: dict
    name:
      description: Its name.
      returned: when there is a firewall
      type: str
    inbound_rules:
      description: Its inbound rules, merged by protocol and ports.
      returned: when there is a firewall
      type: list
      elements: dict
    outbound_rules:
      description: Its outbound rules, merged by protocol and ports.
      returned: when there is a firewall
      type: list
      elements: dict
    tags:
      description: Tags whose droplets are behind it.
      returned: when there is a firewall
      type: list
      elements: str
    droplet_ids:
      description: Droplets that are behind it by number.
      returned: when there is a firewall
      type: list
      elements: int
"""

from typing import Any

from ..module_utils.collect.cloud_firewall import reconcile
from ..module_utils.glue import CLOUD_SPEC, Request, Spec, run

SPEC: Spec = {
    **CLOUD_SPEC,
    "name": {"type": "str", "required": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "inbound_rules": {"type": "list", "elements": "dict"},
    "outbound_rules": {"type": "list", "elements": "dict"},
    "tags": {"type": "list", "elements": "str"},
    "droplet_ids": {"type": "list", "elements": "int"},
    "purge": {"type": "bool", "default": True},
    "create_tags": {"type": "bool", "default": False},
    "management_ports": {"type": "list", "elements": "int", "default": [22]},
    "allow_lockout": {"type": "bool", "default": False},
    "protected_ports": {"type": "list", "elements": "int", "default": [6379, 6380, 16379, 16380, 26379, 9121]},
    "allow_exposure": {"type": "bool", "default": False},
    "companions": {"type": "list", "elements": "dict", "default": []},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "float", "default": 120.0},
}


def work(request: Request) -> dict[str, Any]:
    """Read, compare, judge, and only then write."""
    return reconcile(request.params, check_mode=request.check_mode)


def main() -> None:
    """Run the module."""
    run(SPEC, work)


if __name__ == "__main__":
    main()
