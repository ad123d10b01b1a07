"""Who is connected, and waiting until those who would be cut off have gone."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ..clients.connections import LOGIN_TIME, group, parse
from ..clients.table import sentences, table
from ..connection import Endpoint, connect
from ..errors import ServerRefusedError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from ..clients.connections import Connection
    from ..connection import Server

_PAUSE = 0.25  # seconds between two looks
# A client without a pool connects for each request: one look may fall between two of them.
_QUIET_LOOKS = 4
_KILL_SECONDS = 5.0


def look(params: Mapping[str, Any]) -> dict[str, Any]:
    """Do the work of redis_clients_info and return its result."""
    closing = params["closing"]
    with connect(Endpoint.from_params(params)) as server:
        found = _drained(server, closing, params["drain_timeout"])
    groups = group(found, closing)
    return {
        "changed": False,
        "clients": [{**asdict(one), "is_cut_off": one.is_cut_off_by(closing)} for one in found],
        "groups": [asdict(one) for one in groups],
        "cut_off": sentences(groups),
        "table": table(groups),
    }


def read(server: Server) -> list[Connection]:
    """Return all connections.

    :raises ServerRefusedError: no right to CLIENT LIST.
    """
    return _listed(server, server.config("tls-port").get("tls-port", "0"))


def _listed(server: Server, tls_port: str) -> list[Connection]:
    own = str(server.command("CLIENT", "ID"))
    return parse(str(server.command("CLIENT", "LIST")), own, tls_port)


def of_users(server: Server, users: Collection[str]) -> dict[str, str]:
    """Return the user of each client (by id) that belongs to one of ``users``; neither our own nor replication links.

    Who just came may not have logged in yet, so it is looked at twice.

    :raises ServerRefusedError: no right to CLIENT LIST.
    """
    found = _of_users(server, users)
    if any(one.may_be_logging_in for one in found):
        time.sleep(LOGIN_TIME)
        still = {one.ident: one.user for one in _of_users(server, users)}
        found = [one for one in found if still.get(one.ident) == one.user]
    return {one.ident: one.user for one in found}


def _of_users(server: Server, users: Collection[str]) -> list[Connection]:
    # By which door they came does not matter, and asking for it would take a right more.
    listed = _listed(server, tls_port="0")
    return [one for one in listed if one.user in users and not one.is_own and not one.is_link]


def hang_up(server: Server, idents: Collection[str], *, prove: bool = True) -> None:
    """Close connections and prove that they are closed; one that has gone by itself is no error.

    :param prove: False where we have no right to CLIENT LIST, and have to believe the server.

    :raises ServerRefusedError: some of them are still there.
    """
    if not idents:
        return
    server.pipeline([("CLIENT", "KILL", "ID", ident) for ident in idents])
    deadline = time.monotonic() + _KILL_SECONDS
    while prove and (left := _still_there(server, idents)):
        if time.monotonic() > deadline:
            raise ServerRefusedError(
                f"connections are still open after CLIENT KILL: {', '.join(left)}", where=f"server {server.endpoint}"
            )
        time.sleep(_PAUSE)


def _still_there(server: Server, idents: Collection[str]) -> list[str]:
    lines = str(server.command("CLIENT", "LIST")).splitlines()
    open_now = {line.partition(" ")[0].partition("=")[2] for line in lines}
    return [ident for ident in idents if ident in open_now]


def _drained(server: Server, closing: Collection[str], timeout: float) -> list[Connection]:
    """Look until several looks in a row show nobody who would be cut off, or the time is over; return the last look."""
    deadline = time.monotonic() + timeout
    quiet = 0
    while True:
        found = read(server)
        quiet = 0 if any(one.is_cut_off_by(closing) for one in found) else quiet + 1
        if quiet == _QUIET_LOOKS or time.monotonic() + _PAUSE > deadline:
            return found
        time.sleep(_PAUSE)
