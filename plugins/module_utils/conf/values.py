"""What a directive's text means, so that ``1gb`` equals ``1073741824`` and a re-ordered list is no drift.

A value is a tuple of lines, each a tuple of arguments: ``(("900", "1"), ("300", "10"))`` for two ``save`` lines. Its
meaning is any hashable; two values with equal meanings are the same to a server.

| kind    | meaning                                             | example                          |
|---------|-----------------------------------------------------|----------------------------------|
| flag    | lower case                                          | appendonly                       |
| enum    | lower case, synonyms joined                         | loglevel                         |
| number  | integer, memory units resolved                      | maxmemory                        |
| octal   | integer, base 8                                     | unixsocketperm                   |
| text    | as it is                                            | logfile                          |
| path    | without a slash at its end                          | dir                              |
| words   | lower case words                                    | bind                             |
| set     | the same, order does not count, one quoted argument | tls-protocols                    |
| floats  | numbers                                             | latency-tracking-info-percentiles|
| events  | flags, ``A`` resolved                               | notify-keyspace-events           |
| primary | host and port, ``no one`` is none                   | replicaof                        |
| save    | pairs of all lines; an empty one forgets those above| save                             |
| buffers | limits by class, defaults filled in                 | client-output-buffer-limit       |
| lines   | all lines as they are                               | rename-command                   |
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..errors import InputError
from .directives import canonical, find, kind_of
from .syntax import split

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

Lines = tuple[tuple[str, ...], ...]

_UNITS = {
    "": 1,
    "b": 1,
    "k": 1000,
    "kb": 1024,
    "m": 1000**2,
    "mb": 1024**2,
    "g": 1000**3,
    "gb": 1024**3,
}
_NUMBER = re.compile(r"(-?\d+)([a-z]*)")
_SYNONYMS = {("oom-score-adj", "relative"): "yes"}
_ALL_EVENTS = "g$lshzxetd"
_BUFFERS = {
    "normal": (0, 0, 0),
    "replica": (256 * 1024**2, 64 * 1024**2, 60),
    "pubsub": (32 * 1024**2, 8 * 1024**2, 60),
}
_CHUNK = {"save": 2, "buffers": 4}
# Kinds whose arguments are separate words in the file and one text in CONFIG GET.
_WORD_KINDS = frozenset({"words", "floats", "primary"})


def from_wish(name: str, value: object) -> Lines:
    """Turn an Ansible value into the lines of the file.

    :raises InputError: unknown directive, or a value that cannot be a directive's.
    """
    kind = find(name).kind
    where = f"directives.{name}"
    if kind == "octal" and not isinstance(value, str):
        raise InputError(f"write the mode in quotes, YAML has read it as the number {value}", where=where)
    items = [_text(item, where) for item in (value if isinstance(value, list) else [value])]
    if kind in _CHUNK:
        return _chunks(items, _CHUNK[kind], where)
    if kind == "lines":
        return tuple(_words(item, where) for item in items)
    if kind in _WORD_KINDS:
        words = tuple(word for item in items for word in _words(item, where))
        return (words or ("",),)
    if kind == "set":
        return ((" ".join(items),),)
    if len(items) != 1:
        raise InputError("takes one value, not a list", where=where)
    return ((items[0],),)


def from_running(name: str, text: str) -> Lines:
    """Turn an answer of CONFIG GET into lines."""
    kind = kind_of(name)
    if kind in _CHUNK:
        return _chunks([text], _CHUNK[kind], name)
    if kind in _WORD_KINDS:
        return (tuple(text.split()) or ("",),)
    return ((text,),)


def to_set(lines: Lines) -> str:
    """Return a value as the one argument that CONFIG SET takes."""
    return " ".join(" ".join(line) for line in lines)


def meaning(name: str, lines: Lines) -> Hashable:
    """Return what the lines mean to a server; of single-valued directives the last line counts."""
    reader = _READERS.get(kind_of(name))
    if reader:
        return reader(lines)
    text = " ".join(lines[-1]).lower() if lines else ""
    return _SYNONYMS.get((canonical(name), text), text)


def _text(item: object, where: str) -> str:
    if isinstance(item, bool):
        return "yes" if item else "no"
    if isinstance(item, (int, float)):
        return str(item)
    if not isinstance(item, str) or re.search(r"[\r\n\0]", item):
        raise InputError("a value is a text of one line, a number, a boolean, or a list of these", where=where)
    return item


def _words(item: str, where: str) -> tuple[str, ...]:
    words = split(item)
    if words is None:
        raise InputError("the quotes are not balanced", where=where)
    return words


def _chunks(items: Sequence[str], size: int, where: str) -> Lines:
    words = [word for item in items for word in item.split() if word != '""']
    if len(words) % size:
        raise InputError(f"is made of groups of {size} words, found {len(words)}", where=where)
    lines = tuple(tuple(words[at : at + size]) for at in range(0, len(words), size))
    return lines or (("",),)


def _number(text: str) -> Hashable:
    found = _NUMBER.fullmatch(text.lower())
    if found and found.group(2) in _UNITS:
        return int(found.group(1)) * _UNITS[found.group(2)]
    return text.lower()


def _read_number(lines: Lines) -> Hashable:
    return _number(lines[-1][0]) if lines and lines[-1] else ""


def _read_octal(lines: Lines) -> Hashable:
    text = "".join(lines[-1]) if lines else ""
    return int(text, 8) if re.fullmatch("[0-7]+", text) else text


def _read_text(lines: Lines) -> Hashable:
    return " ".join(lines[-1]) if lines else ""


def _read_path(lines: Lines) -> Hashable:
    text = " ".join(lines[-1]) if lines else ""
    return text.rstrip("/") or text


def _read_words(lines: Lines) -> Hashable:
    return tuple(word.lower() for word in lines[-1] if word) if lines else ()


def _read_set(lines: Lines) -> Hashable:
    return frozenset(" ".join(lines[-1]).lower().split()) if lines else frozenset()


def _read_floats(lines: Lines) -> Hashable:
    try:
        return tuple(float(word) for word in lines[-1] if word) if lines else ()
    except ValueError:
        return lines


def _read_events(lines: Lines) -> Hashable:
    return frozenset("".join(lines[-1]).replace("A", _ALL_EVENTS)) if lines else frozenset()


def _read_primary(lines: Lines) -> Hashable:
    words = tuple(word.lower() for word in lines[-1] if word) if lines else ()
    return () if words == ("no", "one") else words


def _read_save(lines: Lines) -> Hashable:
    pairs: list[tuple[str, ...]] = []
    for line in lines:
        if line in {(), ("",)}:
            pairs = []
        pairs += [line[at : at + 2] for at in range(0, len(line) - 1, 2)]
    return tuple(pairs)


def _read_buffers(lines: Lines) -> Hashable:
    limits: dict[str, tuple[Hashable, ...]] = dict(_BUFFERS)
    for line in lines:
        for at in range(0, len(line) - 3, 4):
            name, *values = line[at : at + 4]
            limits["replica" if name.lower() == "slave" else name.lower()] = tuple(map(_number, values))
    return tuple(sorted(limits.items()))


def _read_lines(lines: Lines) -> Hashable:
    return lines


_READERS: dict[str, Callable[[Lines], Hashable]] = {
    "number": _read_number,
    "octal": _read_octal,
    "text": _read_text,
    "path": _read_path,
    "words": _read_words,
    "set": _read_set,
    "floats": _read_floats,
    "events": _read_events,
    "primary": _read_primary,
    "save": _read_save,
    "buffers": _read_buffers,
    "lines": _read_lines,
}
