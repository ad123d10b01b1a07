# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the audit of many hosts comes to."""

from __future__ import annotations

DOCUMENTATION = r"""
name: redis_audit_outcome
short_description: Says what audits come to, and whether they failed
version_added: 0.1.0
author: The rampart.redis contributors (@rampart-redis)
description:
  - Sums up reports of M(rampart.redis.redis_config_audit), so that a play can fail after all hosts have reported.
positional: fail_on
options:
  _input:
    description: Reports.
    type: list
    elements: dict
    required: true
  fail_on:
    description: The least severity of a finding for which the audit fails; V(never) does not fail.
    type: str
    choices: [critical, high, medium, low, never]
    default: high
"""

EXAMPLES = r"""
- name: Fail when something is critical
  ansible.builtin.assert:
    that: not outcome.failed
    fail_msg: "{{ outcome.msg }}"
  vars:
    outcome: "{{ reports | rampart.redis.redis_audit_outcome('critical') }}"
"""

RETURN = r"""
_value:
  description: >-
    C(summary) (counts), C(findings) (ids), C(failed), C(msg) if it failed, and C(new) and C(fixed) if there is a
    baseline.
  type: dict
"""

from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleFilterError

from ..module_utils.audit.outcome import outcome
from ..module_utils.audit.profiles import LEVELS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


def redis_audit_outcome(reports: Sequence[Mapping[str, Any]], fail_on: str = "high") -> dict[str, Any]:
    """Sum up the reports."""
    if fail_on not in LEVELS:
        raise AnsibleFilterError(f"redis_audit_outcome: unknown severity {fail_on!r}, known are {', '.join(LEVELS)}")
    return outcome(reports, fail_on)


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., dict[str, Any]]]:
        """Return them by name."""
        return {"redis_audit_outcome": redis_audit_outcome}
