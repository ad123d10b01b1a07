"""Reports as one web page that needs nothing from elsewhere and works without scripts; scripts add the filters."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, StrictUndefined

from ...module_utils.render.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_HERE = Path(__file__).parent
SEVERITIES = ("critical", "high", "medium", "low")
# What follows the findings, each group folded away.
GROUPS = (
    ("waived", "Waived"),
    ("info", "For your information"),
    ("not_evaluated", "Not evaluated"),
    ("pass", "Passed"),
    ("not_applicable", "Not applicable"),
)


def render(reports: Sequence[Mapping[str, Any]]) -> str:
    """Return the page for all reports."""
    style, script = _part("report.css"), _part("report.js")
    reports = [_shown(report) for report in reports]
    # Undefined names are errors, and everything from a report is escaped: parts of it were chosen by strangers.
    page = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return page.from_string(_part("report.html.j2")).render(
        reports=reports,
        hosts=[_host(report) for report in reports],
        totals=_totals(reports),
        families=[(row["code"], row["title"]) for row in reports[0]["families"]] if reports else [],
        severities=SEVERITIES,
        style=style,
        script=script,
        policy=f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)}",
    )


def worst(results: Iterable[Mapping[str, Any]]) -> str:
    """Return the worst severity that failed; else ``open`` if a check was not evaluated, else ``pass`` or ``none``."""
    rows = list(results)
    failed = {row["severity"] for row in rows if row["status"] == "fail"}
    statuses = {row["status"] for row in rows}
    rest = "open" if "not_evaluated" in statuses else "pass" if "pass" in statuses else "none"
    return next((severity for severity in SEVERITIES if severity in failed), rest)


def _shown(part: Any) -> Any:  # noqa: ANN401 - any part of a report
    # Names of users may hold control characters, and bytes that no encoding can write.
    if isinstance(part, dict):
        return {key: _shown(value) for key, value in part.items()}
    if isinstance(part, list):
        return [_shown(value) for value in part]
    return printable(part) if isinstance(part, str) else part


def _host(report: Mapping[str, Any]) -> dict[str, Any]:
    results = report["results"]
    codes = [row["code"] for row in report["families"]]
    by_family = {code: [row for row in results if row["family"] == code] for code in codes}
    groups = [(title, [row for row in results if row["status"] == status]) for status, title in GROUPS]
    return {
        "report": report,
        "findings": [row for row in results if row["status"] == "fail"],
        "groups": [(title, rows) for title, rows in groups if rows],
        "new": report.get("changes", {}).get("new", []),
        "cells": {
            code: (worst(rows), sum(row["status"] == "fail" for row in rows)) for code, rows in by_family.items()
        },
    }


def _totals(reports: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    names = (*SEVERITIES, "fail", "waived", "pass", "info", "not_evaluated", "not_applicable")
    return {name: sum(report["summary"][name] for report in reports) for name in names}


def _part(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
