"""Reports for a terminal: what was found, facts, findings, what could not be judged, the checklists.

Colours only for a terminal, so that it can be kept in a file.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    Paint = Callable[[str, str], str]

# Ansible shows the lines as a list; wider ones it would wrap once more.
_WIDTH = 72
_WIDEST_NAME = 30
_SEVERITIES = ("critical", "high", "medium", "low")
_REST = (
    ("waived", "waived"),
    ("info", "noted"),
    ("pass", "passed"),
    ("not_applicable", "not applicable"),
    ("not_evaluated", "not evaluated"),
)
_CHANGES = (("new", "New"), ("fixed", "Fixed"), ("unchanged", "Unchanged"), ("unseen", "Not seen again"))
_COLOURS = {
    "title": "1",
    "critical": "1;37;41",
    "high": "1;31",
    "medium": "33",
    "low": "36",
    "waived": "35",
    "open": "35",
    "no": "1;31",
    "person": "33",
    "declared": "32",
    "yes": "32",
}


def render(reports: Sequence[Mapping[str, Any]], *, colour: bool = False) -> str:
    """Return all reports as text, one host after the other, with a table of hosts on top when there are several."""
    paint = _coloured if colour else _plain
    parts = ["\n".join(_overview(reports, paint))] if len(reports) > 1 else []
    parts += ["\n".join(_host(report, paint)) for report in reports]
    return "\n\n".join(parts) + "\n"


def printable(text: str) -> str:
    r"""Return the text with control characters as ``\x1b``: names of users and clients come from strangers."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _plain(text: str, _kind: str) -> str:
    return text


def _coloured(text: str, kind: str) -> str:
    return f"\x1b[{_COLOURS[kind]}m{text}\x1b[0m" if kind in _COLOURS else text


def _overview(reports: Sequence[Mapping[str, Any]], paint: Paint) -> Iterator[str]:
    names = [printable(str(report["host"])) for report in reports]
    width = max(map(len, [*names, "host"]))
    yield paint(f"{'host':<{width}}  {'  '.join(f'{name:>8}' for name in (*_SEVERITIES, 'open'))}", "title")
    for name, report in zip(names, reports):
        summary = report["summary"]
        counts = [(severity, summary[severity]) for severity in _SEVERITIES] + [("open", summary["not_evaluated"])]
        cells = [paint(f"{count:>8}", kind if count else "") for kind, count in counts]
        yield f"{name:<{width}}  {'  '.join(cells)}"


def _host(report: Mapping[str, Any], paint: Paint) -> Iterator[str]:
    server, summary = report["server"], report["summary"]
    words = [report["host"], report["endpoint"], server["product"], server["version"], server["role"]]
    yield paint(printable("  ".join(str(word) for word in (*words, report["collected_at"]) if word)), "title")
    yield "  ".join(paint(f"{name} {summary[name]}", name if summary[name] else "") for name in _SEVERITIES)
    yield ", ".join(f"{summary.get(name, 0)} {label}" for name, label in _REST)
    yield from _changes(report.get("changes"))
    yield from _peers(report.get("peers"))
    for table in report["facts"]:
        yield ""
        yield from _table(table, paint)
    for row in report["results"]:
        if row["status"] == "fail":
            yield ""
            yield from _finding(row, row["severity"], paint)
    for row in report["results"]:
        if row["status"] == "waived":
            yield ""
            yield from _finding(row, "waived", paint)
    yield from _open(report["results"], paint)
    for checklist in report["checklists"]:
        yield ""
        yield from _checklist(checklist, paint)


def _changes(changes: Mapping[str, Any] | None) -> Iterator[str]:
    if changes is None:
        return
    yield f"Since {changes['since']}" if changes["since"] else "This host is not in the baseline"
    for name, label in _CHANGES:
        if changes[name]:
            yield from _wrapped(f"{label}: ", ", ".join(changes[name]))


def _peers(peers: Mapping[str, Any] | None) -> Iterator[str]:
    if peers is None:
        return
    other = peers["compared_with"]
    if not other:
        yield from _wrapped("Compared with it: ", ", ".join(peers["nodes"]))
        return
    yield f"Differs from {printable(other)}" if peers["differences"] else f"Does not differ from {printable(other)}"
    for text in peers["differences"]:
        yield from _wrapped("- ", text)
    if peers["unseen"]:
        yield from _wrapped("Not compared: ", "; ".join(peers["unseen"]))


def _table(table: Mapping[str, Any], paint: Paint) -> Iterator[str]:
    yield paint(table["title"].upper(), "title")
    if table["missing"]:
        yield from _wrapped("Not seen: ", table["missing"])
        return
    rows = [[printable(cell) for cell in cells] for cells in table["rows"]]
    width = min(max((len(cells[0]) for cells in rows), default=0), _WIDEST_NAME)
    for cells in rows:
        yield from _wrapped(f"{cells[0]:<{width}}  ", "  ".join(cell or "-" for cell in cells[1:]))
    if not rows:
        yield "  none"


def _finding(row: Mapping[str, Any], kind: str, paint: Paint) -> Iterator[str]:
    label = f"{kind.upper():<8}"
    first, *more = _wrapped(f"{label}  {row['id']}  ", row["title"], "")
    yield paint(label, kind) + first[len(label) :]
    yield from more
    for line in row["evidence"]:
        yield from _wrapped("", line)
    yield from _wrapped("Fix: ", row["fix"])


def _open(results: Iterable[Mapping[str, Any]], paint: Paint) -> Iterator[str]:
    """Yield what was not evaluated, one paragraph for each reason."""
    reasons: dict[str, list[str]] = {}
    for row in results:
        if row["status"] == "not_evaluated":
            reasons.setdefault("; ".join(row["evidence"]), []).append(row["id"])
    label = "NOT EVALUATED"
    for reason, idents in reasons.items():
        yield ""
        first, *more = _wrapped(f"{label}  ", ", ".join(idents), "")
        yield paint(label, "open") + first[len(label) :]
        yield from more
        yield from _wrapped("", reason)


def _checklist(checklist: Mapping[str, Any], paint: Paint) -> Iterator[str]:
    points = checklist["points"]
    done = sum(point["answer"] in ("yes", "declared") for point in points)
    yield paint(f"{checklist['title'].upper()}  {done} of {len(points)}", "title")
    for point in points:
        label = f"{point['answer'].replace('_', ' '):<14}"
        first, *more = _wrapped(f"{label}  ", point["text"])
        yield first.replace(label, paint(label, point["answer"]), 1)
        yield from more
        if point["answer"] in ("no", "open", "person"):
            for line in point["evidence"]:
                yield from _wrapped(" " * 16, line)


def _wrapped(label: str, text: str, indent: str = "  ") -> list[str]:
    label = printable(label)
    hang = indent + " " * len(label)
    lines = textwrap.wrap(printable(text), _WIDTH, initial_indent=hang, subsequent_indent=hang, break_long_words=False)
    return [indent + label + lines[0][len(hang) :], *lines[1:]] if lines else [indent + label]
