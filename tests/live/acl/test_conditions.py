"""Servers in a bad moment, and wishes that a server cannot fulfil: done as wished, or refused with nothing changed."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.acl.commands import CommandTable
from ansible_collections.rampart.redis.plugins.modules import redis_acl
from ansible_collections.rampart.redis.tests.live.acl.bench import APP, SECRET, START, Bench
from ansible_collections.rampart.redis.tests.live.acl.conftest import BINARIES
from ansible_collections.rampart.redis.tests.live.servers import running
from ansible_collections.rampart.redis.tests.runner import fail, succeed

if TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.rampart.redis.tests.live.servers import Running


def test_a_server_out_of_memory_takes_users_all_the_same(bench: Bench) -> None:
    with bench.server.session() as session:
        session.command("SET", "x", "1")
        session.command("CONFIG", "SET", "maxmemory", "1")
        assert "OOM" in str(session.pipeline([("SET", "x", "2")])[0])
    assert bench.set(APP)["verified"]
    assert not bench.set(APP)["changed"]


@pytest.mark.parametrize("stale", ["yes", "no"])
def test_a_read_only_replica_without_its_primary_has_users_of_its_own(bench: Bench, stale: str) -> None:
    with bench.server.session() as session:
        session.command("CONFIG", "SET", "replica-serve-stale-data", stale)
        session.command("REPLICAOF", "127.0.0.1", "1")
    assert bench.set(APP)["verified"]
    assert not bench.set(APP)["changed"]
    with bench.server.session("app", SECRET) as session:
        assert "READONLY" in str(session.pipeline([("SET", "app:1", "x")])[0]) or stale == "no"


def test_a_server_that_still_loads_its_data_takes_users_all_the_same(binary: str, tmp_path: Path) -> None:
    _write_data(binary, tmp_path / "dump.rdb")
    slow = f"dir {tmp_path}\nkey-load-delay 500"
    with running(binary, slow, acl=START) as server:
        bench = Bench(server)
        with server.session() as session:
            assert "LOADING" in str(session.pipeline([("GET", "x")])[0])
        assert bench.set(APP)["verified"]


def _write_data(binary: str, path: Path) -> None:
    # A server looks up from loading every two megabytes only, so there must be some of them.
    with running(binary, "rdbcompression no") as server, server.session() as session:
        session.pipeline([("SET", f"key:{number}", "x" * 4000) for number in range(2500)])
        session.command("SAVE")
        path.write_bytes((server.folder / "dump.rdb").read_bytes())


@pytest.mark.parametrize("apply", ["live", "both"])
def test_a_server_that_reads_no_acl_file_is_told(live: Running, tmp_path: Path, apply: str) -> None:
    options = {
        "login_unix_socket": live.endpoint.unix_socket,
        "binary": live.binary,
        "aclfile": str(tmp_path / "users.acl"),
        "group": "root",
        "apply": apply,
        "users": [APP],
    }
    result = succeed(redis_acl, options)
    assert "the running server reads no ACL file: what was set live is gone after a restart" in result["warnings"]
    assert (tmp_path / "users.acl").exists() is (apply == "both")


SINCE_7 = [
    ({**APP, "keys": [{"pattern": "app:*", "access": "read"}]}, "users[0] (app): '%R~app:*' needs Redis 7.0 or later"),
    ({**APP, "keys": [{"pattern": "app:*", "access": "write"}]}, "users[0] (app): '%W~app:*' needs Redis 7.0 or later"),
    ({**APP, "selectors": [{"keys": ["b:*"], "commands": ["+get"]}]}, "needs Redis 7.0 or later"),
    ({"name": "app", "passwords": [SECRET], "rules": "+get (~b +set)"}, "the selector '(~b +set)' needs Redis 7.0"),
    ({**APP, "commands": ["+eval_ro"]}, "unknown command 'eval_ro' on this server; it exists in Redis 7.0, Redis 8.0"),
    ({**APP, "commands": ["+config", "-config|set"]}, "this server cannot take away 'config|set' alone"),
]


@pytest.mark.parametrize(("user", "message"), SINCE_7)
def test_what_a_version_lacks_is_refused_before_anything_changes(
    bench: Bench, user: dict[str, Any], message: str
) -> None:
    with bench.server.session() as session:
        lacks = not CommandTable.from_reply(session.command("COMMAND")).has_subcommands
    if lacks:
        assert message in bench.refuse(user)
    else:
        assert bench.set(user)["verified"]


def test_a_command_of_later_servers_names_them(bench: Bench) -> None:
    with bench.server.session() as session:
        has_it = "client|setinfo" in CommandTable.from_reply(session.command("COMMAND")).categories
    user = {**APP, "commands": ["+client|setinfo"]}
    if has_it or not _has_subcommands(bench):
        # 6.2 takes any first argument of a command it knows.
        assert bench.set(user)["verified"]
    else:
        said = "unknown subcommand 'client|setinfo' on this server; it exists in Redis 8.0, Redis 8.2, Valkey 8.1"
        assert said in bench.refuse(user)


def _has_subcommands(bench: Bench) -> bool:
    with bench.server.session() as session:
        return CommandTable.from_reply(session.command("COMMAND")).has_subcommands


@pytest.mark.parametrize(
    ("user", "message"),
    [
        ({"name": "app", "rules": "+get (~a +set"}, "has no closing parenthesis"),
        ({"name": "app", "rules": "+get +set)"}, "closes no selector"),
        ({**APP, "name": "a\tb"}, "is not a user name"),
        ({**APP, "name": ""}, "is not a user name"),
        ({**APP, "password_hashes": ["a" * 63]}, "64 lower case hex digits"),
        ({**APP, "password_hashes": ["A" * 64]}, "64 lower case hex digits"),
    ],
)
def test_what_no_server_takes(bench: Bench, user: dict[str, Any], message: str) -> None:
    assert message in bench.refuse(user)


def test_a_user_twice_is_refused(bench: Bench) -> None:
    assert "users[1] (app): the user is listed twice" in bench.refuse(APP, APP)


def test_a_file_that_the_server_refuses_never_gets_there(bench: Bench) -> None:
    # The shadow server is the judge; here it is a binary that refuses everything.
    refuses = bench.server.folder / "redis-server"
    refuses.write_text("#!/bin/sh\necho 'The ACL file is not for me'\nexit 1\n", encoding="utf-8")
    refuses.chmod(0o755)
    assert subprocess.run([str(refuses)], check=False, capture_output=True).returncode == 1
    assert "not for me" in bench.refuse(APP, binary=str(refuses))


MANY = 10_000


def test_ten_thousand_users_are_no_reason_to_fall_over() -> None:
    users: list[dict[str, Any]] = [{"name": f"u{number}", "commands": ["+get"]} for number in range(MANY)]
    # One server is enough, and the slowest in writing out rules: what takes the time is here.
    binary = next(path for version, path in BINARIES.items() if version.startswith("redis 7.0"))
    with running(binary, acl=START) as server:
        bench = Bench(server)
        result = bench.set(*users, check_mode=True)
        assert len(result["plan"]) == MANY + 1
        assert result["plan"][0] == "u0: is created on; gains GET"
        assert result["validated"]
        users[MANY - 1]["commands"] = ["+gett"]
        assert "users[9999] (u9999): unknown command 'gett'" in fail(redis_acl, bench.options(users=users))
