"""Reports for code scanning: SARIF 2.1.0, a run for each host.

Findings are results, waived ones suppressed results. What could not be evaluated is a notification of the run: many
readers take every result for a finding.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ...module_utils.render.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "note"}
# As readers of SARIF sort security findings: above 9 critical, from 7 high, from 4 medium.
_SCORES = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "2.0"}


def render(reports: Sequence[Mapping[str, Any]]) -> str:
    """Return all reports as one SARIF log."""
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [_run(report) for report in reports]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _run(report: Mapping[str, Any]) -> dict[str, Any]:
    host = printable(str(report["host"]))
    found = [row for row in report["results"] if row["status"] in ("fail", "waived")]
    return {
        "tool": {"driver": {"name": "rampart.redis", "rules": [_rule(row) for row in report["results"]]}},
        "automationDetails": {"id": f"redis-audit/{host}/"},
        "invocations": [
            {
                "executionSuccessful": "server" not in report["missing"],
                "endTimeUtc": report["collected_at"],
                "toolExecutionNotifications": [_notification(row) for row in _open(report["results"])],
            }
        ],
        "results": [_result(row, report) for row in found],
    }


def _rule(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "name": row["id"].replace("-", ""),
        "shortDescription": {"text": row["title"]},
        "fullDescription": {"text": row["rationale"]},
        "help": {"text": f"Fix: {row['fix']}"},
        "defaultConfiguration": {"level": _LEVELS[row["severity"]]},
        "properties": {"tags": ["security", row["family"]], "security-severity": _SCORES[row["severity"]]},
    }


def _result(row: Mapping[str, Any], report: Mapping[str, Any]) -> dict[str, Any]:
    host = printable(str(report["host"]))
    lines = [printable(line) for line in row["evidence"]]
    changes = report.get("changes")
    state = {} if changes is None else {"baselineState": "new" if row["id"] in changes["new"] else "unchanged"}
    return {
        "ruleId": row["id"],
        "level": _LEVELS[row["severity"]],
        "message": {"text": "\n".join([f"{host}: {row['title']}", *lines, f"Fix: {row['fix']}"])},
        "locations": [_location(host, str(report["endpoint"]))],
        "partialFingerprints": {"hostAndCheck/v1": hashlib.sha256(f"{host} {row['id']}".encode()).hexdigest()},
        **({"suppressions": [_suppression(lines)]} if row["status"] == "waived" else {}),
        **state,
    }


def _location(host: str, endpoint: str) -> dict[str, Any]:
    # A reader that knows only files shows the host as one.
    return {
        "physicalLocation": {"artifactLocation": {"uri": f"redis/{quote(host, safe='')}"}},
        "logicalLocations": [{"name": host, "fullyQualifiedName": printable(f"{host} {endpoint}"), "kind": "resource"}],
    }


def _suppression(lines: Sequence[str]) -> dict[str, str]:
    return {"kind": "external", "status": "accepted", "justification": lines[-1]}


def _open(results: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [row for row in results if row["status"] == "not_evaluated"]


def _notification(row: Mapping[str, Any]) -> dict[str, Any]:
    text = "; ".join(printable(line) for line in row["evidence"])
    return {
        "level": "warning",
        "message": {"text": f"Not evaluated: {row['title']}: {text}"},
        "associatedRule": {"id": row["id"]},
    }
