"""redis_restart and redis_instance_info with real servers, behind a small stand-in for systemctl."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.collect import instance
from ansible_collections.rampart.redis.plugins.module_utils.collect.restarting import restart
from ansible_collections.rampart.redis.plugins.module_utils.connection import Endpoint, connect
from ansible_collections.rampart.redis.plugins.module_utils.errors import HostError, RampartError, ShadowError

if TYPE_CHECKING:
    from collections.abc import Iterator

# Knows show, restart, daemon-reload and the lists of one unit whose pid is in a file.
SYSTEMCTL = """#!/bin/bash
cd {folder}
echo "$@" >> calls
[ "$1" = --no-pager ] && shift
pid=$(cat pid 2>/dev/null)
kill -0 "$pid" 2>/dev/null || pid=0
case "$1" in
  show)
    [ "$2" = redis-server.service ] || {{ echo LoadState=not-found; exit 0; }}
    echo Id=redis-server.service; echo LoadState=loaded; echo MainPID=$pid
    [ "$pid" = 0 ] && echo ActiveState=inactive || echo ActiveState=active
    echo "ExecStart={{ path={binary} ; argv[]={binary} {folder}/redis.conf --daemonize no ; ignore_errors=no ; }}"
    echo User={user}; echo Group={group}; echo NeedDaemonReload=$(cat reload 2>/dev/null || echo no) ;;
  daemon-reload) rm -f reload ;;
  restart)
    if [ "$pid" != 0 ]; then kill -TERM $pid; while kill -0 $pid 2>/dev/null; do sleep 0.02; done; fi
    setsid {binary} {folder}/redis.conf --daemonize no >/dev/null 2>&1 </dev/null & echo $! > pid ;;
  list-unit-files|list-units) echo "redis-server.service enabled" ;;
esac
"""


@dataclass(frozen=True)
class Unit:
    """A running unit of its own folder."""

    folder: Path

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(unix_socket=str(self.folder / "socket"), tls=False)

    def add(self, *lines: str) -> None:
        conf = self.folder / "redis.conf"
        conf.write_text(conf.read_text() + "".join(f"{line}\n" for line in lines))

    def calls(self) -> str:
        return (self.folder / "calls").read_text()

    def restart(self, *, check_mode: bool = False, **options: Any) -> dict[str, Any]:  # noqa: ANN401 - module options
        return restart(_params(**options), check_mode=check_mode)

    def look(self, **options: Any) -> dict[str, Any]:  # noqa: ANN401 - module options
        params = _params(**options)
        site = instance.look(params["unit"], params["config_file"])
        with instance.door(site, params) as way:
            return {**instance.facts(site, way), "reasons": way.reasons}


def _params(**options: Any) -> dict[str, Any]:  # noqa: ANN401 - module options
    return {
        "unit": "redis-server.service",
        "policy": "safe",
        "config_file": None,
        "files": [],
        "reasons": [],
        "timeout": 10.0,
        "login_after": None,
        "login_host": "127.0.0.1",
        "login_port": 6379,
        "login_user": None,
        "login_password": None,
        "login_unix_socket": None,
        "login_timeout": 5.0,
        "tls": True,
        "validate_certs": True,
        "ca_certs": None,
        "client_cert_file": None,
        "client_key_file": None,
        **options,
    }


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture
def unit(binary: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Unit]:
    folder = Path(tempfile.mkdtemp(prefix="rampart-unit-"))
    names = {"folder": folder, "binary": binary, "user": folder.owner(), "group": folder.group()}
    (folder / "systemctl").write_text(SYSTEMCTL.format(**names))
    (folder / "systemctl").chmod(0o755)
    lines = [f"port {_free_port()}", "bind 127.0.0.1", f"unixsocket {folder}/socket", f"dir {folder}", 'save ""']
    (folder / "redis.conf").write_text("\n".join([*lines, "loglevel warning", f"logfile {folder}/log", ""]))
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    subprocess.run(["systemctl", "restart"], check=True)
    _await(Unit(folder))
    yield Unit(folder)
    with suppress(ProcessLookupError):
        os.kill(int((folder / "pid").read_text()), signal.SIGKILL)
    shutil.rmtree(folder)


def _await(unit: Unit) -> None:
    deadline = time.monotonic() + 10
    while True:
        try:
            with connect(unit.endpoint) as server:
                server.command("PING")
                return
        except RampartError:
            assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.01)


def _fill(unit: Unit, keys: int = 100) -> None:
    with connect(unit.endpoint) as server:
        server.pipeline([("SET", f"key:{at}", "value") for at in range(keys)])


def test_nothing_happens_without_a_reason(unit: Unit) -> None:
    result = unit.restart(files=[str(unit.folder / "none")])
    assert (result["changed"], result["reasons"]) == (False, [])
    assert "restart redis-server" not in unit.calls()


@pytest.mark.parametrize("kind", ["snapshot", "append-only file"])
def test_a_safe_restart_keeps_every_key(unit: Unit, kind: str) -> None:
    _fill(unit)
    if kind == "append-only file":
        with connect(unit.endpoint) as server:
            server.command("CONFIG", "SET", "appendonly", "yes")
            while server.info("persistence")["aof_rewrite_in_progress"] != "0":
                time.sleep(0.01)
        unit.add("appendonly yes")
    before = unit.look()
    result = unit.restart(reasons=["because"])
    after = unit.look()
    assert (result["changed"], result["restarted"]) == (True, True)
    assert (result["keys_before"], result["keys_after"]) == (100, 100)
    assert after["pid"] != before["pid"]
    assert after["started_at"] > before["started_at"]


def test_check_mode_and_never_touch_nothing(unit: Unit) -> None:
    _fill(unit)
    pid = unit.look()["pid"]
    predicted = unit.restart(reasons=["because"], check_mode=True)
    assert (predicted["changed"], predicted["restarted"], predicted["keys_before"]) == (True, False, 100)
    never = unit.restart(reasons=["because"], policy="never")
    assert (never["changed"], never["reasons"], len(never["warnings"])) == (False, ["because"], 1)
    assert unit.look()["pid"] == pid
    assert not (unit.folder / "dump.rdb").exists()


@pytest.mark.parametrize(
    ("line", "error", "message"),
    [
        ("appendonly yes", HostError, "runs with appendonly no, but would start with yes"),
        ("dbfilename other.rdb", HostError, "would start with other.rdb"),
        ("maxmemory lots", ShadowError, "maxmemory"),
    ],
)
def test_a_restart_that_would_lose_data_or_fail_is_refused(
    unit: Unit, line: str, error: type[Exception], message: str
) -> None:
    _fill(unit)
    unit.add(line)
    with pytest.raises(error) as caught:
        unit.restart(reasons=["because"])
    assert message in str(caught.value)
    assert unit.look()["key_count"] == 100


def test_a_snapshot_that_fails_is_a_refusal(unit: Unit) -> None:
    _fill(unit)
    (unit.folder / "dump.rdb").mkdir()  # cannot be replaced by a file
    with pytest.raises(HostError, match="BGSAVE failed"):
        unit.restart(reasons=["because"])
    assert unit.look()["key_count"] == 100


def test_lost_data_is_noticed(unit: Unit) -> None:
    _fill(unit)
    with pytest.raises(HostError, match="data is missing: 100 keys before the restart"):
        unit.restart(reasons=["because"], policy="force")


def test_files_and_the_unit_itself_are_reasons_once(unit: Unit) -> None:
    watched = unit.folder / "drop-in.conf"
    assert not unit.restart(files=[str(watched)])["changed"]
    time.sleep(0.1)
    watched.write_text("")
    (unit.folder / "reload").write_text("yes")
    result = unit.restart(files=[str(watched)])
    assert result["reasons"] == [
        f"{watched} is newer than the process",
        "the unit was changed since it was loaded",
    ]
    assert "daemon-reload" in unit.calls()
    assert unit.restart(files=[str(watched)])["reasons"] == []


def test_the_door_may_be_another_afterwards(unit: Unit) -> None:
    _fill(unit)
    unit.add("requirepass planted-secret")
    result = unit.restart(reasons=["because"], login_after={"login_password": "planted-secret", "login_user": None})
    assert result["keys_after"] == 100
    assert "planted-secret" not in str(result)
    with pytest.raises(HostError, match="no door lets us in"):
        unit.restart(reasons=["because"])


def test_the_current_password_opens_a_server_that_is_not_hardened_yet(unit: Unit) -> None:
    ours = {"login_user": "operator", "login_password": "operator-secret"}
    unit.add("requirepass planted-secret", f"aclfile {unit.folder}/users.acl")
    with connect(unit.endpoint) as server:
        server.command("CONFIG", "SET", "requirepass", "planted-secret")
    (unit.folder / "users.acl").write_text("user default on nopass ~* +@all\n")
    found = unit.look(**ours, current_password="planted-secret")
    assert (found["login"]["login_user"], found["default_user_open"], found["requirepass"]) == ("default", False, True)
    assert found["default_user_on"] is True
    assert found["users"] == ["default"]
    assert "secret" not in str(found)
    with connect(replace(unit.endpoint, password="planted-secret")) as server:
        assert server.command("ACL", "LOG") == []
        server.command("ACL", "SETUSER", "operator", "on", ">operator-secret", "+@all")
    assert unit.look(**ours, current_password="planted-secret")["login"]["login_user"] == "operator"
    (unit.folder / "users.acl").write_text("user operator on nopass +@all\n")
    with connect(replace(unit.endpoint, password="planted-secret")) as server:
        server.command("ACL", "SETUSER", "default", "off")
    assert unit.look(**ours, current_password="planted-secret")["login"]["login_user"] == "operator"
    with connect(replace(unit.endpoint, user="operator", password="operator-secret")) as server:
        assert server.command("ACL", "LOG") == []


def test_a_server_that_does_not_run_is_started(unit: Unit) -> None:
    os.kill(int((unit.folder / "pid").read_text()), signal.SIGKILL)
    while Path("/proc", (unit.folder / "pid").read_text().strip(), "cmdline").exists() and unit.look()["running"]:
        time.sleep(0.01)
    result = unit.restart()
    assert (result["reasons"], result["restarted"]) == (["the server does not run"], True)


def test_what_is_found_of_an_open_server(unit: Unit) -> None:
    _fill(unit)
    found = unit.look(login_user="operator", login_password="not-sent")
    assert found["installed"]
    assert found["running"]
    assert (found["product"], found["role"], found["key_count"], found["loading"]) == ("redis", "master", 100, False)
    assert (found["tls_port"] or 0, found["bind"], found["data_dir"]) == (0, ["127.0.0.1"], str(unit.folder))
    assert found["default_user_open"]
    assert (found["login"]["login_user"], found["login"]["tls"]) == (None, False)
    assert found["login"]["login_port"] == found["port"]
    assert (found["renamed_commands"], found["cluster_enabled"], found["connected_replicas"]) == ([], False, 0)
    with connect(unit.endpoint) as server:
        assert server.command("ACL", "LOG") == []
    with connect(Endpoint(port=found["login"]["login_port"], tls=False)) as server:
        assert server.command("PING") == "PONG"


def test_a_known_user_is_logged_in_and_no_login_is_ever_wasted(unit: Unit) -> None:
    with connect(unit.endpoint) as server:
        server.command("ACL", "SETUSER", "operator", "on", ">right-secret", "~*", "+@all")
    found = unit.look(login_user="operator", login_password="right-secret")
    assert (found["login"]["login_user"], found["default_user_open"]) == ("operator", True)
    assert found["default_user_on"] is True
    assert "right-secret" not in str(found)
    with connect(unit.endpoint) as server:
        assert server.command("ACL", "LOG") == []
        server.command("ACL", "SETUSER", "default", "off")
    found = unit.look(login_user="operator", login_password="right-secret")
    assert (found["login"]["login_user"], found["default_user_open"]) == ("operator", False)
    assert found["default_user_on"] is False
    locked = unit.look()
    assert (locked["login"], locked["default_user_open"], locked["key_count"]) == (None, False, None)
    assert locked["default_user_on"] is None
    wrong = unit.look(login_user="operator", login_password="wrong-secret")
    assert wrong["login"] is None
    with connect(Endpoint(**{**vars(unit.endpoint), "user": "operator", "password": "right-secret"})) as server:
        assert [entry[1] for entry in server.command("ACL", "LOG")] == [1]  # the wrong one, once


def test_the_socket_is_the_last_door(unit: Unit) -> None:
    with connect(unit.endpoint) as server:
        if server.version.since((6, 2)):
            server.command("CONFIG", "SET", "port", "0")
    found = unit.look()
    assert found["port"] == 0
    assert found["login"]["login_unix_socket"] == str(unit.folder / "socket")


def test_renamed_commands_are_read_from_the_file(unit: Unit) -> None:
    unit.add('rename-command FLUSHALL ""', "rename-command KEYS other")
    assert unit.look()["renamed_commands"] == ["FLUSHALL", "KEYS"]


def test_a_host_without_a_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "systemctl").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "systemctl").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(instance, "find_binary", lambda: None)
    params = _params(unit=None)
    site = instance.look(None, None)
    with instance.door(site, params) as way:
        found = instance.facts(site, way)
    assert (found["installed"], found["running"], found["login"], found["port"]) == (False, False, None, None)
    assert restart(_params(reasons=["because"]), check_mode=True)["changed"]
    with pytest.raises(HostError, match="no such unit"):
        restart(_params(reasons=["because"]), check_mode=False)
