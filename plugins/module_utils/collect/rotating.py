"""A rotation on the host of a server: when a password was handed over, who still has the old one, and its end.

The work of redis_rotation.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from ..acl import ages
from ..clients.rotation import WINDOW, Judged, Rotated, Rule, held, judge, seconds, table
from ..connection import Endpoint, connect
from . import connected, password_ages

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..connection import Server

_PAUSE = 0.5  # seconds between two looks

HAND_OVER = "hand_over"
LOOK = "look"
CLOSE = "close"
PHASES = (HAND_OVER, LOOK, CLOSE)


def carry_out(params: Mapping[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """Record, look or close, and return the result of redis_rotation.

    :raises InputError: a duration that is none, or a record that cannot be read.
    :raises UnreachableError: nobody there to ask. :raises ServerRefusedError: no right to list or close connections.
    """
    rule = Rule(seconds(params["retire_after"]), params["force"])
    path = password_ages.path_of(params["ages_dir"], params["aclfile"])
    if params["phase"] == HAND_OVER:
        return _hand_over(params, path, check_mode=check_mode)
    users = _users(params, password_ages.read(path))
    with connect(Endpoint.from_params(params)) as server:
        if params["phase"] == LOOK:
            return _shown(_look(server, users, rule, params["drain_timeout"]))
        return _close(server, users, rule, check_mode=check_mode)


def _hand_over(params: Mapping[str, Any], path: str, *, check_mode: bool) -> dict[str, Any]:
    have = password_ages.read(path)
    want = ages.handed_over(have, {user["name"]: user["password_hash"] for user in params["users"]}, time.time())
    dates = password_ages.Dates(path, have, want)
    if not check_mode:
        dates.write()
    return {"changed": dates.changed, "diff": dates.diff}


def _users(params: Mapping[str, Any], record: ages.Record) -> list[Rotated]:
    rows = [(user["name"], user["stage"], user["password_hash"]) for user in params["users"]]
    return [Rotated(name, stage, ages.moment(record, name, hash_)) for name, stage, hash_ in rows]


def _look(server: Server, users: list[Rotated], rule: Rule, timeout: float) -> list[Judged]:
    """Look until the old passwords of all users can go, or the time is over; return the last look."""
    deadline = time.monotonic() + timeout
    while True:
        judged = _judge(server, users, rule)
        if all(one.is_due for one in judged) or time.monotonic() + _PAUSE > deadline:
            return judged
        time.sleep(_PAUSE)


def _judge(server: Server, users: list[Rotated], rule: Rule) -> list[Judged]:
    found, now = connected.read(server), time.time()
    return [judge(user, found, now, rule) for user in users]


def _shown(judged: list[Judged]) -> dict[str, Any]:
    return {
        "changed": False,
        "users": [_row(one) for one in judged],
        "due": [one.user.name for one in judged if one.is_due],
        "held": [one.user.name for one in judged if not one.is_due and one.user.stage in WINDOW],
        "reasons": held(one for one in judged if one.user.stage in WINDOW),
        "table": table(judged, time.time()),
    }


def _row(judged: Judged) -> dict[str, Any]:
    user = judged.user
    numbers = {"old": len(judged.old), "either": len(judged.either)}
    return {"name": user.name, "since": user.moment, **numbers, "due": judged.is_due, "reason": judged.reason}


def _close(server: Server, users: list[Rotated], rule: Rule, *, check_mode: bool) -> dict[str, Any]:
    old = [one for judged in _judge(server, users, rule) for one in judged.old]
    if not check_mode:
        connected.hang_up(server, [one.ident for one in old])
    closed = [f"{one.user} ({one.ident})" for one in old]
    diff = {"before_header": "old connections", "after_header": "old connections", "after": ""}
    return {"changed": bool(old), "closed": closed, "diff": [{**diff, "before": "".join(f"{one}\n" for one in closed)}]}
