"""The order of Debian's version numbers (deb-version(7)): epoch, upstream version, revision; ``~`` before the end."""

from __future__ import annotations

import re
from itertools import zip_longest

_PARTS = re.compile(r"([^0-9]*)([0-9]*)")


def compare(left: str, right: str) -> int:
    """Return -1, 0 or 1 as ``left`` is older than, equal to or newer than ``right``."""
    epochs = _epoch(left)[0], _epoch(right)[0]
    if epochs[0] != epochs[1]:
        return -1 if epochs[0] < epochs[1] else 1
    (upstream, revision), (other_upstream, other_revision) = _split(left), _split(right)
    return _compare(upstream, other_upstream) or _compare(revision, other_revision)


def upstream(version: str) -> str:
    """Return ``7.0.15`` of ``5:7.0.15-1~deb12u10``: without epoch, revision, and what a repacked source is called."""
    return re.split(r"[+~]", _split(version)[0], maxsplit=1)[0]


def _epoch(version: str) -> tuple[int, str]:
    epoch, colon, rest = version.partition(":")
    return (int(epoch), rest) if colon and epoch.isdigit() else (0, version)


def _split(version: str) -> tuple[str, str]:
    rest = _epoch(version)[1]
    before, dash, revision = rest.rpartition("-")
    return (before, revision) if dash else (rest, "0")


def _compare(left: str, right: str) -> int:
    # Alternately a run of other characters, compared sign by sign, and a run of digits, compared as a number.
    for (text, digits), (other, others) in zip_longest(_PARTS.findall(left), _PARTS.findall(right), fillvalue=("", "")):
        ours, theirs = _letters(text), _letters(other)
        if ours != theirs:
            return -1 if ours < theirs else 1
        difference = int(digits or 0) - int(others or 0)
        if difference:
            return -1 if difference < 0 else 1
    return 0


def _letters(text: str) -> list[int]:
    # The end of a part counts as 0: "~" is below it, letters are above it, and all other signs above letters.
    return [_weight(sign) for sign in text] + [0]


def _weight(sign: str) -> int:
    if sign == "~":
        return -1
    return ord(sign) if sign.isalpha() else ord(sign) + 256
