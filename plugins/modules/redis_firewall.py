#!/usr/bin/python
# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The firewall of a server's host, on trial until it is confirmed."""

from __future__ import annotations

DOCUMENTATION = r"""
module: redis_firewall
short_description: Keep strangers from a Redis or Valkey server by the host's own firewall
version_added: 0.1.0
author: The rampart.redis contributors (@rampart-redis)
description:
  - Writes one table of nftables, C(inet rampart), and leaves everything else alone, so that Docker, ufw and fail2ban
    keep working. Rules are compared by what they mean; a second run changes nothing.
  - The rules are first loaded by the host's own C(nft) into a network namespace of their own, where they do no harm.
  - New rules are on trial. A timer on the host takes them back after O(confirm_within) seconds unless the module is
    called again, over a new connection, with O(state=confirmed). Files and units are written only then, so a reboot
    takes an unconfirmed trial back as well.
  - Rules that would drop the ssh session by which the module came are refused.
  - Counters go on where they were when rules are replaced; a reboot begins anew.
extends_documentation_fragment:
  - rampart.redis.attributes
options:
  state:
    description:
      - V(present) puts the firewall in place, on trial.
      - V(confirmed) keeps what is on trial. Call it over a new connection.
      - V(absent) removes the firewall, its file and its unit.
      - V(quarantined) puts, on trial, a second table in place that cuts everything but ssh from O(bastions),
        connections that are there included.
      - V(released) removes that table.
    type: str
    choices: [present, confirmed, absent, quarantined, released]
    default: present
  scope:
    description:
      - V(host) drops everything that no rule lets in, also to other services of the host; see O(others).
      - V(ports) guards the ports of Redis, Sentinel, the cluster bus and the exporter, and leaves the rest of the host
        to others.
    type: str
    choices: [host, ports]
    default: host
  clients:
    description: Addresses and networks, of IPv4 and IPv6, that may connect to O(redis_ports).
    type: list
    elements: str
    default: []
  peers:
    description: Replicas, primaries, Sentinels and cluster nodes. They may also reach O(bus_ports) and be connected to.
    type: list
    elements: str
    default: []
  monitors:
    description: Those that may connect to O(exporter_ports).
    type: list
    elements: str
    default: []
  bastions:
    description: Those that may connect to O(ssh_ports).
    type: list
    elements: str
    default: []
  others:
    description: Further ports of the host that are open, with O(scope=host).
    type: list
    elements: dict
    default: []
    suboptions:
      port:
        description: The port.
        type: int
        required: true
      protocol:
        description: Its protocol.
        type: str
        choices: [tcp, udp]
        default: tcp
      sources:
        description: From where.
        type: list
        elements: str
        required: true
  addresses:
    description: The host's own addresses at which the servers may be reached. Empty for all.
    type: list
    elements: str
    default: []
  interfaces:
    description:
      - The interfaces in the private network. Packets from O(vpc) that come in by another one are forged, and dropped.
    type: list
    elements: str
    default: []
  vpc:
    description: The private network's ranges. They are only told from forged ones; being in them lets nobody in.
    type: list
    elements: str
    default: []
  redis_ports:
    description: Ports of the server, with TLS and without.
    type: list
    elements: int
    default: [6379]
  sentinel_ports:
    description: Ports of Sentinel. Closed to everybody unless O(sentinel_proved).
    type: list
    elements: int
    default: [26379]
  sentinel_proved:
    description: That Sentinel was proved to ask for a login. Then clients and peers may connect to it.
    type: bool
    default: false
  bus_ports:
    description: Ports of the cluster bus.
    type: list
    elements: int
    default: []
  exporter_ports:
    description: Ports of the exporter.
    type: list
    elements: int
    default: [9121]
  ssh_ports:
    description: Ports of the ssh server.
    type: list
    elements: int
    default: [22]
  user:
    description:
      - The service account. It may open connections to the ports of O(peers), to O(egress) and to this host itself, and
        to nothing else. Empty does not limit it.
    type: str
    default: ""
  egress:
    description: Further destinations of O(user).
    type: list
    elements: str
    default: []
  dns:
    description: Whether O(user) may ask name servers.
    type: bool
    default: false
  log_per_minute:
    description: How many refused packets a minute are logged, at most. V(0) logs none. All are counted.
    type: int
    default: 10
  other_manager:
    description:
      - What to do where ufw or firewalld is active. V(warn) works beside it and says so; V(leave) leaves the host
        alone.
    type: str
    choices: [warn, leave]
    default: warn
  unit:
    description: The systemd unit of the server; the firewall is loaded before it.
    type: str
    default: redis-server.service
  confirm_within:
    description: Seconds until a trial is taken back, 10 to 3600.
    type: int
    default: 60
  allow_public:
    description: Let O(clients), O(peers), O(monitors) and O(addresses) be public addresses.
    type: bool
    default: false
  allow_no_clients:
    description: Accept that nobody could connect.
    type: bool
    default: false
  allow_no_bastions:
    description: Accept that nobody could log in by ssh.
    type: bool
    default: false
seealso:
  - module: rampart.redis.redis_config_audit
"""

EXAMPLES = r"""
- name: Put the firewall in place, on trial
  rampart.redis.redis_firewall:
    clients: [10.10.1.20, 10.10.1.21]
    bastions: [10.10.0.5]
    user: redis
  register: firewall

- name: Come back over a new connection
  ansible.builtin.meta: reset_connection

- name: Keep it
  rampart.redis.redis_firewall:
    state: confirmed
  when: firewall.pending
"""

RETURN = r"""
pending:
  description: Whether it waits for a confirmation.
  returned: success
  type: bool
left:
  description: The active managers because of which the host was left alone.
  returned: with O(other_manager=leave), where there are any
  type: list
  elements: str
  sample: [ufw]
counters:
  description: Packets by named counter, as they were before.
  returned: with O(state=present) or O(state=quarantined)
  type: dict
  sample: {clients: 12, redis_refused: 3}
strangers:
  description: Who is connected now, and would not be let in any more.
  returned: with O(state=present)
  type: list
  elements: str
  sample: [10.10.1.99 (port 6379)]
"""

from typing import Any

from ..module_utils.collect.firewalling import firewall
from ..module_utils.glue import Request, Spec, run

_ADDRESSES: Spec = {"type": "list", "elements": "str", "default": []}
_OTHER: Spec = {
    "port": {"type": "int", "required": True},
    "protocol": {"type": "str", "choices": ["tcp", "udp"], "default": "tcp"},
    "sources": {"type": "list", "elements": "str", "required": True},
}

SPEC: Spec = {
    "state": {
        "type": "str",
        "choices": ["present", "confirmed", "absent", "quarantined", "released"],
        "default": "present",
    },
    "scope": {"type": "str", "choices": ["host", "ports"], "default": "host"},
    **{name: dict(_ADDRESSES) for name in ("clients", "peers", "monitors", "bastions")},
    "others": {"type": "list", "elements": "dict", "default": [], "options": _OTHER},
    **{name: dict(_ADDRESSES) for name in ("addresses", "interfaces", "vpc", "egress")},
    "redis_ports": {"type": "list", "elements": "int", "default": [6379]},
    "sentinel_ports": {"type": "list", "elements": "int", "default": [26379]},
    "sentinel_proved": {"type": "bool", "default": False},
    "bus_ports": {"type": "list", "elements": "int", "default": []},
    "exporter_ports": {"type": "list", "elements": "int", "default": [9121]},
    "ssh_ports": {"type": "list", "elements": "int", "default": [22]},
    "user": {"type": "str", "default": ""},
    "dns": {"type": "bool", "default": False},
    "log_per_minute": {"type": "int", "default": 10},
    "other_manager": {"type": "str", "choices": ["warn", "leave"], "default": "warn"},
    "unit": {"type": "str", "default": "redis-server.service"},
    "confirm_within": {"type": "int", "default": 60},
    "allow_public": {"type": "bool", "default": False},
    "allow_no_clients": {"type": "bool", "default": False},
    "allow_no_bastions": {"type": "bool", "default": False},
}


def work(request: Request) -> dict[str, Any]:
    """Compare by meaning, change on trial."""
    return firewall(request.params, check_mode=request.check_mode)


def main() -> None:
    """Run the module."""
    run(SPEC, work)


if __name__ == "__main__":
    main()
