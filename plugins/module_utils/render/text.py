"""Reports for a terminal: findings first, then what could not be judged; no colours, so it can be kept in a file."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

# Ansible shows the lines as a list; wider ones it would wrap once more.
_WIDTH = 72
_SEVERITIES = ("critical", "high", "medium", "low")
_REST = (
    ("info", "noted"),
    ("pass", "passed"),
    ("not_applicable", "not applicable"),
    ("not_evaluated", "not evaluated"),
)


def render(reports: Sequence[Mapping[str, Any]]) -> str:
    """Return all reports as text, one host after the other, with a line for each host on top when there are several."""
    parts = [_overview(reports)] if len(reports) > 1 else []
    parts += ["\n".join(_host(report)) for report in reports]
    return "\n\n".join(parts) + "\n"


def printable(text: str) -> str:
    r"""Return the text with control characters as ``\x1b``: names of users and clients come from strangers."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _overview(reports: Iterable[Mapping[str, Any]]) -> str:
    names = [printable(str(report["host"])) for report in reports]
    width = max(map(len, names), default=0)
    return "\n".join(f"{name:<{width}}  {_findings(report['summary'])}" for name, report in zip(names, reports))


def _findings(summary: Mapping[str, int]) -> str:
    return "  ".join(f"{name} {summary[name]}" for name in _SEVERITIES)


def _host(report: Mapping[str, Any]) -> Iterator[str]:
    server, summary = report["server"], report["summary"]
    words = [report["host"], report["endpoint"], server["product"], server["version"], server["role"]]
    yield printable("  ".join(str(word) for word in (*words, report["collected_at"]) if word))
    yield _findings(summary)
    yield ", ".join(f"{summary[name]} {label}" for name, label in _REST)
    for row in report["results"]:
        if row["status"] == "fail":
            yield ""
            yield from _finding(row)
    yield from _open(report["results"])


def _finding(row: Mapping[str, Any]) -> Iterator[str]:
    yield from _wrapped(f"{row['severity'].upper():<8}  {row['id']}  ", row["title"], "")
    for line in row["evidence"]:
        yield from _wrapped("", line)
    yield from _wrapped("Fix: ", row["fix"])


def _open(results: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield what was not evaluated, one paragraph for each reason."""
    reasons: dict[str, list[str]] = {}
    for row in results:
        if row["status"] == "not_evaluated":
            reasons.setdefault("; ".join(row["evidence"]), []).append(row["id"])
    for reason, idents in reasons.items():
        yield ""
        yield from _wrapped("NOT EVALUATED  ", ", ".join(idents), "")
        yield from _wrapped("", reason)


def _wrapped(label: str, text: str, indent: str = "  ") -> list[str]:
    hang = indent + " " * len(label)
    lines = textwrap.wrap(printable(text), _WIDTH, initial_indent=hang, subsequent_indent=hang, break_long_words=False)
    return [indent + label + lines[0][len(hang) :], *lines[1:]] if lines else [indent + label]
