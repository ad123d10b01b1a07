# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter ``digitalocean_quarantine_rules``: what stays open on a droplet in quarantine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleFilterError

from ..module_utils.digitalocean import topology
from ..module_utils.errors import RampartError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DOCUMENTATION = r"""
name: digitalocean_quarantine_rules
author: The rampart.redis contributors (@rampart-redis)
version_added: 0.1.0
short_description: What stays open on a droplet in quarantine
description:
  - Returns the inbound rules for M(rampart.redis.digitalocean_firewall), ssh from the bastion and nothing else.
positional: _input
options:
  _input:
    description:
      - The topology, under the names that the C(vars/main.yml) of P(rampart.redis.digitalocean_firewall#role) uses.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Show the rules
  ansible.builtin.debug:
    msg: "{{ my_topology | rampart.redis.digitalocean_quarantine_rules }}"
"""

RETURN = r"""
_value:
  description: The inbound rules.
  type: list
  elements: dict
"""


def digitalocean_quarantine_rules(deployment: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rules; errors become those of a filter."""
    try:
        return topology.quarantine_rules(deployment)
    except RampartError as error:
        raise AnsibleFilterError(str(error)) from error


class FilterModule:
    """What Ansible asks a filter file for."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"digitalocean_quarantine_rules": digitalocean_quarantine_rules}
