"""Put wishes into a configuration file and leave everything else as it stands."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..errors import InputError
from .directives import SECRET, canonical
from .syntax import Document, Line, parse, statement
from .values import Lines, meaning

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .wish import Wishes

MARKER = "# Set by rampart.redis"


def merge(document: Document, wishes: Wishes) -> Document:
    """Return the document with the wishes in it; the same document when they are already there.

    A directive keeps its place. A new one, or one in front of an ``include`` that could overrule it, goes to the end
    below one marker comment. Unknown lines, comments and order stay.
    """
    for name, lines in wishes.values.items():
        if not _is_met(document, name, lines):
            document = _put(document, name, lines)
    kept = [line for line in document.lines if not line.words or canonical(line.name) not in wishes.absent]
    return _renumbered(document, kept)


def lines_of(document: Document, name: str) -> Lines:
    """Return the value that a directive has in the document, by any of its names."""
    return tuple(line.arguments for line in _found(document, name))


def shown(before: Document, after: Document) -> dict[str, str]:
    """Return the diff for people: only the directives that differ, credentials hidden."""
    return {"before": _only(before, after), "after": _only(after, before)}


def settings(document: Document) -> Mapping[str, Lines]:
    """Return all directives of the document by canonical name."""
    names = dict.fromkeys(canonical(line.name) for line in document.lines if line.words)
    return {name: lines_of(document, name) for name in names}


def _found(document: Document, name: str) -> tuple[Line, ...]:
    return tuple(line for line in document.lines if line.words and canonical(line.name) == canonical(name))


def _is_met(document: Document, name: str, lines: Lines) -> bool:
    found = _found(document, name)
    if not found or found[-1].number < _last_include(document):
        return False
    return meaning(name, tuple(line.arguments for line in found)) == meaning(name, lines)


def _last_include(document: Document) -> int:
    return max((line.number for line in document.directives("include")), default=0)


def _put(document: Document, name: str, lines: Lines) -> Document:
    end = "\r" if document.lines[0].raw.endswith("\r") else ""
    new = [Line(0, statement(name, arguments) + end, (name, *arguments)) for arguments in lines]
    found = _found(document, name)
    if found and found[-1].number > _last_include(document):
        place = found[-1].number
        rest = [new if line.number == place else [line] for line in document.lines if line not in found[:-1]]
        return _renumbered(document, [line for group in rest for line in group])
    kept = [line for line in document.lines if line not in found]
    return _renumbered(document, _appended(kept, new, end))


def _appended(kept: list[Line], new: list[Line], end: str) -> list[Line]:
    marks = [at for at, line in enumerate(kept) if line.raw.strip() == MARKER]
    includes = [at for at, line in enumerate(kept) if line.name == "include"]
    if marks and marks[-1] > max(includes, default=-1):
        at = marks[-1] + 1
        while at < len(kept) and kept[at].words:
            at += 1
        return kept[:at] + new + kept[at:]
    kept = [line for at, line in enumerate(kept) if at not in marks]
    while kept and not kept[-1].raw.strip():
        kept = kept[:-1]
    gap = [Line(0, end)] if kept else []
    return [*kept, *gap, Line(0, MARKER + end), *new, Line(0, "")]


def _renumbered(document: Document, lines: list[Line]) -> Document:
    return Document(tuple(replace(line, number=at) for at, line in enumerate(lines, 1)), document.where)


def _only(one: Document, other: Document) -> str:
    known = {line.raw.strip() for line in other.lines}
    mine = [line for line in one.lines if line.words and line.raw.strip() not in known]
    return "".join(f"{_public(line)}\n" for line in mine)


def _public(line: Line) -> str:
    return f"{line.name} ********" if line.name in SECRET else line.raw.strip()


def staged(text: str, wishes: Wishes, where: str) -> tuple[Document, Document]:
    """Parse a file's text and merge the wishes into it: (before, after).

    :raises InputError: the text is no configuration, or the result would let everybody in.
    """
    before = parse(text, where)
    after = merge(before, wishes)
    had_password = meaning("requirepass", lines_of(before, "requirepass")) != ""
    if had_password and "requirepass" in wishes.absent and meaning("aclfile", lines_of(after, "aclfile")) == "":
        raise InputError(
            "without it and without an aclfile the next start lets everybody in",
            where="absent: requirepass",
            hint="Give aclfile with it",
        )
    return before, after
