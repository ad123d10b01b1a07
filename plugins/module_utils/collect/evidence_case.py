"""What is in a bundle, what could not be had, and why: each answer goes in as it comes."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..errors import HostError, RampartError
from ..evidence import manifest, timeline
from ..evidence.manifest import Item, Missing
from ..evidence.pieces import SERVER
from ..evidence.saving import LARGEST
from . import evidence_reading
from .evidence_reading import open_regular
from .evidence_talk import Talk, rendered

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from ..connection import Endpoint
    from ..evidence.pieces import Piece, Plan
    from ..evidence.timeline import Event
    from .sealing import Bundle


@dataclass
class Case:
    """What is in the bundle so far, and what is not."""

    bundle: Bundle
    items: list[Item] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)

    def add(self, piece: Piece, data: bytes, *, truncated: bool = False, note: str = "") -> None:
        """Put an answer into the bundle."""
        at = time.time()
        digest = self.bundle.add(piece.name, data, at)
        self.items.append(Item(piece.name, piece.what, _source(piece), digest, len(data), at, truncated, note))

    def miss(self, name: str, what: str, source: str, error: RampartError) -> None:
        """Note what could not be had; what a server or a program said of it stays in the bundle."""
        reason = f"{error.where}: {error.what}" if error.where else error.what
        self.missing.append(Missing(name, what, source, reason, time.time(), error.hint))


def ask_all(case: Case, planned: Plan, door: Endpoint | None, reasons: list[str]) -> dict[str, tuple[Any, float]]:
    """Ask for all pieces; what cannot be had is noted, and the others go on.

    :returns: by the name of the piece what was answered (a text, a list, rows of a tree), and when.
    """
    answers: dict[str, tuple[Any, float]] = {}
    talk = Talk(door, reasons)
    try:
        for piece in planned.pieces:
            try:
                answers[piece.name] = (_ask(case, piece, talk), time.time())
            except RampartError as error:  # noqa: PERF203 - each of them may fail
                case.miss(piece.name, piece.what, _source(piece), error)
    finally:
        talk.close()
    for piece, reason in planned.left_out:
        case.miss(piece.name, piece.what, _source(piece), HostError(reason))
    return answers


def add_file(case: Case, name: str, what: str, path: Path, taken: int) -> int:
    """Add saved data, if it fits beside ``taken`` bytes; return its size.

    A link that somebody put in its place is not followed.
    """
    try:
        handle = open_regular(str(path), follow=False)
    except HostError as error:
        case.miss(name, what, f"file: {path}", error)
        return 0
    with os.fdopen(handle, "rb") as stream:
        found = os.fstat(handle)
        if taken + found.st_size > LARGEST:
            too_large = HostError("is too large for the bundle; copy it yourself", where=str(path))
            case.miss(name, what, f"file: {path}", too_large)
            return 0
        digest = case.bundle.add_stream(name, stream, found.st_size, found.st_mtime)
    note = f"changed {manifest.utc(found.st_mtime)}"
    case.items.append(Item(name, what, f"file: {path}", digest, found.st_size, time.time(), note=note))
    return found.st_size


def close(case: Case, head: Mapping[str, Any], events: Iterable[Event]) -> None:
    """Add the timeline, the manifest and the hashes of all."""
    hashes = {item.name: item.sha256 for item in case.items}
    texts = {"timeline.txt": timeline.render(events), manifest.NAME: ""}
    texts[manifest.NAME] = manifest.render(head, case.items, case.missing)
    for name, text in texts.items():
        hashes[name] = case.bundle.add(name, text.encode("utf-8", "replace"), time.time())
    case.bundle.add(manifest.SUMS, manifest.sums(hashes).encode("utf-8", "surrogateescape"), time.time())


def _ask(case: Case, piece: Piece, talk: Talk) -> Any:  # noqa: ANN401 - what was answered
    if piece.kind == SERVER:
        reply = talk.ask(piece)
        case.add(piece, rendered(reply))
        return reply
    answer = evidence_reading.read(piece)
    case.add(piece, answer.data, truncated=answer.truncated, note=answer.note)
    return answer.rows or answer.data.decode("utf-8", "replace")


def _source(piece: Piece) -> str:
    return f"{piece.kind}: {' '.join(piece.ask)}"
