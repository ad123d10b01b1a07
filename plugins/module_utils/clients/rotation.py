"""A password in rotation, seen from the server: who still came in with the old one, and whether that one can go.

A server does not tell by which of its passwords a user came in. But a connection that is older than the moment in which
the new one was handed over came in with the old one. Of a newer one nothing is known: it may be of a client that still
reads the old one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import InputError
from .table import duration

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .connections import Connection

NONE = "none"
WINDOW = ("open", "retiring")  # stages in which two passwords were handed out
_UNITS = {"s": 1, "min": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"(\d+) ?(s|min|h|d)")
# Servers count a connection's age in whole seconds, by a clock that they look at now and then.
_MARGIN = 2

_HEAD = ("user", "rotation", "since", "from", "name", "no.", "came in with")
_STAGES = {NONE: "-", "made": "not handed over", "open": "open", "retiring": "being retired"}
_NOTHING = "-"
_UNKNOWN = "this server has no record of a handing over; redis_rotate_phase=add makes one"


@dataclass(frozen=True)
class Rotated:
    """A user, how far its rotation is, and since when clients could have the password in use; None: not known here."""

    name: str
    stage: str
    moment: float | None


@dataclass(frozen=True)
class Judged:
    """A user's connections, and whether the old password can go; ``reason`` says why, or why not."""

    user: Rotated
    old: tuple[Connection, ...]
    either: tuple[Connection, ...]
    is_due: bool
    reason: str


@dataclass(frozen=True)
class Rule:
    """When the old password goes although somebody still works with it: ``after`` so many seconds, or ``force``."""

    after: float | None = None
    force: bool = False


def seconds(text: str) -> float | None:
    """Read a duration such as ``24h``; an empty text is None.

    :raises InputError: it is none.
    """
    if not text:
        return None
    found = _DURATION.fullmatch(text.strip())
    if not found:
        raise InputError(f"{text!r} is no duration", where="retire_after", hint="Such as 90s, 30min, 24h or 7d")
    return float(found.group(1)) * _UNITS[found.group(2)]


def is_old(connection: Connection, moment: float, now: float) -> bool:
    """Tell whether a connection certainly existed before ``moment``."""
    return int(now) - connection.age + _MARGIN <= moment


def judge(user: Rotated, connections: Iterable[Connection], now: float, rule: Rule) -> Judged:
    """Return who works as the user with which password, and whether the old one can go."""
    mine = [one for one in connections if one.user == user.name and not one.is_own and not one.is_link]
    moment = user.moment
    if moment is None or user.stage not in WINDOW:
        return Judged(user, (), tuple(mine), is_due=False, reason=_UNKNOWN)
    old = tuple(one for one in mine if is_old(one, moment, now))
    either = tuple(one for one in mine if one not in old)
    return Judged(user, old, either, *_fate(user, old, now, rule))


def held(judged: Iterable[Judged]) -> list[str]:
    """Return one sentence for each user whose old password cannot go."""
    return [f"{one.user.name}: {one.reason}" for one in judged if not one.is_due]


def table(judged: Iterable[Judged], now: float) -> list[str]:
    """Return the lines of a table, its head first: one for each user and each client program with one of its logins."""
    rows = [_HEAD, *(row for one in judged for row in _rows(one, now))]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    return ["  ".join(word.ljust(width) for word, width in zip(row, widths)).rstrip() for row in rows]


def _fate(user: Rotated, old: Sequence[Connection], now: float, rule: Rule) -> tuple[bool, str]:
    moment = user.moment or 0.0
    if user.stage == "retiring":
        return True, "it was decided before"
    if not old:
        return True, "no connection is left from before"
    if rule.force:
        return True, "it is forced"
    if rule.after is not None and now - moment >= rule.after:
        return True, f"it was handed over {duration(int(now - moment))} ago"
    places = ", ".join(sorted({f"{one.host or 'somebody'}{f' ({one.name})' if one.name else ''}" for one in old}))
    number = f"{len(old)} connection{'s' if len(old) > 1 else ''}"
    return False, f"{number} from before the new password was handed over, {duration(int(now - moment))} ago: {places}"


def _rows(judged: Judged, now: float) -> list[tuple[str, ...]]:
    user = judged.user
    since = _NOTHING if user.moment is None else duration(int(now - user.moment))
    head = (user.name, _STAGES[user.stage], since)
    groups: dict[tuple[str, str, str], int] = {}
    kinds = (("the old one", judged.old), ("either", judged.either)) if user.stage in WINDOW else ()
    for kind, members in kinds:
        for one in members:
            key = (one.host or _NOTHING, one.name or _NOTHING, kind)
            groups[key] = groups.get(key, 0) + 1
    if not groups:
        return [(*head, _NOTHING, _NOTHING, "0", _NOTHING)] if user.stage in WINDOW else [(*head, *[_NOTHING] * 4)]
    return [(*head, place, name, str(number), kind) for (place, name, kind), number in groups.items()]
