"""Since when the passwords of a server are known: a record that names no hash, only digests of hashes.

::

    {"app": {"<digest of a hash>": {"first_seen": 1764000000.0, "handed_over": 1764000060.0}}}

Times are seconds since the epoch. ``handed_over`` is there for a password that a rotation gave to clients.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from ..errors import InputError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

Record = dict[str, dict[str, dict[str, float]]]

FIRST_SEEN = "first_seen"
HANDED_OVER = "handed_over"
_FORMAT = "rampart.redis/passwords/1"


def key(hash_: str) -> str:
    """Return the name under which a password's hash stands in the record: who reads it cannot log in, nor try words."""
    return hashlib.sha256(f"rampart.redis {hash_}".encode()).hexdigest()


def parse(text: str, where: str) -> Record:
    """Read a record; an empty text is an empty one.

    :raises InputError: the text is none.
    """
    try:
        found = json.loads(text) if text else {_FORMAT: {}}
        return {
            str(user): {
                str(name): {str(what): float(when) for what, when in times.items()} for name, times in rows.items()
            }
            for user, rows in found[_FORMAT].items()
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            "this is no record of passwords",
            where=where,
            hint="Remove the file; the ages then count from the next run on",
        ) from error


def render(record: Mapping[str, Mapping[str, Mapping[str, float]]]) -> str:
    """Return the record as text, always the same for the same record."""
    return json.dumps({_FORMAT: record}, indent=1, sort_keys=True) + "\n"


def brought_up_to_date(record: Record, hashes: Mapping[str, Collection[str]], now: float) -> Record:
    """Return the record for the users there are now: new passwords begin at ``now``, those that are gone are dropped.

    :param hashes: password hashes by user.
    """
    return {
        user: {name: record.get(user, {}).get(name, {FIRST_SEEN: now}) for name in map(key, found)}
        for user, found in hashes.items()
        if found
    }


def handed_over(record: Record, hashes: Mapping[str, str], now: float) -> Record:
    """Return the record with a new moment of handing over for one password of each user, given by its hash."""
    changed = {user: dict(rows) for user, rows in record.items()}
    for user, hash_ in hashes.items():
        rows = changed.setdefault(user, {})
        rows[key(hash_)] = {FIRST_SEEN: now, **rows.get(key(hash_), {}), HANDED_OVER: now}
    return changed


def moment(record: Record, user: str, hash_: str) -> float | None:
    """Return when clients could first have a password: when it was handed over, or else first seen."""
    times = record.get(user, {}).get(key(hash_), {})
    return times.get(HANDED_OVER, times.get(FIRST_SEEN))


def first_seen(record: Record, user: str, hash_: str) -> float | None:
    """Return since when a password is known, or None."""
    return record.get(user, {}).get(key(hash_), {}).get(FIRST_SEEN)


def counted(record: Record) -> str:
    """Return one line for each user, for a diff: names and numbers only."""
    return "".join(f"{user}: {len(record[user])} password(s) with a date\n" for user in sorted(record))
