# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the collection's own audit and count its findings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.attacks.model import CannotRunError

from . import playbooks
from .places import BOXES, BUILD
from .summary import SEVERITIES

if TYPE_CHECKING:
    from .screen import Screen


def audit(moment: str, screen: Screen) -> dict[str, int]:
    """Run playbooks/audit.yml and return findings by severity over all hosts.

    The playbook itself never fails here: whether the findings are as they must be is the demo's to judge, at its end.
    """
    folder = BUILD / f"audit-{moment}"
    options = playbooks.variables(redis_audit_report_dir=folder, redis_audit_fail_on="never")
    playbooks.run("audit", f"audit-{moment}", screen, *options)
    return by_severity(json.loads((folder / "report.json").read_text(encoding="utf-8")))


def by_severity(report: dict[str, Any]) -> dict[str, int]:
    """Sum up the findings of all hosts; CannotRunError where a host is missing."""
    audited = {host["host"] for host in report["reports"]}
    missing = [box.name for box in BOXES if box.name not in audited]
    if missing:
        raise CannotRunError(f"not audited: {', '.join(missing)}")
    return {severity: sum(host["summary"].get(severity, 0) for host in report["reports"]) for severity in SEVERITIES}
