# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The attackers' RESP client: what is a refusal, and what proves nothing."""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING

import pytest

from tests.attacks.model import CannotRunError, RefusedError
from tests.attacks.resp import Connection, Reply, ReplyError, encode, insist, translated

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def server() -> Iterator[tuple[socket.socket, Connection]]:
    """Return the server's end of a socket and our connection on the other."""
    theirs, ours = socket.socketpair()
    with theirs, Connection(ours, "door") as connection:
        yield theirs, connection


def test_encode() -> None:
    assert encode("SET", "k", 1) == b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\n1\r\n"


@pytest.mark.parametrize(
    ("wire", "reply"),
    [
        (b"+OK\r\n", "OK"),
        (b":12\r\n", 12),
        (b"$-1\r\n", None),
        (b"$0\r\n\r\n", ""),
        (b"$4\r\na\r\nb\r\n", "a\r\nb"),
        (b"*-1\r\n", None),
        (b"*2\r\n:1\r\n*1\r\n$1\r\nx\r\n", [1, ["x"]]),
        (b"_\r\n", None),
        (b"%1\r\n+a\r\n+b\r\n", ["a", "b"]),
        (b">2\r\n+invalidate\r\n*1\r\n+k\r\n", ["invalidate", ["k"]]),
        (b"\r\n\r\n+OK\r\n", "OK"),
        (b"-NOAUTH Authentication required.\r\n", "NOAUTH Authentication required."),
    ],
)
def test_read(server: tuple[socket.socket, Connection], wire: bytes, reply: Reply) -> None:
    theirs, connection = server
    theirs.sendall(wire)
    assert connection.read() == reply


def test_error_replies_are_values_of_their_own_kind(server: tuple[socket.socket, Connection]) -> None:
    theirs, connection = server
    theirs.sendall(b"-NOPERM no\r\n")
    assert isinstance(connection.read(), ReplyError)


@pytest.mark.parametrize(
    "text",
    [
        "NOAUTH Authentication required.",
        "NOPERM this user has no permissions to run the 'keys' command",
        "WRONGPASS invalid username-password pair or user is disabled.",
        "DENIED Redis is running in protected mode",
        "ERR CONFIG SET failed (possibly related to argument 'dir') - can't set protected config",
        'ERR MODULE command not allowed. If the enable-module-command option is set to "local" ...',
    ],
)
def test_refusals(text: str) -> None:
    with pytest.raises(RefusedError, match="door: CONFIG"):
        insist(ReplyError(text), "door", "CONFIG")


@pytest.mark.parametrize(
    "text", ["ERR unknown command 'X'", "LOADING Redis is loading", "ERR syntax error", "MISCONF x"]
)
def test_other_errors_prove_nothing(text: str) -> None:
    with pytest.raises(CannotRunError):
        insist(ReplyError(text), "door", "CONFIG")


def test_answers_pass() -> None:
    assert insist("OK", "door", "PING") == "OK"


class Alert(ssl.SSLError):
    """An alert as the ssl module raises it."""

    reason = "TLSV13_ALERT_CERTIFICATE_REQUIRED"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ConnectionRefusedError(), RefusedError),
        (ConnectionResetError(), RefusedError),
        (BrokenPipeError(), RefusedError),
        (Alert(), RefusedError),
        (TimeoutError(), CannotRunError),
        (OSError("No route to host"), CannotRunError),
    ],
)
def test_network_errors(error: OSError, kind: type[Exception]) -> None:
    def work() -> None:
        raise error

    with pytest.raises(kind):
        translated(work, "door")


def test_a_hang_up_is_a_refusal(server: tuple[socket.socket, Connection]) -> None:
    theirs, connection = server
    theirs.sendall(b"$10\r\nabc")
    theirs.shutdown(socket.SHUT_WR)
    with pytest.raises(RefusedError, match="closed the connection"):
        connection.read()
