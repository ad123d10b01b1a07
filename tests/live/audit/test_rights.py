"""The server as judge of the auditor's rights, and of what the audit says about those of others."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.acl import presets
from ansible_collections.rampart.redis.plugins.module_utils.acl.commands import CommandTable
from ansible_collections.rampart.redis.plugins.module_utils.audit.facts import typed
from ansible_collections.rampart.redis.plugins.module_utils.collect.session import READING
from ansible_collections.rampart.redis.plugins.module_utils.collect.snapshot import collect
from ansible_collections.rampart.redis.tests.live.acl.test_oracle import allowed, spelt
from ansible_collections.rampart.redis.tests.live.servers import Running, running, version_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible_collections.rampart.redis.plugins.module_utils.connection import Server

PASSWORD = "Zq3vT8mWc5RbYx7NdKp2Lf9HsJg4Ea6U"
HASH = hashlib.sha256(PASSWORD.encode()).hexdigest()
# Users with rules of all kinds: the guide's own, and those that audits find.
WORSE = {
    "app": "~* +@all -@dangerous -@admin -flushall -flushdb -keys -config -shutdown -debug -eval -script",
    "monitoring": "~* -@all +@read +info +ping +client +config|get",
    "session": "~session:* -@all +@write +@read +expire +ttl",
    "boss": "~* +@all",
}
# Servers ask nobody for a right to these.
FREE = {"auth", "hello", "quit", "reset"}


def _acl(binary: str) -> str:
    rules = presets.expand([{"name": "auditor", "preset": "auditor"}], version_of(binary))[0]["commands"]
    users = {"auditor": f"resetchannels {' '.join(rules)}", **WORSE}
    lines = ["user default on nopass ~* &* +@all"]
    return "\n".join([*lines, *(f"user {name} on #{HASH} {text}" for name, text in users.items())]) + "\n"


@pytest.fixture(scope="module")
def server(binary: str) -> Iterator[Running]:
    with running(binary, "acl-pubsub-default resetchannels", acl=_acl(binary)) as started:
        yield started


def _table(server: Running) -> CommandTable:
    with server.session() as session:
        return CommandTable.from_reply(session.command("COMMAND"))


def test_no_question_is_a_write(server: Running) -> None:
    flags: dict[str, set[str]] = {}

    def note(entries: list[Any]) -> None:
        for entry in entries:
            flags[str(entry[0]).lower()] = {str(flag) for flag in entry[2]}
            note(entry[9] if len(entry) > 9 else [])

    with server.session() as session:
        note(session.command("COMMAND"))
    asked = {name.lower().replace(" ", "|") for name in READING}
    here = {name if name in flags else name.partition("|")[0] for name in asked} & set(flags)
    assert here
    assert sorted(name for name in here if "write" in flags[name]) == []


def _subjects(session: Server) -> list[tuple[str, int]]:
    """Return (name, number of arguments) of every command and subcommand that runs by itself."""
    parts = [part for entry in session.command("COMMAND") for part in entry[9] or [entry]]
    return [(str(part[0]).lower(), abs(part[1]) - 1 - ("|" in part[0])) for part in parts]


def test_the_auditor_may_do_nothing_but_ask(server: Running) -> None:
    if not _table(server).has_subcommands:
        pytest.skip("ACL DRYRUN exists since 7.0")
    preset = presets.PRESETS["auditor"]
    granted = {rule[1:] for rule in (*preset.commands, *preset.since_70, *preset.since_72) if rule.startswith("+")}
    with server.session() as session:
        subjects = _subjects(session)
        may = {each[0] for each in subjects if allowed(session, "auditor", each)}
    assert len(subjects) > 300
    assert may - FREE <= granted
    # All that an audit asks is among it; COMMAND as a whole is for servers before 7.0.
    asked = {name.lower().replace(" ", "|") for name in READING} & {name for name, _count in subjects}
    assert asked - FREE - {"command"} <= may


def test_what_the_audit_says_of_rights_is_what_the_server_says(server: Running) -> None:
    users = {user.name: user for user in typed(collect(server.endpoint, server=True, host=False).sections)["rights"]}
    assert set(users) == {"default", "auditor", *WORSE}
    if not _table(server).has_subcommands:
        pytest.skip("ACL DRYRUN exists since 7.0")
    with server.session() as session:
        wrong = [
            (name, each)
            for each in _subjects(session)
            for name, user in users.items()
            if allowed(session, name, each) is not user.allows(spelt(each))
        ]
    assert wrong == []
