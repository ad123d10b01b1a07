"""Reports for monitoring: a file for the textfile collector of the node exporter."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    Sample = tuple[dict[str, str], float]
    Samples = Callable[[Mapping[str, Any]], Iterable[Sample]]

_SEVERITIES = ("critical", "high", "medium", "low")
_STATUSES = ("fail", "waived", "info", "pass", "not_applicable", "not_evaluated")


def render(reports: Sequence[Mapping[str, Any]]) -> str:
    """Return all reports as gauges in the text format."""
    return "".join(
        f"{line}\n" for name, meaning, samples in _METRICS for line in _metric(name, meaning, samples, reports)
    )


def _metric(name: str, meaning: str, samples: Samples, reports: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield f"# HELP {name} {meaning}"
    yield f"# TYPE {name} gauge"
    for report in reports:
        for labels, value in samples(report):
            named = {"host": str(report["host"]), **labels}
            inside = ",".join(f'{label}="{_escaped(text)}"' for label, text in named.items())
            yield f"{name}{{{inside}}} {value:g}" if value < _EXACT else f"{name}{{{inside}}} {value:.0f}"


# Above, %g would round.
_EXACT = 100_000


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")


def _findings(report: Mapping[str, Any]) -> Iterator[Sample]:
    for severity in _SEVERITIES:
        yield {"severity": severity}, report["summary"][severity]


def _checks(report: Mapping[str, Any]) -> Iterator[Sample]:
    for status in _STATUSES:
        yield {"status": status}, report["summary"].get(status, 0)


def _finding(report: Mapping[str, Any]) -> Iterator[Sample]:
    for row in report["results"]:
        if row["status"] == "fail":
            yield {"check": row["id"], "severity": row["severity"]}, 1


def _points(report: Mapping[str, Any]) -> Iterator[Sample]:
    for checklist in report["checklists"]:
        for answer, count in sorted(Counter(point["answer"] for point in checklist["points"]).items()):
            yield {"checklist": checklist["title"], "answer": answer}, count


def _reached(report: Mapping[str, Any]) -> Iterator[Sample]:
    yield {}, 0 if "server" in report["missing"] else 1


def _time(report: Mapping[str, Any]) -> Iterator[Sample]:
    moment = datetime.strptime(report["collected_at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
    yield {}, moment.timestamp()


_METRICS: tuple[tuple[str, str, Samples], ...] = (
    ("rampart_redis_audit_findings", "Failed checks by severity.", _findings),
    ("rampart_redis_audit_checks", "All checks by status.", _checks),
    ("rampart_redis_audit_finding", "One failed check.", _finding),
    ("rampart_redis_audit_checklist_points", "Points of the hardening guide's checklists by answer.", _points),
    ("rampart_redis_audit_server_reached", "Whether the server answered and let the auditor in.", _reached),
    ("rampart_redis_audit_timestamp_seconds", "When the audit was made, in seconds since the epoch.", _time),
)
