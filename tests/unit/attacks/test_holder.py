# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The holder of attack 23: the old line never comes back, the greedy one does."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from tests.attacks.holder import Line

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def _answer(server: socket.socket, answer: bytes) -> socket.socket:
    peer, _address = server.accept()
    peer.sendall(answer)
    return peer


@pytest.mark.parametrize(("again", "expected"), [(False, "dead: closed, never opened again"), (True, "+PONG")])
def test_line(server: socket.socket, *, again: bool, expected: str) -> None:
    line = Line(*server.getsockname()[:2], again=again)
    line.connect()
    with _answer(server, b"+PONG\r\n") as peer:
        assert line.ping() == "+PONG"
        peer.shutdown(socket.SHUT_WR)
        assert line.ping() == "dead: closed by the server"
    if again:
        line.connect()
        with _answer(server, b"+PONG\r\n"):
            assert line.ping() == expected
            line.close()
    else:
        assert line.ping() == expected


def test_closed_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        where = server.getsockname()[:2]
    assert Line(*where, again=True).ping().startswith("dead: ")
