# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The addresses of hosts of the inventory, for a firewall."""

from __future__ import annotations

DOCUMENTATION = r"""
name: redis_firewall_addresses
author: The rampart.redis contributors (@rampart-redis)
version_added: 0.1.0
short_description: Addresses of hosts of the inventory, for a firewall
description:
  - For each host the first of its variables C(redis_firewall_address), C(redis_server_address) and C(ansible_host) that
    is an address other than the loopback, or else its name if that is one.
  - A host without any is an error, since names are not looked up, or left out with O(required=false).
positional: hostvars
options:
  _input:
    description: Names of hosts.
    type: list
    elements: str
    required: true
  hostvars:
    description: The variable C(hostvars).
    type: dict
    required: true
  required:
    description: Whether every host must have one.
    type: bool
    default: true
"""

EXAMPLES = r"""
- name: Addresses of the application servers
  ansible.builtin.debug:
    msg: "{{ groups['redis_clients'] | rampart.redis.redis_firewall_addresses(hostvars) }}"
"""

RETURN = r"""
_value:
  description: Addresses and networks.
  type: list
  elements: str
  sample: [10.10.1.20, 10.10.1.21]
"""

from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleFilterError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

# The first is for a host whose clients' packets come from another address than the one it is administered by.
_NAMES = ("redis_firewall_address", "redis_server_address", "ansible_host", "inventory_hostname")


def redis_firewall_addresses(
    hosts: Iterable[str], hostvars: Mapping[str, Mapping[str, Any]], *, required: bool = True
) -> list[str]:
    """Return an address for each host."""
    found = [_address(host, hostvars[host], required=required) for host in hosts]
    return [address for address in found if address is not None]


def _address(host: str, variables: Mapping[str, Any], *, required: bool) -> str | None:
    # One after the other: what comes behind the first address may be a template that cannot be resolved now.
    words = (str(variables[name]) for name in _NAMES if variables.get(name))
    found = next((word for word in words if _is_address(word)), None)
    if found is None and required:
        raise AnsibleFilterError(
            f"{host} has no address that a firewall could let in. Set redis_firewall_address for it in the inventory"
        )
    return found


def _is_address(word: str) -> bool:
    try:
        return not ip_address(word).is_loopback
    except ValueError:
        return "/" in word and _is_network(word)


def _is_network(word: str) -> bool:
    try:
        ip_network(word)
    except ValueError:
        return False
    return True


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., list[str]]]:
        """Return the filter by name."""
        return {"redis_firewall_addresses": redis_firewall_addresses}
