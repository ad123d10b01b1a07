# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Doors: who may try what, and when an attempt counts."""

from __future__ import annotations

import socket
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.attacks import doors
from tests.attacks.doors import Door, attempt
from tests.attacks.model import APPLICATION, CannotRunError, Target, User

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.attacks.resp import Connection

ANSWERS = {b"GOOD": b"+secret\r\n", b"DENY": b"-NOPERM no\r\n", b"AUTH": b"-WRONGPASS no\r\n", b"ODD": b"-ERR odd\r\n"}


def _serve(server: socket.socket) -> None:
    while True:
        try:
            peer, _address = server.accept()
        except OSError:
            return
        with peer:
            while request := peer.recv(4096):
                peer.sendall(ANSWERS[request.split(b"\r\n")[2]])


@pytest.fixture
def port() -> Iterator[int]:
    """Return the port of a server that answers four commands by a table."""
    server = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=_serve, args=(server,))
    thread.start()
    yield server.getsockname()[1]
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join()


def _good(connection: Connection) -> str:
    return str(connection.ask("GOOD"))


def _denied(connection: Connection) -> str:
    return str(connection.ask("DENY"))


def _odd(connection: Connection) -> str:
    return str(connection.ask("ODD"))


def _closed() -> Door:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return Door("closed", "127.0.0.1", server.getsockname()[1])


def test_success(port: int) -> None:
    outcome = attempt([_closed(), Door("open", "127.0.0.1", port)], _denied, _good)
    assert (outcome.succeeded, outcome.evidence, outcome.word) == (True, "open: secret", "succeeded")


def test_thorough_lists_every_success(port: int) -> None:
    outcome = attempt([Door("open", "127.0.0.1", port)], _good, _denied, _good, thorough=True)
    assert outcome.evidence == "open: secret; open: secret"


def test_failure_names_each_refusal_once(port: int) -> None:
    outcome = attempt([_closed(), Door("open", "127.0.0.1", port)], _denied, _denied)
    assert (outcome.succeeded, outcome.word) == (False, "failed")
    assert outcome.evidence == "closed: port closed; open: DENY: NOPERM no"


def test_another_error_is_no_failure(port: int) -> None:
    with pytest.raises(CannotRunError, match="ERR odd"):
        attempt([Door("open", "127.0.0.1", port)], _odd)


def test_no_door_is_no_failure() -> None:
    with pytest.raises(CannotRunError, match="no door"):
        attempt([], _good)


def test_refused_valid_credentials_are_no_failure(port: int) -> None:
    with pytest.raises(CannotRunError, match="valid credentials of 'app'"):
        attempt([Door("user", "127.0.0.1", port, login=User("app", "secret"))], _good)


def test_a_lawful_connection_must_open() -> None:
    with pytest.raises(CannotRunError, match="lawful connection"):
        doors.opened(_closed())


@pytest.mark.parametrize(("phase", "number"), [("before", 2), ("after", 3)])
def test_the_anonymous_hold_a_certificate_after_hardening(
    phase: str, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "careless_context", lambda *_files: None)
    users = {APPLICATION: User(APPLICATION, "secret", Path("cert"), Path("key"))}
    target = Target("box", "192.0.2.1", "192.0.2.2", phase, Path(), users)  # type: ignore[arg-type]  # of the parameters
    tried = doors.anonymous(target)
    assert len(tried) == number
    assert not any(door.login for door in tried)


def test_users_go_through_tls_after_hardening(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "careless_context", lambda *_files: None)
    users = {APPLICATION: User(APPLICATION, "secret")}
    before = doors.logged_in(Target("box", "192.0.2.1", "192.0.2.2", "before", Path(), users), APPLICATION)
    after = doors.logged_in(Target("box", "192.0.2.1", "192.0.2.2", "after", Path(), users), APPLICATION)
    assert [door.port for door in before + after] == [6379, 6380]


def test_an_unknown_user_is_no_failure() -> None:
    with pytest.raises(CannotRunError, match="no credentials of user 'nobody'"):
        doors.logged_in(Target("box", "192.0.2.1", "192.0.2.2", "after", Path()), "nobody")


def test_a_password_is_never_shown() -> None:
    assert "secret" not in repr(User("app", "secret"))
