"""What the bundle holds, by whom and when it was collected, and what is missing and why."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SCHEMA = "rampart.redis/evidence/1"
NAME, SUMS = "manifest.json", "SHA256SUMS"


@dataclass(frozen=True)
class Item:
    """A file of the bundle.

    ``source``: who was asked; ``at``: seconds since 1970, when; ``truncated``: whether its size limit cut it;
    ``note``: what else there is to say, such as an exit status.
    """

    name: str
    what: str
    source: str
    sha256: str
    size: int
    at: float
    truncated: bool = False
    note: str = ""


@dataclass(frozen=True)
class Missing:
    """What could not be had. ``reason`` names no content; ``detail`` may, and is for the bundle only."""

    name: str
    what: str
    source: str
    reason: str
    at: float
    detail: str = ""


def render(head: Mapping[str, Any], items: Sequence[Item], missing: Sequence[Missing]) -> str:
    """Return the manifest as JSON: what ``head`` says of the whole, then a row for each file and each gap."""
    document = {
        "schema": SCHEMA,
        **head,
        "files": [{**asdict(item), "at": utc(item.at)} for item in items],
        "missing": [{**asdict(gap), "at": utc(gap.at)} for gap in missing],
    }
    return json.dumps(document, indent=1, ensure_ascii=True) + "\n"


def sums(hashes: Mapping[str, str]) -> str:
    """Return lines that ``sha256sum --check`` reads; a name that it would misread is escaped as it expects."""
    return "".join(f"{_line(name, digest)}\n" for name, digest in sorted(hashes.items()))


def utc(at: float) -> str:
    """Return seconds since 1970 as 2026-11-24T14:31:48.250Z."""
    moment = datetime.fromtimestamp(at, timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def stamp(at: float) -> str:
    """Return seconds since 1970 as 20261124T143148Z, for names of files."""
    return datetime.fromtimestamp(at, timezone.utc).strftime("%Y%m%dT%H%M%SZ")


def safe_name(text: str) -> str:
    """Return a text as part of a file's name."""
    kept = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "._-") else "_" for letter in text)
    return kept.lstrip(".-") or "host"


def _line(name: str, digest: str) -> str:
    escaped = name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    return f"{'' if escaped == name else chr(92)}{digest}  {escaped}"
