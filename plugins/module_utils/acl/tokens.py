"""Words of an ACL rule text: split, and the spelling of key patterns."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..errors import InputError

_KEY = re.compile(r"(?:~|%(?P<access>RW|WR|R|W)~)(?P<pattern>.*)", re.IGNORECASE | re.DOTALL)
ALL = "*"


class KeyPattern(NamedTuple):
    """Keys that match ``pattern``, for reading, writing, or both."""

    pattern: str
    read: bool = True
    write: bool = True

    def __str__(self) -> str:
        if self.read and self.write:
            return f"~{self.pattern}"
        return f"%{'R' if self.read else 'W'}~{self.pattern}"


def parse_key(token: str, where: str = "") -> KeyPattern:
    """Read ``~p``, ``%R~p``, ``%W~p`` or ``%RW~p``."""
    found = _KEY.fullmatch(token)
    if not found:
        raise InputError(
            f"{token!r} is not a key pattern", where=where, hint="Write ~pattern, %R~pattern or %W~pattern"
        )
    access = (found["access"] or "RW").upper()
    return KeyPattern(found["pattern"], "R" in access, "W" in access)


def split(text: str, where: str = "") -> list[str]:
    """Split rules at blanks; a selector ``(~a +get)`` stays one token.

    :raises InputError: a selector is not closed, or closed twice.
    """
    tokens: list[str] = []
    selector: list[str] = []
    for word in text.split(" "):
        if not word:
            continue
        if selector or word.startswith("("):
            selector.append(word)
            if word.endswith(")"):
                tokens.append(" ".join(selector))
                selector = []
        elif word.endswith(")") and word[0] in "+-":
            raise InputError(f"the parenthesis of {word!r} closes no selector", where=where)
        else:
            tokens.append(word)
    if selector:
        raise InputError(f"the selector {' '.join(selector)!r} has no closing parenthesis", where=where)
    return tokens
