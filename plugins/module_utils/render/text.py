"""Reports for a terminal: findings first, then what could not be judged; no colours, so it can be kept in a file."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_WIDTH = 100
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
    return "\n".join(f"{name:<{width}}  {_counts(report['summary'])}" for name, report in zip(names, reports))


def _counts(summary: Mapping[str, int]) -> str:
    severities = "  ".join(f"{name} {summary[name]}" for name in _SEVERITIES)
    rest = ", ".join(f"{summary[name]} {label}" for name, label in _REST)
    return f"{severities}  ({rest})"


def _host(report: Mapping[str, Any]) -> Iterator[str]:
    server = report["server"]
    words = [report["host"], report["endpoint"], server["product"], server["version"], server["role"]]
    yield printable("  ".join(str(word) for word in (*words, report["collected_at"]) if word))
    yield _counts(report["summary"])
    for row in report["results"]:
        if row["status"] == "fail":
            yield ""
            yield from _finding(row)
    yield from _open(report["results"])


def _finding(row: Mapping[str, Any]) -> Iterator[str]:
    yield f"  {row['severity'].upper():<8}  {row['id']}  {printable(row['title'])}"
    for line in row["evidence"]:
        yield from _wrapped(printable(line), "")
    yield from _wrapped(row["fix"], "Fix: ")


def _open(results: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    rows = [row for row in results if row["status"] == "not_evaluated"]
    if rows:
        yield ""
        yield "  Not evaluated"
    for row in rows:
        yield from _wrapped(printable("; ".join(row["evidence"])), f"{row['id']}  ")


def _wrapped(text: str, label: str) -> list[str]:
    indent = " " * 12
    return textwrap.wrap(
        label + text, _WIDTH, initial_indent=indent, subsequent_indent=indent + " " * len(label), break_long_words=False
    )
