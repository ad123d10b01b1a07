"""The audit's conversation with a server: few, reading commands, one at a time, each counted."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..connection import open_connection
from ..errors import LoginError, RampartError, ServerRefusedError

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator, Mapping

    from ..connection import Endpoint, Server

# Seconds between two questions of which there may be thousands: other clients' commands run in between.
PAUSE = 0.001
# What a server says to a stranger whom it will not serve.
_CLOSED = ("NOAUTH", "DENIED", "WRONGPASS")
_DENIED = "NOPERM"
# All that an audit ever says to a server. None of it changes anything; tests ask servers whether that is so.
READING = frozenset(
    {"PING", "AUTH", "INFO", "CONFIG GET", "ACL USERS", "ACL GETUSER", "COMMAND", "COMMAND INFO", "CLIENT LIST"}
    | {"MODULE LIST", "FUNCTION LIST", "SENTINEL MASTERS", "SENTINEL CKQUORUM"}
)


class Session:
    """A connection that counts what it sends and never repeats a command that was denied.

    Every denial makes an entry in the server's ACL log, so one per command is the most an audit may cause.
    """

    def __init__(self, server: Server, sent: Counter[str]) -> None:
        self._server = server
        self.sent = sent
        self._denied: dict[str, ServerRefusedError] = {}

    @property
    def denied(self) -> list[str]:
        """The commands that this connection may not send, each an entry in the server's ACL log."""
        return sorted(self._denied)

    def ask(self, *words: str) -> Any:  # noqa: ANN401
        """Send one command and return its reply.

        :raises ServerRefusedError: the server answered with an error, now or earlier.
        :raises ValueError: a command that is not one of ``READING``: a bug in a collector.
        """
        name = _name(words)
        if name not in READING:
            raise ValueError(f"an audit never sends {name}")
        if name in self._denied:
            raise self._denied[name]
        self.sent[name] += 1
        reply = self._server.pipeline([words])[0]
        if not isinstance(reply, Exception):
            return reply
        error = ServerRefusedError(f"{name} was refused: {reply}", where=f"server {self._server.endpoint}")
        if str(reply).startswith(_DENIED):
            self._denied[name] = error
        raise error

    def info(self) -> dict[str, str]:
        """Return all of INFO as text fields."""
        lines = str(self.ask("INFO", "all")).splitlines()
        return dict(line.split(":", 1) for line in lines if ":" in line and not line.startswith("#"))

    def login(self, user: str, password: str) -> None:
        """Log in; only called when the credentials have a chance to be right."""
        self.sent["AUTH"] += 1
        self._server.login(user, password)


def _name(words: tuple[str, ...]) -> str:
    containers = ("ACL", "CONFIG", "CLIENT", "MODULE", "COMMAND", "FUNCTION", "SENTINEL")
    return " ".join(words[:2]) if words[0] in containers else words[0]


@contextmanager
def session(endpoint: Endpoint, sent: Counter[str]) -> Iterator[tuple[Session, Mapping[str, Any]]]:
    """Open a connection, send the stranger's PING, and log in if that can succeed; yield the session and the door.

    :param sent: what is sent is counted here, also when no session comes of it.
    :raises UnreachableError: nobody there, or TLS failed.
    :raises LoginError: the server wants a login that was not given or is wrong.
    """
    server = open_connection(endpoint)
    try:
        talk = Session(server, sent)
        talk.sent["PING"] += 1
        door = _door(endpoint, server.pipeline([("PING",)])[0])
        if door["result"] == "closed" and endpoint.password is None:
            raise LoginError(str(door["answer"]), where=f"server {endpoint}", hint="Give login_user and login_password")
        if endpoint.password is not None and _has_a_chance(talk, door, endpoint.user or "default"):
            talk.login(endpoint.user or "default", endpoint.password)
        yield talk, door
    finally:
        server.close()


def knock(endpoint: Endpoint) -> dict[str, Any]:
    """Send one PING on a fresh connection, without any login, and say what came back.

    ``result`` is ``open`` (served), ``closed`` (refused for want of a login), or ``unknown`` (no answer at all).
    """
    try:
        server = open_connection(replace(endpoint, user=None, password=None))
        try:
            return _door(endpoint, server.pipeline([("PING",)])[0])
        finally:
            server.close()
    except RampartError as error:
        # Also the library may be missing: then nothing is known of the door either.
        return {"door": str(endpoint), "result": "unknown", "answer": error.what}


def pause() -> None:
    """Let others have the server."""
    time.sleep(PAUSE)


def _door(endpoint: Endpoint, reply: object) -> dict[str, Any]:
    answer = str(reply)
    closed = isinstance(reply, Exception) and answer.startswith(_CLOSED)
    return {"door": str(endpoint), "result": "closed" if closed else "open", "answer": answer}


def _has_a_chance(talk: Session, door: Mapping[str, Any], user: str) -> bool:
    # An open server may not know the user yet; a failed AUTH would stand in its ACL log.
    if door["result"] == "closed":
        return True
    try:
        return user in talk.ask("ACL", "USERS")
    except ServerRefusedError:
        return False
