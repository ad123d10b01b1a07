# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter ``redis_rotation_choice``: whose passwords can be rotated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..module_utils.acl import rotation

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

DOCUMENTATION = r"""
name: redis_rotation_choice
author: The rampart.redis contributors (@rampart-redis)
version_added: 0.1.0
short_description: Whose passwords can be rotated, and why not the others'
description:
  - Returns the users, out of those asked for, whose password lies on the controller, so that the role
    P(rampart.redis.redis_rotate#role) can rotate it; and a reason for each of the others.
positional: _input
options:
  _input:
    description: The declared users, as the role P(rampart.redis.redis_acl#role) takes them.
    type: list
    elements: dict
    required: true
  wished:
    description: Names of the users asked for. None of them means all that can be rotated.
    type: list
    elements: str
    default: []
  provided:
    description: Passwords by user name that come from elsewhere, such as Ansible Vault; only the names are looked at.
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: Nobody is asked for in vain
  ansible.builtin.assert:
    that: (my_users | rampart.redis.redis_rotation_choice(['shop'])).reasons == []
"""

RETURN = r"""
_value:
  description: C(chosen), a list of names, and C(reasons), a sentence for each user that cannot be rotated.
  type: dict
"""


def redis_rotation_choice(
    declared: Sequence[Mapping[str, Any]],
    wished: Collection[str] | None = None,
    provided: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the names and the reasons."""
    chosen, reasons = rotation.choose(declared, list(wished or ()), list(provided or ()))
    return {"chosen": chosen, "reasons": reasons}


class FilterModule:
    """What Ansible asks a filter file for."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"redis_rotation_choice": redis_rotation_choice}
