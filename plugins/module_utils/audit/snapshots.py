"""Facts that were collected, as JSON: to be saved, sent, and judged again, here or elsewhere and later.

A snapshot holds no password and no hash of one. Each hash is replaced by another that is made with a salt nobody keeps:
what is equal stays equal, so shared passwords, drift and ages are still found, and nobody can try words on it. What can
only be said of the hash itself, that it is of a well-known password, is said before and kept as a sentence.
"""

from __future__ import annotations

import copy
import hashlib
import hmac
from typing import TYPE_CHECKING, Any

from ..acl import ages
from ..acl.user import HASH, digest
from ..errors import InputError
from .checks.users import counters
from .known_passwords import weaknesses

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Raise the number when a section changes its meaning or goes; new sections do not raise it.
SCHEMA = "rampart.redis/facts/1"

# What the user says, not the server; it is said anew when a snapshot is judged.
_OF_THE_USER = ("expected", "words", "cve_data", "distro_data", "earlier")
_PASSWORDS = "passwords"


def save(
    sections: Mapping[str, Any],
    missing: Mapping[str, str],
    *,
    subject: Mapping[str, Any],
    proof: Mapping[str, Any],
    salt: bytes,
) -> dict[str, Any]:
    """Return the snapshot of what was collected. ``salt``: 32 random bytes, to be forgotten."""
    kept = {name: copy.deepcopy(value) for name, value in sections.items() if name not in _OF_THE_USER}
    if "users" in kept:
        kept["weak"] = weaknesses(_hashes(kept["users"]), sections.get("words") or ())
        if kept.get("passwords"):
            kept["passwords"] = _record(kept["passwords"], kept["users"], salt)
        kept["users"] = {name: _reply(reply, salt) for name, reply in kept["users"].items()}
    if kept.get("acl_file"):
        kept["acl_file"] = [_line(line, salt) for line in kept["acl_file"]]
    if kept.get("directives"):
        kept["directives"] = _directives(kept["directives"])
    return {"schema": SCHEMA, **subject, "sections": kept, "missing": dict(missing), "proof": dict(proof)}


def read(snapshot: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Return a snapshot whose parts are there.

    :raises InputError: it is none, or one of another time.
    """
    schema = snapshot.get("schema") if isinstance(snapshot, dict) else None
    if schema != SCHEMA:
        what = f"has the schema {schema!r}, not {SCHEMA!r}"
        raise InputError(what, where=where, hint="Collect anew with this version, return_snapshot: true")
    wrong = [name for name in ("sections", "missing", "proof") if not isinstance(snapshot.get(name), dict)]
    if wrong:
        raise InputError(f"has no {wrong[0]}", where=where)
    return dict(snapshot)


def earlier(snapshots: Iterable[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Return what earlier snapshots of a server know: ``since`` when, users ``seen``, and the last ``counters``."""
    ordered = sorted((one["sections"] for one in snapshots), key=lambda sections: float(sections["now"]))
    if not ordered:
        return None
    clients = (row for sections in ordered for row in sections.get("clients", ()))
    seen = {str(row.get("user")) for row in clients} | {str(sections.get("login")) for sections in ordered}
    last: Mapping[str, str] = next((sections["stats"] for sections in reversed(ordered) if "stats" in sections), {})
    return {"since": float(ordered[0]["now"]), "seen": sorted(seen), "counters": counters(last)}


def _hashes(users: Mapping[str, Any]) -> dict[str, list[str]]:
    return {name: list(_fields(reply).get(_PASSWORDS, ())) for name, reply in users.items()}


def _fields(reply: Any) -> dict[str, Any]:  # noqa: ANN401 - a reply of the server
    return dict(zip(reply[::2], reply[1::2]))


def _other(hash_: str, salt: bytes) -> str:
    return hmac.new(salt, hash_.encode(), hashlib.sha256).hexdigest()


def _reply(reply: Any, salt: bytes) -> list[Any]:  # noqa: ANN401
    fields = _fields(reply)
    fields[_PASSWORDS] = [_other(hash_, salt) for hash_ in fields.get(_PASSWORDS, ())]
    return [part for pair in fields.items() for part in pair]


def _line(line: str, salt: bytes) -> str:
    return " ".join(_word(word, salt) for word in line.split(" "))


def _word(word: str, salt: bytes) -> str:
    sign, text = word[:1], word[1:]
    if sign in ("#", "!") and HASH.fullmatch(text):
        return sign + _other(text, salt)
    # A password in clear is one more hash; that it stood there in clear is in the section ``files``.
    return {">": "#", "<": "!"}[sign] + _other(digest(text), salt) if sign in (">", "<") else word


def _record(record: ages.Record, users: Mapping[str, Any], salt: bytes) -> ages.Record:
    found: ages.Record = {}
    for name, hashes in _hashes(users).items():
        rows = record.get(name, {})
        found[name] = {ages.key(_other(one, salt)): rows[ages.key(one)] for one in hashes if ages.key(one) in rows}
    return found


def _directives(directives: Mapping[str, list[str]]) -> dict[str, list[str]]:
    # A new name of a command is meant to be a secret.
    lines = map(str.split, directives.get("rename-command", ()))
    renamed = [f"{words[0]} (another)" if words[1:] else words[0] for words in lines if words]
    return {**directives, **({"rename-command": renamed} if renamed else {})}
