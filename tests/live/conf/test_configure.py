"""redis_config against real servers: what it writes, sets, refuses, and that a second run does nothing."""

from __future__ import annotations

import shutil
import socket
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.collect import configuration
from ansible_collections.rampart.redis.plugins.module_utils.collect.configuration import configure
from ansible_collections.rampart.redis.plugins.module_utils.errors import (
    HostError,
    InputError,
    LoginError,
    ServerRefusedError,
    ShadowError,
    UnreachableError,
)
from ansible_collections.rampart.redis.tests.live.servers import running

if TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.rampart.redis.plugins.module_utils.connection import Server
    from ansible_collections.rampart.redis.tests.live.servers import Running

WRITING = ("config|set", "config|rewrite", "acl|setuser", "config", "acl")


def _params(live: Running, **options: Any) -> dict[str, Any]:  # noqa: ANN401 - options of a module
    account = live.folder.owner()
    return {
        "config_file": str(live.folder / "redis.conf"),
        "directives": {},
        "secret_directives": {},
        "absent": [],
        "apply": "both",
        "binary": live.binary,
        "service_user": account,
        "service_group": live.folder.group(),
        "mode": "0640",
        "login_host": "127.0.0.1",
        "login_port": 6379,
        "login_user": None,
        "login_password": None,
        "login_unix_socket": live.endpoint.unix_socket,
        "login_timeout": 5.0,
        "tls": False,
        "validate_certs": True,
        "ca_certs": None,
        "client_cert_file": None,
        "client_key_file": None,
        **options,
    }


def _configure(live: Running, **options: Any) -> dict[str, Any]:  # noqa: ANN401 - options of a module
    return configure(_params(live, **options), check_mode=False)


def _text(live: Running) -> str:
    return (live.folder / "redis.conf").read_text()


def _sets(server: Server) -> int:
    stats = server.info("commandstats")
    return sum(
        int(stats[f"cmdstat_{name}"].split("=")[1].split(",")[0])
        for name in ("config|set",)
        if f"cmdstat_{name}" in stats
    )


def test_a_live_directive_is_set_and_written_and_then_left_alone(live: Running) -> None:
    first = _configure(live, directives={"maxmemory": "64mb", "save": ["900 1", "300 10"]})
    assert first["changed"]
    assert first["validated"]
    assert sorted(first["live"]) == ["maxmemory", "save"]
    assert first["restart_required"] == []
    with live.session() as server:
        assert server.config("maxmemory", "save") == {"maxmemory": "67108864", "save": "900 1 300 10"}
        before = _sets(server)
        second = _configure(live, directives={"maxmemory": "64mb", "save": ["900 1", "300 10"]})
        assert (second["changed"], second["live"], second["diff"]) == (False, [], {"before": "", "after": ""})
        assert _sets(server) == before
    assert "maxmemory 64mb\n" in _text(live)


def test_a_rewrite_by_the_server_is_no_drift(live: Running) -> None:
    directives = {"maxmemory": "64mb", "save": ["900 1", "300 10"], "client-output-buffer-limit": ["normal 1mb 0 0"]}
    _configure(live, directives=directives)
    with live.session() as server:
        server.command("CONFIG", "REWRITE")
    (live.folder / "redis.conf").chmod(0o640)  # a rewrite makes it what the service's umask says
    text = _text(live)
    assert not _configure(live, directives=directives)["changed"]
    assert _text(live) == text


def test_a_static_directive_is_written_and_asks_for_a_restart_until_there_was_one(live: Running) -> None:
    for changed in (True, False):
        result = _configure(live, directives={"databases": 4})
        assert result["changed"] is changed
        assert result["restart_required"] == ["databases: running with 16, wished is 4"]
    with running(live.binary, config="databases 4") as restarted:
        assert _configure(restarted, directives={"databases": 4})["restart_required"] == []


def test_only_the_file_only_the_server_and_neither(live: Running) -> None:
    before = _text(live)
    predicted = configure(_params(live, directives={"hz": 20}), check_mode=True)
    assert (predicted["changed"], predicted["live"], predicted["validated"]) == (True, ["hz"], True)
    assert predicted["diff"] == {"before": "running: hz 10\n", "after": "hz 20\nrunning: hz 20\n"}
    assert _text(live) == before
    _configure(live, directives={"hz": 20}, apply="live")
    assert _text(live) == before
    with live.session() as server:
        assert server.config("hz") == {"hz": "20"}
    result = _configure(live, directives={"hz": 30}, apply="file")
    assert result["restart_required"] == ["hz: running with 20, wished is 30"]
    assert "hz 30" in _text(live)


def test_a_refused_set_takes_everything_back(live: Running) -> None:
    before = _text(live)
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(ServerRefusedError, match="CONFIG was refused"):
        _configure(live, directives={"hz": 20, "port": taken.getsockname()[1]})
    assert _text(live) == before
    with live.session() as server:
        assert server.config("hz", "port") == {"hz": "10", "port": "0"}


@pytest.mark.parametrize(
    ("directives", "error", "message"),
    [
        ({"maxmemory-policy": "sometimes"}, ShadowError, "maxmemory-policy: argument"),
        ({"maxmemory": "lots"}, ShadowError, "redis.conf line "),
        ({"rename-command": 'KEYS ""'}, InputError, "-keys"),
        ({"maxmemroy": 1}, InputError, "Did you mean maxmemory?"),
        ({"aclfile": "/nowhere/users.acl"}, HostError, "/nowhere/users.acl is not there"),
    ],
)
def test_a_bad_wish_changes_nothing(
    live: Running, directives: dict[str, object], error: type[Exception], message: str
) -> None:
    before = _text(live)
    with pytest.raises(error) as caught:
        _configure(live, directives=directives)
    assert message in str(caught.value)
    assert _text(live) == before


def test_the_append_only_file_is_complete_before_it_is_relied_on(live: Running) -> None:
    with live.session() as server:
        server.command("SET", "key", "value")
        _configure(live, directives={"appendonly": True})
        assert server.info("persistence")["aof_enabled"] == "1"
        assert any(path.suffix == ".aof" for path in live.folder.rglob("*"))
    assert "appendonly yes" in _text(live)


def test_inline_users_give_way_to_the_acl_file(live: Running) -> None:
    conf = live.folder / "redis.conf"
    conf.write_text(_text(live) + "user app on nopass ~app:* +get\n")
    (live.folder / "users.acl").write_text("user default on nopass ~* +@all\n")
    (live.folder / "users.acl").chmod(0o644)
    result = _configure(live, directives={"aclfile": str(live.folder / "users.acl")})
    assert "user app" not in _text(live)
    assert result["diff"]["before"] == "user ********\n"
    assert result["restart_required"] == [f"aclfile: running with none, wished is {live.folder}/users.acl"]


def test_credentials_are_written_and_never_shown(live: Running) -> None:
    result = _configure(live, secret_directives={"masterauth": "planted-secret"})
    assert "masterauth planted-secret\n" in _text(live)
    assert result["live"] == ["masterauth"]
    assert "planted-secret" not in str(result)


def test_renamed_commands_leave_the_file_and_ask_for_a_restart(binary: str) -> None:
    with running(binary, config='rename-command FLUSHALL ""\nrename-command KEYS k2') as live:
        result = _configure(live, absent=["rename-command"])
        assert result["restart_required"] == ["rename-command: the running server still renames FLUSHALL, KEYS"]
        assert "rename-command" not in _text(live)
        again = _configure(live, absent=["rename-command"])
        assert (again["changed"], again["restart_required"]) == (False, result["restart_required"])


def test_a_server_that_does_not_run_is_configured_by_its_file(binary: str, tmp_path: Path) -> None:
    own = shutil.copy(binary, tmp_path / "redis-server")  # nobody else runs this one
    with running(str(own)) as live:
        pass
    live.folder.mkdir()
    (live.folder / "redis.conf").write_text("port 0\n")
    try:
        result = _configure(live, directives={"hz": 20})
        assert (result["changed"], result["live"], result["warnings"]) == (True, [], [])
    finally:
        shutil.rmtree(live.folder)


def test_a_running_server_behind_a_wrong_door_is_an_error_not_a_stopped_one(live: Running) -> None:
    before = _text(live)
    with pytest.raises(UnreachableError):
        _configure(live, directives={"hz": 20}, login_unix_socket="/nowhere/socket")
    assert _text(live) == before


def test_a_refused_login_is_a_clear_error(binary: str) -> None:
    with running(binary, config="requirepass planted-secret") as live:
        with pytest.raises(LoginError):
            _configure(live, directives={"hz": 20})
        with pytest.raises(LoginError) as caught:
            _configure(live, directives={"hz": 20}, login_password="wrong-secret")
        assert "wrong-secret" not in str(caught.value)
        assert _configure(live, directives={"hz": 20}, login_password="planted-secret")["live"] == ["hz"]


def test_included_files_are_judged_with_the_rest(live: Running) -> None:
    conf, more = live.folder / "redis.conf", live.folder / "more.conf"
    conf.write_text(_text(live) + f"include {more}\n")
    more.write_text("hz 15\n")
    _configure(live, directives={"hz": 20})
    assert _text(live).index("include") < _text(live).index("hz 20")
    more.write_text("hz many\n")
    with pytest.raises(ShadowError, match=r"redis\.conf and its included files: hz: "):
        _configure(live, directives={"maxmemory": "1mb"})


def test_a_virgin_host_gets_a_prediction(live: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    options = {"config_file": str(tmp_path / "redis.conf"), "binary": None, "service_user": "nobody-like-that"}
    monkeypatch.setattr(configuration, "find_binary", lambda: None)
    params = _params(live, directives={"hz": 20}, login_unix_socket=str(tmp_path / "none"), **options)
    result = configure(params, check_mode=True)
    assert (result["changed"], result["validated"]) == (True, False)
    assert result["reason"] == "package not installed: there is no server binary"
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(HostError, match="package not installed"):
        configure(params, check_mode=False)


def test_what_came_through_a_closed_port_is_closed_too(binary: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with running(binary, config=f"port {port}") as live, socket.create_connection(("127.0.0.1", port), 5) as old:
        old.sendall(b"PING\r\n")
        assert old.recv(64) == b"+PONG\r\n"
        assert configure(_params(live, directives={"port": 0}), check_mode=True)["closed"] == []
        result = _configure(live, directives={"port": 0})
        assert [text.rpartition(" as ")[2] for text in result["closed"]] == ["default"]
        assert old.recv(64) == b""
        again = _configure(live, directives={"port": 0})
        assert (again["changed"], again["closed"]) == (False, [])


def test_a_connection_found_after_the_port_was_closed_is_closed_by_the_next_run(binary: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with running(binary, config=f"port {port}") as live, socket.create_connection(("127.0.0.1", port), 5) as old:
        _configure(live, directives={"port": 0}, apply="file")
        with live.session() as server:
            server.command("CONFIG", "SET", "port", "0")
        old.sendall(b"PING\r\n")
        assert old.recv(64) == b"+PONG\r\n"
        assert _configure(live, directives={"port": 0}, apply="file")["closed"] == []
        assert len(_configure(live, directives={"port": 0})["closed"]) == 1
        assert old.recv(64) == b""
