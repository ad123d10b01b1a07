"""The conversation with real servers: replies, refusals, logins, and no trace left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.errors import LoginError, ServerRefusedError
from ansible_collections.rampart.redis.tests.live.servers import running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible_collections.rampart.redis.tests.live.servers import Running

ACL = "user default off\nuser reader on >reader-secret ~* +get +info +acl|log\nuser admin on >admin-secret ~* +@all\n"


@pytest.fixture
def closed(binary: str) -> Iterator[Running]:
    with running(binary, acl=ACL.replace("+acl|log", "")) as server:
        yield server


def test_replies_are_plain_values(live: Running) -> None:
    with live.session() as server:
        assert server.command("SET", "key", b"\xff") == "OK"
        assert server.command("GET", "key") == "\udcff"
        assert server.command("GET", "none") is None
        assert server.command("RPUSH", "list", 1, "b") == 2
        assert server.command("LRANGE", "list", 0, -1) == ["1", "b"]
        # The null array in an array, which RESP3 readers do not know.
        assert server.command("COMMAND", "INFO", "get", "no-such-command")[1] is None


def test_a_pipeline_gives_errors_in_their_place(live: Running) -> None:
    with live.session() as server:
        replies = server.pipeline([("SET", "key", "v"), ("LPUSH", "key", "x"), ("GET", "key")])
    assert (replies[0], replies[2]) == ("OK", "v")
    assert isinstance(replies[1], Exception)
    assert str(replies[1]).startswith("WRONGTYPE")


def test_an_error_names_the_command_but_not_its_arguments(live: Running) -> None:
    with live.session() as server, pytest.raises(ServerRefusedError) as caught:
        server.command("CONFIG", "SET", "no-such-name", "planted-secret")
    assert "CONFIG was refused" in str(caught.value)
    assert "planted-secret" not in str(caught.value)


def test_a_closed_server_says_so_and_stays_connected(closed: Running) -> None:
    with closed.session() as server:
        with pytest.raises(LoginError, match="NOAUTH"):
            server.command("PING")
        server.login("reader", "reader-secret")
        assert server.command("GET", "none") is None
        replies = server.pipeline([("SET", "key", "v"), ("GET", "none")])
        assert str(replies[0]).startswith("NOPERM")
        assert replies[1] is None


def test_a_wrong_password_is_a_login_error_without_it(closed: Running) -> None:
    with pytest.raises(LoginError) as caught, closed.session("reader", "wrong-secret"):
        pass
    assert "WRONGPASS" in str(caught.value)
    assert "wrong-secret" not in str(caught.value)


def test_connecting_leaves_no_trace_in_the_acl_log(closed: Running) -> None:
    with closed.session("reader", "reader-secret") as server:
        server.command("GET", "key")
        assert server.version == closed.version
    with closed.session("admin", "admin-secret") as server:
        assert server.command("ACL", "LOG") == []


def test_unknown_directives_are_left_out(live: Running) -> None:
    with live.session() as server:
        assert server.config("port", "no-such-name") == {"port": "0"}
