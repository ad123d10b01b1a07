"""While users change nobody may more or less than before and after, and a fault leaves all as it was."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.acl import aclfile
from ansible_collections.rampart.redis.plugins.module_utils.acl.user import AclUser
from ansible_collections.rampart.redis.plugins.module_utils.collect import acl as store
from ansible_collections.rampart.redis.plugins.module_utils.connection import Server
from ansible_collections.rampart.redis.plugins.module_utils.errors import UnreachableError
from ansible_collections.rampart.redis.plugins.modules import redis_acl
from ansible_collections.rampart.redis.tests.live.acl.bench import APP, OPERATOR, OTHER, SECRET, Bench
from ansible_collections.rampart.redis.tests.runner import fail

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible_collections.rampart.redis.plugins.module_utils.acl.commands import CommandTable

OLD = {**APP, "keys": ["both:*", "old:*"], "commands": ["+get", "+set", "+ping"]}
NEW = {**APP, "passwords": [SECRET, OTHER], "keys": ["both:*", "new:*"], "commands": ["+get", "+mget", "+ping"]}
# A crowd makes the moment long: what is sent in several batches, and read back in many.
CROWD = [{"name": f"tenant{number}", "passwords": [SECRET], "keys": [f"{number}:*"]} for number in range(150)]
TURNS = 6


@dataclass
class Seen:
    """What the observer has seen."""

    users: set[AclUser | None] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    looks: int = 0


@contextmanager
def observed(bench: Bench, table: CommandTable) -> Iterator[Seen]:
    """Look at user ``app`` and at the file without a pause, as the operator and as the user itself."""
    seen, stop = Seen(), threading.Event()

    def look() -> None:
        with bench.server.session("operator", OPERATOR) as operator, bench.server.session("app", SECRET) as app:
            while not stop.is_set():
                reply = operator.command("ACL", "GETUSER", "app")
                seen.users.add(None if reply is None else AclUser.from_getuser("app", reply, table))
                seen.files.add(bench.file.read_text())
                fine, *refused = app.pipeline([("GET", "both:1"), ("FLUSHALL",), ("GET", "other:1"), ("INFO",)])
                seen.wrong += [f"GET both:1: {fine}"] if isinstance(fine, Exception) else []
                seen.wrong += [f"allowed: {reply}" for reply in refused if not isinstance(reply, Exception)]
                seen.looks += 1

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        stop.set()
        thread.join()


def test_at_no_moment_is_a_user_weaker_or_stronger_than_before_and_after(bench: Bench) -> None:
    with bench.server.session() as session:
        table = store.read_table(session)
    expected, texts = [], set()
    for user in (NEW, OLD):
        bench.set(user, *CROWD)
        expected.append(bench.state()[0]["app"])
        texts.add(bench.file.read_text())
    with observed(bench, table) as seen:
        for turn in range(TURNS):
            crowd = [{**one, "commands": ["+get"] if turn % 2 else ["+set"]} for one in CROWD]
            bench.set((NEW, OLD)[turn % 2], *crowd)
            texts.add(bench.file.read_text())
    assert seen.wrong == []
    assert seen.looks > TURNS
    assert seen.users
    assert seen.users <= set(expected)
    # The file too is the one or the other, and never a part of one.
    assert seen.files <= texts
    assert all(len(aclfile.parse(text, "users.acl")) == len(CROWD) + 3 for text in seen.files)


HALF = 120


def test_a_connection_lost_half_way_takes_nothing_along(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.set(OLD)
    real = Server.pipeline
    cuts: list[int] = []

    def cut(server: Server, commands: Any) -> list[Any]:  # noqa: ANN401
        batch = list(commands)
        replies = real(server, batch)
        if len(batch) > 1 and batch[0][:2] == ("ACL", "SETUSER") and not cuts:
            # The first batch has arrived, and then the line is cut.
            with bench.server.session() as other:
                cuts.extend(real(other, [("CLIENT", "KILL", "USER", "operator")]))
        return replies

    monkeypatch.setattr(Server, "pipeline", cut)
    message = bench.refuse(NEW, *CROWD[:HALF])
    assert cuts == [1]
    assert "the old file and the old users are back" in message


def test_a_server_that_dies_half_way_gets_its_old_file_back(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.set(OLD)
    text = bench.file.read_text()
    real = Server.pipeline

    def die(server: Server, commands: Any) -> list[Any]:  # noqa: ANN401
        replies = real(server, commands)
        if server.endpoint.user == "operator" and bench.file.read_text() != text:
            with bench.server.session() as other, pytest.raises(UnreachableError):
                real(other, [("SHUTDOWN", "NOSAVE")])
        return replies

    monkeypatch.setattr(Server, "pipeline", die)
    message = fail(redis_acl, bench.options(users=[NEW, *CROWD]))
    assert "and it could not be taken back" in message
    assert "Compare file and ACL LIST" in message
    assert bench.file.read_text() == text
