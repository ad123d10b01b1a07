# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What counts as led out, and what as kept in. The real thing runs in molecule/redis_firewall."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING, Any, cast

import pytest

from tests.attacks import outward
from tests.attacks.canary import SECRET_VALUE
from tests.attacks.model import CannotRunError, RefusedError
from tests.attacks.replication import VALUE
from tests.attacks.resp import ReplyError, encode, insist

if TYPE_CHECKING:
    from tests.attacks.resp import Connection

HERE = "127.0.0.1"


class _Server:
    """Answers as told, and connects out only where it is told to."""

    door = "a server"

    def __init__(self, migrate: str, *, led_out: bool) -> None:
        self._migrate, self._led_out = migrate, led_out

    def call(self, *words: Any) -> str:  # noqa: ANN401 - as in Connection
        if self._led_out and words[0] in ("REPLICAOF", "MIGRATE") and words[1] == HERE:
            with socket.create_connection((HERE, words[2])) as visit:
                visit.sendall(encode("PING") if words[0] == "REPLICAOF" else SECRET_VALUE.encode())
                visit.shutdown(socket.SHUT_WR)
                visit.recv(64)
        if words[0] == "MIGRATE":
            return ReplyError(self._migrate) if self._migrate != "OK" else "OK"
        if words[0] == "GET":
            return VALUE if self._led_out else ""
        return f"role:slave\r\nmaster_link_status:{'up' if self._led_out else 'down'}\r\n"

    def ask(self, *words: Any) -> Any:  # noqa: ANN401 - as in Connection
        return insist(self.call(*words), self.door, str(words[0]))


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outward, "SECONDS", 0.1)


def _server(migrate: str = "OK", *, led_out: bool = True) -> Connection:
    return cast("Connection", _Server(migrate, led_out=led_out))


def test_who_is_led_out() -> None:
    followed = outward.follow(_server(), HERE)
    assert (followed["loaded"], followed["link"], followed["visitors"]) == (True, "up", 1)
    assert outward.migrate(_server(), HERE) == {"arrived": True, "reply": "OK", "visitors": 1}


def test_who_is_kept_in_is_not_waited_for() -> None:
    start = time.monotonic()
    followed = outward.follow(_server(led_out=False), HERE)
    assert (followed["loaded"], followed["link"], followed["visitors"]) == (False, "down", 0)
    kept = "IOERR error or timeout connecting to the client"
    assert outward.migrate(_server(kept, led_out=False), HERE) == {"arrived": False, "reply": kept, "visitors": 0}
    assert time.monotonic() < start + 5


@pytest.mark.parametrize(
    ("reply", "error"), [("NOPERM no rights", RefusedError), ("ERR unknown command", CannotRunError)]
)
def test_a_command_that_was_refused_proves_nothing_about_the_way_out(reply: str, error: type[Exception]) -> None:
    with pytest.raises(error, match=reply):
        outward.migrate(_server(reply, led_out=False), HERE)
