"""Real sockets: what listens, what does not, what does not answer, and where there is no way."""

from __future__ import annotations

import errno
import socket
import time
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.collect import reaching
from ansible_collections.rampart.redis.plugins.module_utils.errors import HostError, InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

HOME = "127.0.0.1"


@pytest.fixture
def listening() -> Iterator[int]:
    with socket.create_server((HOME, 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def silent() -> Iterator[int]:
    """Fill the queue of a server: the system drops what comes, as a firewall does."""
    with socket.create_server((HOME, 0), backlog=0) as server:
        port = server.getsockname()[1]
        waiting = [socket.socket() for _waiting in range(4)]
        for one in waiting:
            one.settimeout(0)
            one.connect_ex((HOME, port))
        yield port
        for one in waiting:
            one.close()


@pytest.fixture
def closed() -> int:
    with socket.create_server((HOME, 0)) as server:
        return int(server.getsockname()[1])


def tried(*targets: tuple[str, int], timeout: float = 0.5) -> list[tuple[int, str, str]]:
    params = {"targets": [{"address": address, "port": port} for address, port in targets], "timeout": timeout}
    found = reaching.reach(params)
    assert found["changed"] is False
    return [(one["port"], one["outcome"], one["source"]) for one in found["outcomes"]]


def test_the_four_outcomes(listening: int, closed: int, silent: int) -> None:
    assert tried((HOME, listening), (HOME, closed), (HOME, silent), ("255.255.255.255", 6379)) == [
        (listening, "open", HOME),
        (closed, "refused", HOME),
        (silent, "timeout", HOME),
        (6379, "unreachable", ""),
    ]


def test_all_are_tried_at_the_same_time(silent: int) -> None:
    began = time.monotonic()
    assert len(tried(*[(f"127.0.0.{number}", silent) for number in range(2, 30)], (HOME, silent))) == 29
    assert time.monotonic() - began < 2


def test_one_target_is_tried_once(listening: int) -> None:
    assert len(tried((HOME, listening), (HOME, listening))) == 1


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"targets": [{"address": "redis-1", "port": 1}]}, "targets: 'redis-1' is no address. Names are not looked up"),
        ({"targets": [{"address": HOME, "port": 0}]}, "targets: 0 is no port. Ports are 1 to 65535"),
        ({"targets": [{"address": HOME, "port": 70000}]}, "targets: 70000 is no port. Ports are 1 to 65535"),
        ({"targets": [], "timeout": 0.0}, "timeout: must be more than 0"),
    ],
)
def test_wrong_wishes(params: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError) as caught:
        reaching.reach({"timeout": 1.0, **params})
    assert str(caught.value) == said


@pytest.mark.parametrize("where", ["making", "connecting"])
def test_a_host_that_cannot_try_does_not_say_that_nothing_is_reached(
    where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_more: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    if where == "making":
        monkeypatch.setattr("socket.socket", fail)
    else:
        monkeypatch.setattr(socket.socket, "connect", fail)
    with pytest.raises(HostError, match=r"127\.0\.0\.1 port 1: cannot try: Too many open files"):
        tried((HOME, 1))
