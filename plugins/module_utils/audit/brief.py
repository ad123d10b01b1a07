"""Reports of many servers without what is the same for all of them: titles, reasons and remedies of checks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import InputError
from .check import Result
from .registry import CHECKS

if TYPE_CHECKING:
    from collections.abc import Mapping

# What one server gave for a check; the rest of a row is the check's own.
FOUND = ("id", "status", "severity", "evidence")
_OWN = {
    check.ident: {
        name: value for name, value in Result(check, "", check.severity, ()).as_dict().items() if name not in FOUND
    }
    for check in CHECKS
}


def brief(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return the report with rows of ``FOUND`` only: a fifth of its size."""
    return {**report, "results": [{name: row[name] for name in FOUND} for row in report["results"]]}


def full(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return the report with all that belongs to its checks; a full one stays as it is.

    :raises InputError: a check of another release.
    """
    return {**report, "results": [_whole(row) for row in report["results"]]}


def _whole(row: Mapping[str, Any]) -> dict[str, Any]:
    if "title" in row:
        return dict(row)
    if row["id"] not in _OWN:
        hint = "Render a report with the release that made it"
        raise InputError(f"{row['id']} is no check of this release", where="report", hint=hint)
    return {**row, **_OWN[row["id"]]}
