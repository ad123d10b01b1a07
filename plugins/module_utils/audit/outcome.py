"""What an audit of one or many servers comes to: counts, changes, and whether it failed, with the reasons."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from .profiles import NEVER, failures

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# How the reason begins when a section was left out on purpose.
NOT_ASKED = "not asked for"
# As many ids stand in the sentence about a host.
_NAMED = 5


def outcome(reports: Sequence[Mapping[str, Any]], fail_on: str) -> dict[str, Any]:
    """Return ``summary``, ``findings``, ``failed``, ``msg`` if so, and with a baseline ``new`` and ``fixed``."""
    why = complaints(reports, fail_on)
    failed = [row["id"] for report in reports for row in report["results"] if row["status"] == "fail"]
    return {
        "summary": summary(reports),
        "findings": list(dict.fromkeys(failed)),
        "failed": bool(why),
        **({"msg": ". ".join(why)} if why else {}),
        **_changes(reports),
    }


def summary(reports: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Return the counts of all reports together."""
    total: Counter[str] = Counter()
    for report in reports:
        total.update(report["summary"])
    return dict(total)


def complaints(reports: Sequence[Mapping[str, Any]], fail_on: str) -> list[str]:
    """Return a sentence for each host for which the audit fails, without the full stop."""
    if fail_on == NEVER:
        return []
    return [sentence for report in reports for sentence in (_complaint(report, fail_on),) if sentence]


def _complaint(report: Mapping[str, Any], fail_on: str) -> str:
    reason = str(report["missing"].get("server", NOT_ASKED))
    if not reason.startswith(NOT_ASKED):
        return f"{report['host']}: no answer from the server: {reason}"
    worst = failures(report, fail_on)
    more = f" and {len(worst) - _NAMED} more" if len(worst) > _NAMED else ""
    named = ", ".join(row["id"] for row in worst[:_NAMED])
    return f"{report['host']}: {fail_on} or worse: {named}{more}" if worst else ""


def _changes(reports: Sequence[Mapping[str, Any]]) -> dict[str, list[dict[str, str]]]:
    compared = [report for report in reports if "changes" in report]
    if not compared:
        return {}
    return {
        kind: [{"host": report["host"], "id": ident} for report in compared for ident in report["changes"][kind]]
        for kind in ("new", "fixed")
    }
