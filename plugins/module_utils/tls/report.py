"""The result of a certificate task in plain data. It is made of certificates and paths, so nothing secret gets in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .renew import Pair
    from .wish import CertWish

NO_LIBRARY = "the Python library cryptography is not installed here yet"
NO_AUTHORITY = "the authority is not there yet"


@dataclass(frozen=True)
class Entry:
    """One pair: the wish, what is there, and in sentences what is not as wished."""

    wish: CertWish
    pair: Pair
    sentences: tuple[str, ...]


def result(before: Sequence[Entry], after: Sequence[Entry] | None, problem: str) -> dict[str, Any]:
    """Say what was not as wished and what is there now.

    :param after: the same pairs after the change; None when it is only predicted.
    :param problem: why the prediction could not be validated, or nothing.
    """
    now = before if after is None else after
    certificates = [
        {**_place(was.wish), **_facts(entry), "changed": bool(was.sentences), "reasons": list(was.sentences)}
        for was, entry in zip(before, now)
    ]
    made: dict[str, Any] = {
        "certificates": certificates,
        "diff": {
            "before": "".join(f"{line}\n" for line in map(_line, before)),
            "after": "".join(f"{line}\n" for line in (map(_line, now) if after else map(_expected, now))),
        },
        "validated": not problem,
    }
    return {**made, "validation": problem} if problem else made


def unseen(wishes: Iterable[CertWish]) -> dict[str, Any]:
    """Predict without the library: nothing could be looked at, so everything is expected to be made."""
    made = [{**_place(wish), "verified": False, "changed": True, "reasons": [NO_LIBRARY]} for wish in wishes]
    return {
        "changed": True,
        "certificates": made,
        "trust_changed": False,
        "staged": [],
        "validated": False,
        "validation": NO_LIBRARY,
    }


def _place(wish: CertWish) -> dict[str, Any]:
    return {"name": wish.name, "cert_file": wish.cert_file, "key_file": wish.key_file}


def _facts(entry: Entry) -> dict[str, Any]:
    found = entry.pair.certificate
    verified = bool(entry.pair.fits_key and entry.pair.is_ours)
    return {"verified": verified, **(found.facts if found else {})}


def _line(entry: Entry) -> str:
    found = entry.pair.certificate
    if not found:
        return f"{entry.wish.name}: no certificate"
    facts = found.facts
    names = ", ".join(facts["subject_alt_names"]) or "no names"
    usages = ", ".join(facts["usages"]) or "nothing"
    end = f"until {facts['not_after']}, serial number {facts['serial']}"
    return f"{entry.wish.name}: {facts['key_type']}, for {usages}, {names}, {end}"


def _expected(entry: Entry) -> str:
    wish = entry.wish
    if not entry.sentences:
        return _line(entry)
    if not wish.present:
        return f"{wish.name}: no certificate"
    names = ", ".join(sorted(map(str, wish.alt_names))) or "no names"
    lifetime = str(wish.lifetime).replace(", 0:00:00", "")
    return f"{wish.name}: {wish.key_type}, for {', '.join(sorted(wish.usages))}, {names}, for {lifetime}"
