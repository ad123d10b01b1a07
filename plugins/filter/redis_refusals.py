# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter ``redis_refusals``: what speaks against hardening a server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleFilterError

from ..module_utils.conf import preflight
from ..module_utils.errors import RampartError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

DOCUMENTATION = r"""
name: redis_refusals
author: The rampart.redis contributors (@rampart-redis)
version_added: 0.1.0
short_description: What speaks against hardening a server, as sentences
description:
  - Judges what M(rampart.redis.redis_instance_info) found. All reasons are returned at once; none means go on.
  - The role P(rampart.redis.redis_server#role) asks it before anything is changed.
positional: _input
options:
  _input:
    description: RV(rampart.redis.redis_instance_info#module:instance).
    type: dict
    required: true
  wish:
    description: What shall be done, under the names that the role's C(vars/main.yml) uses.
    type: dict
    required: true
  reasons:
    description: RV(rampart.redis.redis_instance_info#module:reasons).
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- name: Refuse what cannot be hardened safely
  ansible.builtin.assert:
    that: found.instance | rampart.redis.redis_refusals(my_wish, found.reasons) == []
"""

RETURN = r"""
_value:
  description: One sentence for each reason.
  type: list
  elements: str
"""


def redis_refusals(
    instance: Mapping[str, Any], wish: Mapping[str, Any], reasons: Sequence[str] | None = None
) -> list[str]:
    """Return the reasons; errors become those of a filter."""
    try:
        return preflight.refusals(instance, wish, list(reasons or ()))
    except RampartError as error:
        raise AnsibleFilterError(f"redis_refusals: {error}") from error


class FilterModule:
    """What Ansible asks a filter file for."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"redis_refusals": redis_refusals}
