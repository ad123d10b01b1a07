# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nodes of one deployment, audited one by one and compared."""

from __future__ import annotations

DOCUMENTATION = r"""
name: redis_audit_compared
short_description: Compares the nodes of a deployment that were audited one by one
version_added: 0.1.0
author: The rampart.redis contributors (@rampart-redis)
description:
  - Takes reports of M(rampart.redis.redis_config_audit) with its option
    O(rampart.redis.redis_config_audit#module:deployment).
  - Returns them without C(traits). Where several nodes of a deployment are among them, each has C(peers), with
    C(compared_with) (the first primary, or the first node; empty for that node itself), C(nodes), and, as sentences,
    C(differences) and what was C(unseen).
  - Reports of nodes without a deployment, and such as were compared before, stay as they are.
options:
  _input:
    description: Reports.
    type: list
    elements: dict
    required: true
"""

EXAMPLES = r"""
- name: Show in what nodes differ
  ansible.builtin.debug:
    msg: "{{ reports | rampart.redis.redis_audit_compared | rampart.redis.redis_report('text') }}"
"""

RETURN = r"""
_value:
  description: The reports, in the same order.
  type: list
  elements: dict
"""

from typing import TYPE_CHECKING, Any

from ..module_utils.audit.parity import compared

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


def redis_audit_compared(reports: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Compare the reports of each deployment."""
    return compared(reports)


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., list[dict[str, Any]]]]:
        """Return them by name."""
        return {"redis_audit_compared": redis_audit_compared}
