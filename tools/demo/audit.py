# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the collection's own audit and count its findings."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from . import playbooks
from .places import BUILD

if TYPE_CHECKING:
    from .screen import Screen


def audit(moment: str, screen: Screen) -> dict[str, int]:
    """Run playbooks/audit.yml and return findings by severity over all hosts."""
    folder = BUILD / f"audit-{moment}"
    playbooks.run("audit", f"audit-{moment}", screen, *playbooks.variables(redis_audit_report_dir=folder))
    return by_severity(json.loads((folder / "report.json").read_text(encoding="utf-8")))


def by_severity(report: dict[str, Any]) -> dict[str, int]:
    """Count the failed checks of a report."""
    return dict(
        Counter(
            finding["severity"]
            for host in report["hosts"]
            for finding in host["results"]
            if finding["result"] == "fail"
        )
    )
