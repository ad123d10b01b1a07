"""Module ``redis_clients_info`` on real servers, and connections that are closed and proved dead."""

from __future__ import annotations

import socket
import threading
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.clients.connections import PLAINTEXT
from ansible_collections.rampart.redis.plugins.module_utils.collect import connected, leftovers
from ansible_collections.rampart.redis.plugins.module_utils.connection import Endpoint, open_connection
from ansible_collections.rampart.redis.plugins.module_utils.errors import UnreachableError
from ansible_collections.rampart.redis.plugins.modules import redis_clients_info
from ansible_collections.rampart.redis.tests.live.servers import Running, running
from ansible_collections.rampart.redis.tests.runner import succeed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible_collections.rampart.redis.plugins.module_utils.connection import Server

ACL = "user default on nopass ~* &* +@all\nuser app on nopass ~* &* +@all\n"


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def server(binary: str, port: int) -> Iterator[Running]:
    with running(binary, config=f"port {port}\nbind 127.0.0.1", acl=ACL) as started:
        yield started


@contextmanager
def plain(port: int, user: str | None = None) -> Iterator[Server]:
    with closing(open_connection(Endpoint(port=port, tls=False))) as link:
        if user:
            link.login(user, "any")
        link.command("CLIENT", "SETNAME", f"test-{user}")
        yield link


def look(server: Running, **options: Any) -> dict[str, Any]:  # noqa: ANN401
    path = server.endpoint.unix_socket
    login = {"login_unix_socket": path, "tls": False, "login_user": "app", "login_password": "any"}
    result = succeed(redis_clients_info, {**login, **options})
    assert not result["changed"]
    return result


def test_who_comes_from_where(server: Running, port: int) -> None:
    with plain(port), plain(port, "app"), server.session() as on_socket:
        on_socket.command("PING")
        result = look(server)
    rows = {(one["transport"], one["user"], one["is_own"]): one for one in result["clients"]}
    assert {key: row["is_cut_off"] for key, row in rows.items()} == {
        ("plaintext", "default", False): True,
        ("plaintext", "app", False): True,
        ("unix socket", "default", False): True,
        ("unix socket", "app", True): False,
    }
    assert rows["plaintext", "app", False]["name"] == "test-app"
    assert len(result["cut_off"]) == 3
    assert len(result["table"]) == 5


def test_only_what_is_going_to_be_closed_counts(server: Running, port: int) -> None:
    with plain(port, "app"):
        assert look(server, closing=["default_user"])["cut_off"] == []
        assert len(look(server, closing=["plaintext"])["cut_off"]) == 1


def test_the_drain_ends_when_the_last_one_goes(server: Running, port: int) -> None:
    with plain(port) as client:
        leaving = threading.Timer(0.5, client.close)
        leaving.start()
        # Far more than it takes: the module comes back when they have gone, and the test ends.
        result = look(server, drain_timeout=600)
        leaving.join()
    assert result["cut_off"] == []


def test_the_drain_names_who_stays_and_leaves_him_alone(server: Running, port: int) -> None:
    with plain(port) as client:
        result = look(server, drain_timeout=0.6)
        assert client.command("PING") == "PONG"
    (sentence,) = result["cut_off"]
    assert sentence.startswith("127.0.0.1 as default in plaintext, name test-None,")


def test_a_door_that_is_shut_is_emptied_and_proved_empty(server: Running, port: int) -> None:
    with plain(port) as old, server.session("app", "any") as us:
        us.command("CONFIG", "SET", "port", "0")
        assert old.command("PING") == "PONG"
        found = leftovers.find(us)
        assert [(one.user, one.transport) for one in found] == [("default", PLAINTEXT)]
        leftovers.hang_up(us, found)
        assert leftovers.find(us) == []
        assert us.command("PING") == "PONG"
        with pytest.raises(UnreachableError):
            old.command("PING")


def test_a_connection_that_has_gone_is_no_error(server: Running) -> None:
    with server.session() as us:
        connected.hang_up(us, ["999999"])
        assert us.command("PING") == "PONG"
