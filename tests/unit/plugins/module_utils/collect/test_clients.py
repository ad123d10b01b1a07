"""Connections and modules as the server lists them."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.collect import clients, config, users
from ansible_collections.rampart.redis.plugins.module_utils.collect.session import Session
from ansible_collections.rampart.redis.plugins.module_utils.errors import ServerRefusedError


class Scripted:
    """A server that answers from a table and counts; what is not in the table is denied."""

    endpoint = "test"

    def __init__(self, answers: dict[tuple[str, ...], Any]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, ...]] = []

    def pipeline(self, commands: list[tuple[str, ...]]) -> list[Any]:
        self.asked += commands
        return [self.answers.get(words, ValueError("NOPERM no right")) for words in commands]


def _session(answers: dict[tuple[str, ...], Any]) -> tuple[Session, Scripted]:
    server = Scripted(answers)
    return Session(server, Counter()), server  # type: ignore[arg-type]


def test_connections_and_the_own_one() -> None:
    lines = (
        "id=1 addr=10.0.0.1:5 laddr=x name= age=1 flags=N cmd=get user=app resp=2\n"
        "id=2 addr=10.0.0.2:5 laddr=x name=a age=1 flags=N cmd=client|list user=default resp=2\n"
    )
    first, second = clients.read(_session({("CLIENT", "LIST"): lines})[0])
    assert (first["user"], first["own"], first["name"]) == ("app", False, "")
    assert (second["addr"], second["own"]) == ("10.0.0.2:5", True)


def test_modules_with_and_without_a_path() -> None:
    rows = [["name", "a", "ver", 1], ["name", "b", "ver", 2, "path", "/x.so", "args", []]]
    assert clients.read_modules(_session({("MODULE", "LIST"): rows})[0]) == [
        {"name": "a", "version": "1", "path": ""},
        {"name": "b", "version": "2", "path": "/x.so"},
    ]


def test_a_denied_command_is_not_sent_again() -> None:
    session, server = _session({})
    for _attempt in range(3):
        with pytest.raises(ServerRefusedError, match="ACL GETUSER was refused: NOPERM"):
            session.ask("ACL", "GETUSER", "x")
    assert server.asked == [("ACL", "GETUSER", "x")]
    assert session.sent == {"ACL GETUSER": 1}


def test_passwords_are_not_kept() -> None:
    names = (*config.NAMES, *config.SECRETS)
    reply = ["bind", "127.0.0.1", "requirepass", "hunter2", "masterauth", "", "surprise", "x"]
    found = config.read(_session({("CONFIG", "GET", *names): reply})[0], (7, 0, 15))
    assert found == {"bind": "127.0.0.1", "requirepass": "(set)", "masterauth": ""}


def test_before_70_directives_are_asked_one_by_one() -> None:
    answers: dict[tuple[str, ...], Any] = {("CONFIG", "GET", name): [] for name in (*config.NAMES, *config.SECRETS)}
    answers["CONFIG", "GET", "port"] = ["port", "6379"]
    assert config.read(_session(answers)[0], (6, 2, 14)) == {"port": "6379"}


def test_users_are_asked_singly_and_one_that_went_is_left_out() -> None:
    answers = {("ACL", "USERS"): ["a", "b"], ("ACL", "GETUSER", "a"): ["flags", []], ("ACL", "GETUSER", "b"): None}
    assert users.read(_session(answers)[0]) == {"a": ["flags", []]}


def test_the_command_table_of_6x_needs_the_bare_command() -> None:
    session, server = _session({("COMMAND", "INFO"): [], ("COMMAND",): [["get"]]})
    assert users.read_commands(session) == [["get"]]
    assert server.asked == [("COMMAND", "INFO"), ("COMMAND",)]


def test_an_empty_command_table_is_no_table() -> None:
    with pytest.raises(ServerRefusedError, match="empty table"):
        users.read_commands(_session({("COMMAND", "INFO"): [], ("COMMAND",): []})[0])


def test_functions_and_what_a_sentinel_watches() -> None:
    main = ["name", "main", "ip", "10.0.0.1", "port", "6379", "quorum", "2", "num-other-sentinels", "2"]
    session, _server = _session(
        {
            ("FUNCTION", "LIST"): [["library_name", "b", "engine", "LUA"], ["library_name", "a", "engine", "LUA"]],
            ("SENTINEL", "MASTERS"): [main, [*main[:1], "other", *main[2:]]],
            ("SENTINEL", "CKQUORUM", "main"): "OK 3 usable Sentinels",
            ("SENTINEL", "CKQUORUM", "other"): ValueError("NOQUORUM 1 usable Sentinels"),
        }
    )
    assert clients.read_functions(session) == ["a", "b"]
    row = {"name": "main", "address": "10.0.0.1:6379", "quorum": "2", "others": "2", "reached": "OK 3 usable Sentinels"}
    assert clients.read_monitored(session) == [row, {**row, "name": "other", "reached": "NOQUORUM"}]


def test_a_missing_right_to_ask_for_the_quorum_is_no_answer() -> None:
    session, _server = _session({("SENTINEL", "MASTERS"): [["name", "m", "ip", "x", "port", "1", *_NUMBERS]]})
    with pytest.raises(ServerRefusedError, match="SENTINEL CKQUORUM was refused: NOPERM"):
        clients.read_monitored(session)


_NUMBERS = ("quorum", "2", "num-other-sentinels", "2")


def test_an_audit_sends_nothing_but_questions() -> None:
    session, server = _session({})
    with pytest.raises(ValueError, match="an audit never sends FLUSHALL"):
        session.ask("FLUSHALL")
    assert server.asked == []
