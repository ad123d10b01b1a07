# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small RESP client on a socket: attackers need MONITOR, PSYNC and half-open logins, which libraries hide."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, TypeVar, Union

from .model import CannotRunError, RefusedError

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from types import TracebackType
    from typing import Self

T = TypeVar("T")
Reply = Union[str, int, None, "ReplyError", list["Reply"]]

# Error replies by which a server refuses; any other error means that the attack was not really tried.
REFUSALS = ("NOAUTH", "NOPERM", "WRONGPASS", "DENIED")
REFUSAL_TEXTS = ("can't set protected config", "command not allowed")


class ReplyError(str):
    """An error reply; a value and not an exception, because a refusal is what an attack looks for."""

    __slots__ = ()

    @property
    def refusal(self) -> bool:
        """True where the reply says no to the person, not to the form of the command."""
        return self.startswith(REFUSALS) or any(text in self for text in REFUSAL_TEXTS)


def encode(*words: str | int) -> bytes:
    """Return one command in wire form."""
    parts = [str(word).encode() for word in words]
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)


class Connection:
    """One conversation with a server. Refusals raise RefusedError, silence raises CannotRunError."""

    def __init__(self, sock: socket.socket, door: str) -> None:
        self._sock = sock
        self._file = sock.makefile("rb")
        self.door = door

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self._file.close()
        self._sock.close()

    def patience(self, seconds: float) -> None:
        """Wait at most this long for the next bytes."""
        self._sock.settimeout(seconds)

    def send(self, *words: str | int) -> None:
        """Send one command without waiting."""
        translated(lambda: self._sock.sendall(encode(*words)), self.door)

    def throw(self, data: bytes) -> None:
        """Send bytes that are no command."""
        translated(lambda: self._sock.sendall(data), self.door)

    def call(self, *words: str | int) -> Reply:
        """Send one command and return the reply, errors included."""
        self.send(*words)
        return self.read()

    def ask(self, *words: str | int) -> Reply:
        """Send one command and insist on an answer: refusals and other errors are raised."""
        return insist(self.call(*words), self.door, str(words[0]))

    def read(self) -> Reply:
        """Read one reply (RESP2, and RESP3 as far as servers use it)."""
        line = self.line()
        while not line:  # a primary keeps a waiting replica alive with empty lines
            line = self.line()
        kind, rest = line[:1], line[1:]
        if kind == "-":
            return ReplyError(rest)
        if kind in "$=":
            return None if rest == "-1" else self.raw(int(rest) + 2)[:-2].decode(errors="replace")
        if kind in "*>~%":
            count = int(rest) * (2 if kind == "%" else 1)
            return None if count < 0 else [self.read() for _item in range(count)]
        return _simple(kind, rest)

    def line(self) -> str:
        """Read one line without its end."""
        data = translated(self._file.readline, self.door)
        if not data.endswith(b"\n"):
            raise RefusedError(f"{self.door}: the server closed the connection")
        return data.decode(errors="replace").rstrip("\r\n")

    def raw(self, count: int) -> bytes:
        """Read exactly this many bytes."""
        data = translated(lambda: self._file.read(count), self.door)
        if len(data) < count:
            raise RefusedError(f"{self.door}: the server closed the connection")
        return data


def _simple(kind: str, rest: str) -> Reply:
    if kind == ":":
        return int(rest)
    return None if kind == "_" else rest


def insist(reply: Reply, door: str, command: str) -> Reply:
    """Return a reply that is no error; raise RefusedError for a refusal, CannotRunError for any other error."""
    if not isinstance(reply, ReplyError):
        return reply
    if reply.refusal:
        raise RefusedError(f"{door}: {command}: {reply}")
    raise CannotRunError(f"{door}: {command}: {reply}")


def translated(work: Callable[[], T], door: str) -> T:
    """Do network work; closed doors and TLS alerts become RefusedError, silence and the rest CannotRunError."""
    try:
        return work()
    except TimeoutError as error:
        raise CannotRunError(f"{door}: no answer in time") from error
    except ssl.SSLError as error:
        raise RefusedError(f"{door}: TLS: {error.reason or error}") from error
    except ConnectionRefusedError as error:
        raise RefusedError(f"{door}: port closed") from error
    except (ConnectionResetError, BrokenPipeError, EOFError) as error:
        raise RefusedError(f"{door}: the server closed the connection") from error
    except OSError as error:
        raise CannotRunError(f"{door}: {error}") from error
