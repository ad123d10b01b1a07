r"""The syntax of redis.conf: lines, words, quotes. Text that is not changed is rendered as it was read.

A line is split as the server does it (``sdssplitargs``): words are separated by white space; in ``"..."`` the escapes
``\n \r \t \b \a \xHH \"`` count, in ``'...'`` only ``\'``; a closing quote must end its word. A comment is a
line whose first character is ``#``; behind a directive it is an argument, and mostly an error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..errors import InputError

_SPACE = b" \t\n\v\f\r"
_ESCAPES = {ord("n"): 10, ord("r"): 13, ord("t"): 9, ord("b"): 8, ord("a"): 7}
_ESCAPED = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\a": "\\a", '"': '\\"', "\\": "\\\\"}
_HEX = re.compile(rb"\\x([0-9a-fA-F]{2})")
# A word that needs no quotes: no white space, quote or control character.
_PLAIN = re.compile(r"[^\x00-\x20\x7f\"']+")
# In user lines "#" begins a password hash.
_HASHES_ALLOWED = frozenset({"user"})


@dataclass(frozen=True)
class Line:
    """One line: ``number`` from 1, ``raw`` as it was read (no line feed), ``words`` empty for comments and blanks."""

    number: int
    raw: str
    words: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The directive's name in lower case, or ``""``."""
        return self.words[0].lower() if self.words else ""

    @property
    def arguments(self) -> tuple[str, ...]:
        """The words behind the name."""
        return self.words[1:]


@dataclass(frozen=True)
class Document:
    """A configuration file. ``where`` names it in messages."""

    lines: tuple[Line, ...]
    where: str = "redis.conf"

    def directives(self, name: str) -> tuple[Line, ...]:
        """Return the lines of one directive, in order."""
        return tuple(line for line in self.lines if line.name == name)


def parse(text: str, where: str = "redis.conf") -> Document:
    """Read a file's text.

    :raises InputError: a line that no server accepts: unbalanced quotes, or a comment behind a directive.
    """
    raws = text.split("\n")
    return Document(tuple(_line(number, raw, f"{where} line {number}") for number, raw in enumerate(raws, 1)), where)


def render(document: Document) -> str:
    """Return the text: of an unchanged document, byte for byte what was parsed."""
    return "\n".join(line.raw for line in document.lines)


def split(text: str) -> tuple[str, ...] | None:
    """Split one line into words, or return None when its quotes are not balanced."""
    data = text.encode("utf-8", "surrogateescape")
    words: list[str] = []
    at = _skip_space(data, 0)
    while at < len(data):
        taken = _word(data, at)
        if taken is None:
            return None
        word, at = taken
        words.append(word.decode("utf-8", "surrogateescape"))
        at = _skip_space(data, at)
    return tuple(words)


def quote(word: str) -> str:
    """Return the word as it must stand in the file."""
    if _PLAIN.fullmatch(word):
        return word
    return '"' + "".join(_ESCAPED.get(char) or _visible(char) for char in word) + '"'


def statement(name: str, arguments: tuple[str, ...]) -> str:
    """Return the line that gives a directive its arguments."""
    return " ".join([name, *map(quote, arguments)])


def _line(number: int, raw: str, where: str) -> Line:
    bare = raw.strip(" \t\r\n")
    if not bare or bare.startswith("#"):
        return Line(number, raw)
    words = split(bare)
    if words is None:
        raise InputError("the quotes are not balanced", where=where)
    line = Line(number, raw, words)
    if line.name not in _HASHES_ALLOWED and re.search(r"\s#", _unquoted(bare)):
        raise InputError(
            f"a comment behind the directive {line.name} is read as its argument",
            where=where,
            hint="Put the comment on a line of its own",
        )
    return line


def _unquoted(text: str) -> str:
    return re.sub(r'"(?:\\.|[^"\\])*"|' + r"'(?:\\'|[^'])*'", "_", text)


def _visible(char: str) -> str:
    return f"\\x{ord(char):02x}" if ord(char) < 0x20 or ord(char) == 0x7F else char  # noqa: PLR2004 - ASCII controls


def _skip_space(data: bytes, at: int) -> int:
    while at < len(data) and data[at] in _SPACE:
        at += 1
    return at


def _word(data: bytes, at: int) -> tuple[bytes, int] | None:
    """Take one word that starts at ``at``; return it and the place behind it."""
    word = bytearray()
    while at < len(data) and data[at] not in _SPACE:
        if data[at] in b"\"'":
            end = _quoted(data, at, word)
            return None if end is None or data[end : end + 1].strip(_SPACE) else (bytes(word), end)
        word.append(data[at])
        at += 1
    return bytes(word), at


def _quoted(data: bytes, at: int, word: bytearray) -> int | None:
    """Append what stands in the quotes that open at ``at``; return the place behind them, None when they stay open."""
    mark = data[at]
    at += 1
    while at < len(data) and data[at] != mark:
        char, at = _character(data, at, mark)
        word.append(char)
    return at + 1 if at < len(data) else None


def _character(data: bytes, at: int, mark: int) -> tuple[int, int]:
    """Return one character inside quotes, unescaped, and the place behind it."""
    following = data[at + 1 : at + 2]
    if data[at] != ord("\\") or not following:
        return data[at], at + 1
    if mark == ord("'"):
        return (ord("'"), at + 2) if following == b"'" else (data[at], at + 1)
    hexadecimal = _HEX.match(data, at)
    if hexadecimal:
        return int(hexadecimal.group(1), 16), at + 4
    return _ESCAPES.get(following[0], following[0]), at + 2
