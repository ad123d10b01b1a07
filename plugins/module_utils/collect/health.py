"""Prove that users can work; the work of redis_health."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from ..connection import Endpoint, connect
from ..errors import HostError, LoginError, RampartError, ServerRefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..connection import Server

# The key is deleted at once; should that fail, it is gone after these seconds.
_SECONDS = "30"


class _Trial(NamedTuple):
    user: str
    failure: str = ""
    wrote: bool = False
    warnings: Sequence[str] = ()


def prove(params: Mapping[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """Log in as each of ``params["users"]`` through the door of the ``login_*`` options; write and read where wished.

    :raises HostError: with what each of the users met.
    """
    door = Endpoint.from_params(params)
    trials = [_try(door, user, writes=user["prefix"] is not None and not check_mode) for user in params["users"]]
    failures = [f"{trial.user}: {trial.failure}" for trial in trials if trial.failure]
    if failures:
        raise HostError(f"{len(failures)} of {len(trials)} logins do not work: {'; '.join(failures)}", where=str(door))
    return {
        "changed": False,
        "door": str(door),
        "logged_in": [trial.user for trial in trials],
        "wrote": [trial.user for trial in trials if trial.wrote],
        "warnings": [warning for trial in trials for warning in trial.warnings],
    }


def _try(door: Endpoint, user: Mapping[str, Any], *, writes: bool) -> _Trial:
    try:
        with connect(replace(door, user=user["name"], password=user["password"])) as server:
            warnings = _write(server, user["name"], user["prefix"]) if writes else []
    except LoginError as error:
        return _Trial(user["name"], failure=error.what)
    except RampartError as error:
        return _Trial(user["name"], failure=str(error))
    return _Trial(user["name"], wrote=writes and not warnings, warnings=warnings)


def _write(server: Server, name: str, prefix: str) -> list[str]:
    """Write, read and delete a key below the prefix; a server that is full is no fault of the user."""
    key, value = f"{prefix}rampart-canary-{secrets.token_hex(8)}", secrets.token_hex(8)
    try:
        server.command("SET", key, value, "EX", _SECONDS)
    except ServerRefusedError as error:
        if "OOM" not in error.what:
            raise
        return [f"{name} could not write, for the server is at its memory limit"]
    found = server.command("GET", key)
    server.command("DEL", key)
    if found != value:
        raise HostError("did not read back what it wrote", where=name)
    return []
