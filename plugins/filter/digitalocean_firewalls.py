# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter ``digitalocean_firewalls``: a deployment's cloud firewalls out of its topology."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleFilterError

from ..module_utils.digitalocean import topology
from ..module_utils.errors import RampartError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOCUMENTATION = r"""
name: digitalocean_firewalls
author: The rampart.redis contributors (@rampart-redis)
version_added: 0.1.0
short_description: A deployment's cloud firewalls out of its topology
description:
  - Returns the options of two firewalls for M(rampart.redis.digitalocean_firewall), one to administer the droplets and
    one for Redis. What the topology lacks is told at once.
positional: _input
options:
  _input:
    description:
      - The topology, under the names that the C(vars/main.yml) of P(rampart.redis.digitalocean_firewall#role) uses.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Show the firewalls
  ansible.builtin.debug:
    msg: "{{ my_topology | rampart.redis.digitalocean_firewalls }}"
"""

RETURN = r"""
_value:
  description: The firewalls, in the order in which they have to be made.
  type: list
  elements: dict
"""


def digitalocean_firewalls(deployment: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the firewalls; errors become those of a filter."""
    try:
        return topology.firewalls(deployment)
    except RampartError as error:
        raise AnsibleFilterError(str(error)) from error


class FilterModule:
    """What Ansible asks a filter file for."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"digitalocean_firewalls": digitalocean_firewalls}
