"""Module ``redis_acl`` on real servers."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.acl import ages, presets
from ansible_collections.rampart.redis.plugins.module_utils.acl.user import digest
from ansible_collections.rampart.redis.plugins.module_utils.collect import acl as store
from ansible_collections.rampart.redis.plugins.module_utils.collect import acl_job
from ansible_collections.rampart.redis.plugins.module_utils.errors import (
    LoginError,
    ServerRefusedError,
    UnreachableError,
)
from ansible_collections.rampart.redis.plugins.modules import redis_acl
from ansible_collections.rampart.redis.tests.live.acl.bench import APP, OPERATOR, OTHER, SECRET, START, Bench
from ansible_collections.rampart.redis.tests.live.servers import Running, running
from ansible_collections.rampart.redis.tests.runner import fail, outcome, succeed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ansible_collections.rampart.redis.plugins.module_utils.acl.plan import Change
    from ansible_collections.rampart.redis.plugins.module_utils.connection import Server

WRITES = re.compile(r"acl\|(setuser|deluser|load|save)|config\|(set|rewrite)|^(set|del|flush\w+)$")


def test_both_live_and_file(bench: Bench) -> None:
    result = bench.set(APP)
    assert result["changed"]
    assert result["validated"]
    assert result["verified"]
    assert result["plan"][0].startswith("app: is created on; gains ")
    assert bench.may("app", SECRET, "GET", "app:1")
    assert not bench.may("app", SECRET, "GET", "other")
    assert not bench.may("app", SECRET, "FLUSHALL")
    text = bench.file.read_text()
    assert [line.split()[1] for line in text.splitlines()] == ["default", "app", "operator"]
    assert SECRET not in text
    assert bench.file.stat().st_mode & 0o7777 == 0o640
    with running(bench.server.binary, acl=text) as again, again.session("app", SECRET) as session:
        assert session.command("SET", "app:1", "x") == "OK"


def test_the_second_run_changes_and_writes_nothing(bench: Bench) -> None:
    bench.set(APP, {"name": "reader", "nopass": True, "keys": ["app:*"], "commands": ["+get", "+config|get"]})
    before, inode = bench.calls(), bench.file.stat().st_ino
    result = bench.set(APP, {"name": "reader", "nopass": True, "keys": ["app:*"], "commands": ["+config|get", "+get"]})
    after = bench.calls()
    assert (result["changed"], result["plan"]) == (False, [])
    assert [entry for entry in result["diff"] if entry.get("before") != entry.get("after") or "prepared" in entry] == []
    grown = {name for name, count in after.items() if count != before.get(name, 0)}
    assert {name for name in grown if WRITES.search(name)} == set()
    # What it reads; 6.2 counts a whole family as one command, so there the number of ACL calls must be the reads alone.
    assert grown <= {"acl", "acl|users", "acl|list", "acl|whoami", "config", "config|get", "auth", "command", "info"}
    if "acl" in grown:
        assert after["acl"] - before["acl"] == len(["USERS", "LIST", "WHOAMI"])
    assert bench.file.stat().st_ino == inode


@pytest.mark.parametrize("apply", ["live", "file", "both"])
def test_check_mode_tells_the_truth_and_does_nothing(bench: Bench, apply: str) -> None:
    before = bench.state()
    predicted = bench.set(APP, apply=apply, check_mode=True)
    assert bench.state() == before
    done = bench.set(APP, apply=apply)
    same = ("changed", "plan", "diff", "users", "validated")
    assert {name: predicted[name] for name in same} == {name: done[name] for name in same}
    assert not predicted["verified"]
    assert done["verified"] is (apply != "file")


def test_apply_file_leaves_the_running_server_alone(bench: Bench) -> None:
    users, text, _mode = bench.state()
    result = bench.set(APP, apply="file")
    assert result["changed"]
    assert bench.state()[0] == users
    assert "user app on #" in bench.file.read_text()
    assert "user app" not in text
    assert not bench.set(APP, apply="file")["changed"]


def test_apply_live_leaves_the_file_alone(bench: Bench) -> None:
    bench.set(APP, apply="live")
    assert bench.file.read_text() == START
    assert bench.may("app", SECRET, "GET", "app:1")


def test_users_nobody_listed_survive_in_the_file(bench: Bench) -> None:
    bench.set(APP, apply="live")
    bench.set({"name": "other", "nopass": True}, apply="file")
    assert [line.split()[1] for line in bench.file.read_text().splitlines()] == ["default", "app", "operator", "other"]


def test_a_user_keeps_his_words_in_the_file(bench: Bench) -> None:
    bench.set(APP)
    words = next(line for line in bench.file.read_text().splitlines() if " app " in line)
    assert words.endswith(" -@all +@read +@write -@dangerous")
    bench.set({"name": "other", "nopass": True})
    # 7.0 would give the user back as a list of commands.
    assert words in bench.file.read_text().splitlines()


def test_default_is_kept_until_it_is_listed(bench: Bench) -> None:
    bench.set(APP)
    assert bench.file.read_text().startswith("user default on nopass ")
    with bench.server.session() as anonymous:
        result = bench.set({"name": "default", "enabled": False})
        assert result["plan"][0].startswith("default: is switched off; loses all commands of future versions, ")
        # The connection lives on, without rights: the reason for kill_clients.
        with pytest.raises(ServerRefusedError, match="NOPERM"):
            anonymous.command("PING")
    assert bench.file.read_text().startswith("user default off ")
    with bench.server.session() as late, pytest.raises(LoginError, match="NOAUTH"):
        late.command("PING")
    assert not bench.set({"name": "default", "enabled": False})["changed"]


def test_connections_with_old_rights_are_closed_where_wanted(bench: Bench) -> None:
    bench.set(APP, {"name": "stays", "passwords": [OTHER], "commands": ["+ping"]})
    with (
        bench.server.session() as anonymous,
        bench.server.session("app", SECRET) as application,
        bench.server.session("stays", OTHER) as bystander,
    ):
        narrower = {**APP, "commands": ["+get"]}
        wanted: list[dict[str, Any]] = [
            {"name": "default", "enabled": False},
            narrower,
            {"name": "stays", "passwords": [OTHER], "commands": ["+ping"]},
        ]
        result = bench.set(*wanted, kill_clients=True)
        assert sorted(text.split()[0] for text in result["killed"]) == ["app", "default"]
        assert "app: 1 open connection(s) closed" in result["plan"]
        assert bystander.command("PING") == "PONG"
        for closed in (anonymous, application):
            with pytest.raises(UnreachableError):
                closed.command("PING")
    assert bench.set(*wanted, kill_clients=True)["killed"] == []


def test_a_connection_left_over_by_an_interrupted_run_is_closed_later(bench: Bench) -> None:
    with bench.server.session() as anonymous:
        bench.set({"name": "default", "enabled": False})
        with pytest.raises(ServerRefusedError, match="NOPERM"):
            anonymous.command("PING")
        result = bench.set({"name": "default", "enabled": False}, kill_clients=True)
        assert result["changed"]
        assert len(result["killed"]) == 1
    again = bench.set({"name": "default", "enabled": False}, kill_clients=True)
    assert (again["changed"], again["killed"]) == (False, [])


def test_who_comes_between_the_look_and_the_switch_is_closed_too(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    late: list[Server] = []
    switch = store.set_users

    def come_first(server: Server, changes: Sequence[Change]) -> None:
        late.append(stack.enter_context(bench.server.session()))
        assert late[-1].command("PING") == "PONG"
        switch(server, changes)

    with ExitStack() as stack:
        monkeypatch.setattr(store, "set_users", come_first)
        result = bench.set({"name": "default", "enabled": False}, kill_clients=True)
        assert [text.split()[0] for text in result["killed"]] == ["default"]
        with pytest.raises(UnreachableError):
            late[0].command("PING")


def test_who_is_just_logging_in_is_not_cut_off(bench: Bench) -> None:
    bench.set(APP, {"name": "default", "enabled": False})
    # A client that says nothing yet is listed as the default user, though it is about to become app.
    with bench.server.session() as slow, ThreadPoolExecutor() as beside:
        login = beside.submit(_log_in_late, slow)
        result = bench.set({"name": "default", "enabled": False}, kill_clients=True)
        login.result()
        assert (result["changed"], result["killed"]) == (False, [])
        assert slow.command("GET", "app:1") is None


def _log_in_late(server: Server) -> None:
    time.sleep(1)
    server.login("app", SECRET)


def test_purge_removes_but_never_default_nor_ourselves(bench: Bench) -> None:
    bench.set(APP, {"name": "old", "nopass": True})
    result = bench.set(APP, purge=True)
    assert result["plan"][0] == "old: is removed"
    assert sorted(bench.state()[0]) == ["app", "default", "operator"]


def test_passwords_in_a_rotation(bench: Bench) -> None:
    bench.set(APP)
    both = bench.set({**APP, "passwords": [SECRET, OTHER]})
    assert "app: 1 password added" in both["plan"]
    assert bench.may("app", SECRET, "GET", "app:1")
    assert bench.may("app", OTHER, "GET", "app:1")
    assert "app: 1 password removed" in bench.set({**APP, "passwords": [OTHER]})["plan"]
    with pytest.raises(LoginError):
        bench.may("app", SECRET, "GET", "app:1")


def test_on_create_keeps_passwords(bench: Bench) -> None:
    bench.set(APP)
    result = bench.set({**APP, "passwords": [OTHER], "commands": ["+get"]}, update_password="on_create")
    assert result["changed"]
    assert bench.may("app", SECRET, "GET", "app:1")


NO_POWER = {"name": "operator", "passwords": [OPERATOR], "commands": ["+ping"]}


@pytest.mark.parametrize(
    ("user", "reason"),
    [
        ({"name": "operator", "state": "absent"}, "would be removed"),
        ({"name": "operator", "enabled": False, "commands": ["+@all"]}, "would be switched off"),
        (NO_POWER, "would lose ACL SETUSER"),
        ({**NO_POWER, "passwords": [OTHER], "commands": ["+@all"]}, "would not be let in with this password any more"),
    ],
)
def test_nobody_saws_off_his_own_branch(bench: Bench, user: dict[str, Any], reason: str) -> None:
    assert reason in bench.refuse(user)


def test_somebody_must_be_able_to_administer(bench: Bench) -> None:
    options = bench.options(login_user=None, login_password=None, purge=True)
    # Logged in as default, which then has no password: on, with all rights, and closed to everybody.
    users = [{"name": "default", "commands": ["+@all"]}, {"name": "operator", "state": "absent"}]
    assert "nobody who can log in could run ACL SETUSER any more" in fail(redis_acl, {**options, "users": users})
    users = [{"name": "default", "enabled": False}, {"name": "second", "passwords": [OTHER], "commands": ["+@all"]}]
    assert "user 'default': the user this task is logged in as would be switched off" in fail(
        redis_acl, {**options, "users": users}
    )


def test_force_does_it(bench: Bench) -> None:
    bench.set({"name": "second", "passwords": [OTHER], "commands": ["+@all"]})
    bench.set({"name": "operator", "enabled": False}, force=True)
    with pytest.raises(LoginError):
        bench.state()


def test_assertions_are_answered_before_anything_changes(bench: Bench) -> None:
    fine = [{"user": "app", "allow": ["GET app:1", "SET app:1 x"], "deny": ["GET other", "FLUSHALL", "CONFIG GET x"]}]
    assert bench.set(APP, assertions=fine)["changed"]
    wrong = [{"user": "app", "allow": ["GET other"], "deny": ["SET app:1 x"]}]
    assert "app may not GET other; app may SET app:1 x" in bench.refuse(
        {**APP, "keys": ["app:*", "b:*"]}, assertions=wrong
    )
    assert "there is no such user" in bench.refuse(APP, assertions=[{"user": "nobody", "allow": ["PING"]}])


@pytest.mark.parametrize(
    ("user", "reason"),
    [
        (
            {**APP, "commands": ["+@dangerouss"]},
            "users[0] (app): unknown category '@dangerouss', did you mean '@dangerous'?",
        ),
        ({**APP, "commands": ["+flushal"]}, "unknown command 'flushal', did you mean 'flushall'?"),
        ({**APP, "name": "a b"}, "is not a user name"),
        ({**APP, "nopass": True}, "nopass and a password exclude each other"),
        ({**APP, "passwords": ["${REDIS_PASSWORD}"]}, "a variable that was never filled in"),
        ({**APP, "password_hashes": ["ABC"]}, "64 lower case hex digits"),
        ({"name": "app", "rules": "(~a +get"}, "has no closing parenthesis"),
        ({"name": "default", "state": "absent"}, "cannot be removed"),
    ],
)
def test_bad_input_is_refused_before_anything_changes(bench: Bench, user: dict[str, Any], reason: str) -> None:
    assert reason in bench.refuse(user)


def test_no_secret_in_any_result(bench: Bench) -> None:
    results = [
        bench.set(APP),
        bench.set({**APP, "passwords": [OTHER]}),
        bench.set({**APP, "state": "absent"}),
        outcome(redis_acl, bench.options(users=[{**APP, "commands": ["+x"]}])),
    ]
    for secret in (SECRET, OTHER, OPERATOR):
        for text in (secret, digest(secret)):
            assert text not in repr([{k: v for k, v in result.items() if k != "invocation"} for result in results])
            assert text not in repr(results)


def test_a_file_that_means_the_same_is_left_alone(bench: Bench) -> None:
    bench.set(APP)
    text = bench.file.read_text()
    bench.file.write_text(text.replace(" resetkeys ", " ").replace("\n", "\n\n"))
    inode = bench.file.stat().st_ino
    assert not bench.set(APP)["changed"]
    assert bench.file.stat().st_ino == inode


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda file: file.chmod(0o644), "owner and mode become root:root 0640"),
        (
            lambda file: file.write_text(f"# hello\n{file.read_text()}"),
            "is written anew; no server would load it as it is",
        ),
        (lambda file: file.write_text(f"{file.read_text()}user more on nopass\n"), "is brought up to date"),
        (
            lambda file: file.write_text(file.read_text().replace("#" + digest(SECRET), ">" + SECRET)),
            "is brought up to date",
        ),
        (lambda file: file.unlink(), "is written with 3 users"),
    ],
)
def test_a_file_that_drifted_is_repaired(bench: Bench, spoil: Any, said: str) -> None:  # noqa: ANN401
    bench.set(APP)
    text = bench.file.read_text()
    spoil(bench.file)
    result = bench.set(APP)
    assert (result["changed"], result["plan"]) == (True, [f"{bench.file}: {said}"])
    assert bench.file.read_text() == text
    assert bench.file.stat().st_mode & 0o7777 == 0o640
    assert not bench.set(APP)["changed"]


def test_on_failure_file_and_users_are_back(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.set(APP, {"name": "old", "nopass": True, "commands": ["+get"]})

    def refused(*_arguments: object) -> None:
        raise ServerRefusedError("out of memory", where="server")

    monkeypatch.setattr(store, "verify", refused)
    message = bench.refuse(
        {**APP, "passwords": [OTHER]}, {"name": "old", "state": "absent"}, {"name": "new", "nopass": True}
    )
    assert "out of memory; the old file and the old users are back" in message


def test_a_login_that_fails_takes_everything_back(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    real = store.log_in

    def tried_with_another(endpoint: Any, known: dict[str, list[str]]) -> None:  # noqa: ANN401
        real(endpoint, {name: [OTHER] for name in known})

    monkeypatch.setattr(store, "log_in", tried_with_another)
    assert "WRONGPASS" in bench.refuse(APP)


def test_without_a_server_check_mode_predicts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(acl_job, "find_binary", lambda: None)
    options = {"login_unix_socket": str(tmp_path / "none"), "aclfile": str(tmp_path / "users.acl"), "users": [APP]}
    result = succeed(redis_acl, options, check_mode=True)
    assert (result["changed"], result["validated"], result["reason"]) == (True, False, "package not installed")
    assert result["plan"][0].startswith("app: is created on; gains ")
    assert list(tmp_path.iterdir()) == []
    assert "server" in fail(redis_acl, options)


def test_without_a_binary_we_judge_ourselves(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acl_job, "find_binary", lambda: None)
    fine = [{"user": "app", "allow": ["GET app:1"], "deny": ["GET other", "FLUSHALL"]}]
    result = bench.set(APP, binary=None, assertions=fine)
    assert (result["validated"], result["reason"]) == (False, "no server binary on this host")
    assert "app may not GET other" in bench.refuse(
        APP, binary=None, assertions=[{"user": "app", "allow": ["GET other"]}]
    )


def test_our_own_judgement_is_checked_by_the_running_server(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acl_job, "find_binary", lambda: None)
    monkeypatch.setattr(store, "judge", lambda _users, calls: dict.fromkeys(calls, True))
    wrong = [{"user": "app", "allow": ["GET app:1", "FLUSHALL"]}]
    with bench.server.session() as session:
        has_dryrun = store.read_table(session).has_subcommands
    if has_dryrun:
        assert "app may not FLUSHALL; the old file and the old users are back" in bench.refuse(
            APP, binary=None, assertions=wrong
        )
    else:
        assert bench.set(APP, binary=None, assertions=wrong)["changed"]


@pytest.mark.parametrize("preset", [name for name in presets.PRESETS if name != "admin"])
def test_our_own_judgement_keeps_the_promises_of_presets(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, preset: str
) -> None:
    monkeypatch.setattr(acl_job, "find_binary", lambda: None)
    entry = {"name": "u", "preset": preset, "passwords": [SECRET], "prefix": "app:"}
    if preset not in ("application", "session", "cache"):
        del entry["prefix"]
    users, promises = presets.expand([entry], bench.server.version), presets.promises([entry])
    assert not bench.set(*users, binary=None, assertions=promises)["validated"]
    assert bench.set(*users, assertions=promises)["validated"]


def test_warnings_say_what_a_reader_should_know(bench: Bench) -> None:
    careless = {"name": "careless", "passwords": ["hunter2"], "keys": ["*"], "commands": ["+@all", "-flushall"]}
    said = bench.set(careless, apply="live")["warnings"]
    assert any("can give itself every right by" in text for text in said)
    assert any("denies some commands of +@all" in text for text in said)
    assert any("careless: the password has at most" in text for text in said)
    assert "hunter2" not in repr(said)
    assert bench.set({**APP, "commands": ["+get"]})["warnings"] == []


def test_a_server_without_an_acl_file_is_told(live: Running) -> None:
    options = {"login_unix_socket": live.endpoint.unix_socket, "apply": "live", "binary": live.binary}
    assert succeed(redis_acl, options)["warnings"] == [
        "the running server reads no ACL file: what was set live is gone after a restart"
    ]


def test_a_second_password_lets_in_beside_the_first_and_rights_are_kept(bench: Bench) -> None:
    bench.set(APP)
    both = {"name": "app", "passwords": [SECRET, OTHER], "keep_rights": True}
    assert bench.set(both, check_mode=True)["plan"][0] == "app: 1 password added"
    assert bench.set(both)["plan"][0] == "app: 1 password added"
    (line,) = [line for line in bench.file.read_text().splitlines() if " app " in line]
    assert line.endswith(" -@all +@read +@write -@dangerous"), (
        "the file keeps its words, whatever the server makes of them"
    )
    assert not bench.set(both)["changed"]
    for password in (SECRET, OTHER):
        assert bench.may("app", password, "GET", "app:1")
        assert not bench.may("app", password, "FLUSHALL")
    with bench.server.session("app", SECRET) as old:
        assert bench.set({**both, "passwords": [OTHER]})["plan"][0] == "app: 1 password removed"
        assert old.command("GET", "app:1") is None, "nobody is cut off unless kill_clients asks for it"
    with pytest.raises(LoginError):
        bench.may("app", SECRET, "GET", "app:1")


def test_since_when_a_password_is_known_is_recorded_once(bench: Bench, tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "passwords"
    options: dict[str, Any] = {"ages_dir": str(folder)}
    assert bench.set(APP, check_mode=True, **options)["changed"]
    assert not folder.exists()
    bench.set(APP, **options)
    (path,) = folder.iterdir()
    assert [part.stat().st_mode & 0o777 for part in (folder.parent, folder, path)] == [0o700, 0o700, 0o600]
    text = path.read_text()
    assert sorted(ages.parse(text, "")) == ["app", "operator"]
    assert [word for word in (SECRET, digest(SECRET)) if word in text] == []
    again = bench.set(APP, **options)
    assert (again["changed"], path.read_text()) == (False, text)
    rotated = bench.set({**APP, "passwords": [SECRET, OTHER]}, **options)
    record = ages.parse(path.read_text(), "")
    assert rotated["plan"][-1] == f"{path}: since when each password is known is brought up to date"
    dates = [ages.first_seen(record, "app", digest(word)) for word in (SECRET, OTHER)]
    assert dates[0] == ages.first_seen(ages.parse(text, ""), "app", digest(SECRET))
    assert str(dates[0]) < str(dates[1])
    assert [word for word in (SECRET, OTHER, digest(SECRET), digest(OTHER)) if word in repr(rotated)] == []


def test_a_record_that_is_none_stops_before_anything_changes(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / (str(bench.file).strip("/").replace("/", "-") + ".json")).write_text("[]")
    assert "this is no record of passwords" in bench.refuse(APP, ages_dir=str(tmp_path))
