"""The server as judge of our own evaluation of rules: never a false change, never a missed one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.acl import aclfile, plan, presets, wish
from ansible_collections.rampart.redis.plugins.module_utils.acl.answer import glob
from ansible_collections.rampart.redis.plugins.module_utils.acl.commands import CommandTable
from ansible_collections.rampart.redis.plugins.module_utils.acl.diff import diff
from ansible_collections.rampart.redis.plugins.module_utils.acl.user import AclUser
from ansible_collections.rampart.redis.plugins.module_utils.collect import acl as store
from ansible_collections.rampart.redis.tests.live.servers import Running, running
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible_collections.rampart.redis.plugins.module_utils.connection import Server

# A seeded few in CI; `make soak` asks for more.
EXAMPLES = int(os.environ.get("RAMPART_EXAMPLES", "100"))


@pytest.fixture(scope="module")
def server(binary: str) -> Iterator[Server]:
    with running(binary, "acl-pubsub-default resetchannels") as started, started.session() as session:
        yield session


@pytest.fixture(scope="module")
def table(server: Server) -> CommandTable:
    return CommandTable.from_reply(server.command("COMMAND"))


def rule(table: CommandTable) -> st.SearchStrategy[str]:
    signs = st.sampled_from("+-")
    names = st.sampled_from(sorted(name for name in table.names if table.has_subcommands or "|" not in name))
    categories = st.sampled_from(
        ["@all", *(f"@{name}" for name in ("read", "write", "slow", "fast", "dangerous", "admin"))]
    )
    patterns = ["~a", "~b:*", "~*", "&c", "&d.*", "&*", "resetkeys", "resetchannels"]
    newer = ["%R~a", "%W~b:*", "%RW~e", "%R~*", "(~s +get -set)", "(%R~t +@read)", "clearselectors"]
    return st.one_of(
        st.builds("{}{}".format, signs, names),
        st.builds("{}{}".format, signs, categories),
        st.sampled_from(["+select|0", "+select|1", "+client|getname", "skip-sanitize-payload", "sanitize-payload"]),
        st.sampled_from(patterns + newer * table.has_subcommands),
    )


def state() -> st.SearchStrategy[str]:
    return st.sampled_from(["on", "off", "nopass", "resetpass", f"#{'a' * 64}", f"#{'b' * 64}", "reset"])


def given_to_server(server: Server, rules: list[str]) -> list[str]:
    """Apply rules one by one to a fresh user and return those the server took; the judge decides what is valid."""
    server.command("ACL", "DELUSER", "u")
    server.command("ACL", "SETUSER", "u", "resetchannels")
    replies = server.pipeline([("ACL", "SETUSER", "u", each) for each in rules])
    return [each for each, reply in zip(rules, replies, strict=True) if reply == "OK"]


@given(data=st.data())
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_we_read_rules_as_the_server_does(server: Server, table: CommandTable, data: st.DataObject) -> None:
    taken = given_to_server(server, data.draw(st.lists(st.one_of(rule(table), state()), max_size=14)))
    ours = AclUser.parse(f"user u resetchannels {' '.join(taken)}", table)
    line = next(line for line in server.command("ACL", "LIST") if line.startswith("user u "))
    assert AclUser.parse(line, table) == ours
    assert AclUser.from_getuser("u", server.command("ACL", "GETUSER", "u"), table) == ours
    # What we would write makes the same user of it, and then there is nothing left to change.
    assert server.command("ACL", "SETUSER", "v", "reset", "nopass", "+@all") == "OK"
    assert server.command("ACL", "SETUSER", "v", "reset", *ours.rules()) == "OK"
    again = AclUser.from_getuser("u", server.command("ACL", "GETUSER", "v"), table)
    assert diff(again, ours) == []


@given(data=st.data())
@settings(
    max_examples=EXAMPLES // 5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_allows_is_what_dryrun_says(server: Server, table: CommandTable, data: st.DataObject) -> None:
    if not table.has_subcommands:
        pytest.skip("ACL DRYRUN exists since 7.0")
    taken = given_to_server(server, data.draw(st.lists(rule(table), max_size=10)))
    ours = AclUser.parse(f"user u resetchannels {' '.join(taken)}", table)
    server.command("ACL", "SETUSER", "u", "allkeys", "allchannels")
    assert [each for each in dryrun_subjects(server) if allowed(server, "u", each) != ours.allows(spelt(each))] == []


@given(data=st.data())
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_what_we_call_the_same_is_the_same_and_what_we_apply_is_the_wish(
    server: Server, table: CommandTable, data: st.DataObject
) -> None:
    # Much alike, so that both answers come often: the same in another order, or with a rule or two more.
    rules = data.draw(st.lists(st.one_of(rule(table), state()), max_size=8))
    more = data.draw(st.lists(st.one_of(rule(table), state()), max_size=2))
    other = data.draw(st.permutations(rules)) if not more else rules + more
    second = given_to_server(server, other)
    wanted = AclUser.parse(f"user u resetchannels {' '.join(second)}", table)
    truth = behaviour(server)
    first = given_to_server(server, rules)
    had = AclUser.parse(f"user u resetchannels {' '.join(first)}", table)
    if had == wanted:
        assert behaviour(server) == truth
    # As the module does it: from what there is, by what differs, to what was wished for, and then nothing is left.
    store.set_users(server, plan.changes({"u": had}, {"u": wanted}))
    assert AclUser.from_getuser("u", server.command("ACL", "GETUSER", "u"), table) == wanted
    assert behaviour(server) == truth


KEYS = ("a", "b:1", "e", "s", "t", "z")


def behaviour(server: Server) -> object:
    """Return all that user ``u`` may do, in the server's own words: every command, every key and channel there is."""
    reply = server.command("ACL", "GETUSER", "u")
    fields = dict(zip(reply[::2], reply[1::2], strict=True))
    state = {"on", "off", "nopass", "skip-sanitize-payload"} & set(fields["flags"]), sorted(fields["passwords"])
    if "selectors" not in fields:
        # 6.2 writes its bitmap out, so the same permission is the same text; there is no ACL DRYRUN.
        return state, sorted(fields["commands"].split()), sorted(fields["keys"]), sorted(fields["channels"])
    calls = [(*name.split("|"), *["a"] * arguments) for name, arguments in dryrun_subjects(server)]
    calls += [(name, key, *["1"] * more) for key in KEYS for name, more in (("get", 0), ("set", 1), ("getset", 1))]
    calls += [("publish", channel, "x") for channel in ("c", "d1", "z")]
    calls += [("select", number) for number in "012"]
    replies = server.pipeline([("ACL", "DRYRUN", "u", *call) for call in calls])
    return state, [(call, str(reply)) for call, reply in zip(calls, replies, strict=True)]


_SUBJECTS: dict[int, list[tuple[str, int]]] = {}


def dryrun_subjects(server: Server) -> list[tuple[str, int]]:
    """Return (name, number of arguments) of everything that runs by itself."""
    if id(server) not in _SUBJECTS:
        found: list[tuple[str, int]] = []
        for entry in server.command("COMMAND"):
            parts = entry[9] or [entry]
            found += [(str(part[0]).lower(), abs(part[1]) - 1 - ("|" in part[0])) for part in parts]
        _SUBJECTS[id(server)] = found
    return _SUBJECTS[id(server)]


def spelt(subject: tuple[str, int]) -> str:
    """Name the call that ``allowed`` asks about, with its first argument, since that may decide too."""
    name, arguments = subject
    return f"{name}|1" if arguments and "|" not in name else name


def allowed(server: Server, user: str, subject: tuple[str, int]) -> bool:
    """Ask the server about the command alone: complaints about keys, channels or syntax do not count."""
    name, arguments = subject
    reply = server.pipeline([("ACL", "DRYRUN", user, *name.split("|"), *["1"] * arguments)])[0]
    return "no permissions to run" not in str(reply)


TEXTS = [f"{first}{second}" for first in "ab[]^-\\*?" for second in ("", "a", "b", "]", "-")]


@given(pattern=st.text("ab[]^-\\*?", min_size=1, max_size=6))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_patterns_match_as_the_server_matches(server: Server, pattern: str) -> None:
    server.pipeline([("SET", text, "") for text in TEXTS])
    assert {text for text in TEXTS if glob(pattern, text)} == set(server.command("KEYS", pattern))


@pytest.mark.parametrize("preset", presets.PRESETS)
def test_the_server_takes_every_preset_and_keeps_its_promises(live: Running, preset: str) -> None:
    entry: dict[str, Any] = {"name": "u", "preset": preset, "enabled": True, "password_hashes": ["a" * 64]}
    if preset in ("application", "session", "cache"):
        entry["prefix"] = "app:"
    with live.session() as session:
        table = CommandTable.from_reply(session.command("COMMAND"))
        user = wish.read(presets.expand([entry], live.version), {}, table)["u"]
        assert user is not None
        assert session.command("ACL", "SETUSER", "u", "reset", *user.rules()) == "OK"
        assert AclUser.from_getuser("u", session.command("ACL", "GETUSER", "u"), table) == user
        assert "eprecat" not in (live.folder / "log").read_text()
        if table.has_subcommands:
            for promise in presets.promises([entry]):
                verdicts = {
                    call: session.command("ACL", "DRYRUN", "u", *call.split()) == "OK"
                    for call in promise["allow"] + promise["deny"]
                }
                assert [call for call, fine in verdicts.items() if fine] == promise["allow"]


def test_a_rendered_file_is_what_the_server_then_has(binary: str) -> None:
    lines = [
        "user default off",
        f"user app on #{'a' * 64} ~app:* resetchannels &c +@read -mget +config|get +select|0",
        "user all on nopass ~* &* +@all -flushall",
    ]
    with running(binary) as first, first.session() as session:
        table = CommandTable.from_reply(session.command("COMMAND"))
    users = aclfile.parse("\n".join(lines), "test", table, strict=True)
    with running(binary, acl=aclfile.render(users)) as second, second.session("all", "x") as session:
        loaded = [AclUser.parse(line, table) for line in session.command("ACL", "LIST")]
    assert sorted(loaded, key=lambda user: user.name) == sorted(users, key=lambda user: user.name)
