"""redis_health with real servers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.collect.health import prove
from ansible_collections.rampart.redis.plugins.module_utils.connection import connect
from ansible_collections.rampart.redis.plugins.module_utils.errors import HostError

if TYPE_CHECKING:
    from ansible_collections.rampart.redis.tests.live.servers import Running

APP: dict[str, str | None] = {"name": "app", "password": "app-secret", "prefix": "app:"}
READER: dict[str, str | None] = {"name": "reader", "password": "reader-secret", "prefix": None}


def _prove(live: Running, *users: dict[str, str | None], check_mode: bool = False) -> dict[str, Any]:
    params = {
        "login_host": "127.0.0.1",
        "login_port": 0,
        "login_user": None,
        "login_password": None,
        "login_unix_socket": live.endpoint.unix_socket,
        "login_timeout": 5.0,
        "tls": False,
        "validate_certs": True,
        "ca_certs": None,
        "client_cert_file": None,
        "client_key_file": None,
        "users": list(users),
    }
    return prove(params, check_mode=check_mode)


@pytest.fixture
def users(live: Running) -> Running:
    with connect(live.endpoint) as server:
        server.command("ACL", "SETUSER", "app", "on", ">app-secret", "~app:*", "-@all", "+set", "+get", "+del")
        server.command("ACL", "SETUSER", "reader", "on", ">reader-secret", "-@all", "+info")
    return live


def test_all_can_work_and_leave_nothing_behind(users: Running) -> None:
    result = _prove(users, APP, READER)
    assert (result["changed"], result["logged_in"], result["wrote"]) == (False, ["app", "reader"], ["app"])
    assert "secret" not in str(result)
    with connect(users.endpoint) as server:
        assert server.command("DBSIZE") == 0
        assert server.command("ACL", "LOG") == []


def test_check_mode_writes_nothing(users: Running) -> None:
    with connect(users.endpoint) as server:
        server.command("CONFIG", "RESETSTAT")
        assert _prove(users, APP, check_mode=True)["wrote"] == []
        assert "cmdstat_set:" not in str(server.command("INFO", "commandstats"))


@pytest.mark.parametrize(
    ("user", "words"),
    [
        ({**APP, "password": "wrong-secret"}, "app: WRONGPASS"),
        ({**READER, "prefix": "app:"}, "reader: "),
        ({**APP, "prefix": "other:"}, "app: "),
        ({**APP, "name": "nobody"}, "nobody: WRONGPASS"),
    ],
)
def test_who_cannot_work_is_named(users: Running, user: dict[str, str | None], words: str) -> None:
    with pytest.raises(HostError, match="1 of 2 logins do not work") as caught:
        _prove(users, READER, user)
    assert words in str(caught.value)
    assert "-secret" not in str(caught.value)


def test_a_full_server_is_a_warning(users: Running) -> None:
    with connect(users.endpoint) as server:
        server.command("CONFIG", "SET", "maxmemory", "1")
    assert _prove(users, APP)["warnings"] == ["app could not write, for the server is at its memory limit"]
