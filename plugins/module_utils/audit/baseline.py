"""What changed since an earlier report. A finding that could not be looked at again is not called fixed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import InputError
from .check import FAIL, NOT_EVALUATED, WAIVED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Raise the number when a field changes its meaning or goes; new fields do not raise it.
SCHEMA = "rampart.redis/audit/1"
# Several reports in one document; the structure of each has its own version.
DOCUMENT = "rampart.redis/audit-reports/1"


def read(found: Any, where: str) -> list[Mapping[str, Any]]:  # noqa: ANN401 - whatever stands in the file
    """Return the reports of an earlier document or the one report given.

    :raises InputError: it is neither, or its structure is of another version.
    """
    several = isinstance(found, dict) and found.get("schema") == DOCUMENT and isinstance(found.get("reports"), list)
    reports = found["reports"] if several else [found]
    strange = next((report for report in reports if not _known(report)), None)
    if strange is not None:
        raise InputError(
            f"not a report of this version: its schema is {_schema(strange)!r}, not {SCHEMA!r}",
            where=where,
            hint="Give the report.json of an audit by this release, or leave it out once to begin anew",
        )
    return list(reports)


def compare(report: Mapping[str, Any], earlier: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return ids of findings: ``new``, ``fixed``, ``unchanged``, and ``unseen`` (could not be looked at again).

    ``since`` says when the earlier report of this host was made; without one all findings are new.
    """
    then = next((old for old in earlier if old["host"] == report["host"]), None)
    before = _with_status(then, FAIL) if then else []
    now = _with_status(report, FAIL)
    unseen = set(_with_status(report, NOT_EVALUATED, WAIVED))
    asked = {row["id"] for row in report["results"]}
    return {
        "since": then["collected_at"] if then else "",
        "new": [ident for ident in now if ident not in before],
        "fixed": [ident for ident in before if ident in asked and ident not in unseen and ident not in now],
        "unchanged": [ident for ident in now if ident in before],
        "unseen": [ident for ident in before if ident in unseen or ident not in asked],
    }


def _with_status(report: Mapping[str, Any], *statuses: str) -> list[str]:
    return [row["id"] for row in report["results"] if row["status"] in statuses]


def _known(report: Any) -> bool:  # noqa: ANN401
    return _schema(report) == SCHEMA and isinstance(report.get("results"), list) and "host" in report


def _schema(report: Any) -> str:  # noqa: ANN401
    return str(report.get("schema")) if isinstance(report, dict) else "none"
