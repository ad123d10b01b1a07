"""Warnings about rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.acl.risk import escalation, lint, shared_hashes
from ansible_collections.rampart.redis.plugins.module_utils.acl.user import AclUser

if TYPE_CHECKING:
    from ansible_collections.rampart.redis.plugins.module_utils.acl.commands import CommandTable

MANY = " ".join(f"~{number}:*" for number in range(11))
SELECTORS = " ".join(f"(~{number} +get)" for number in range(4))


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ("on >a ~app:* +get", []),
        ("off nopass ~* +@all", []),
        ("on >a ~* +get", ["reaches every key (~*), also those of other applications"]),
        ("on nopass ~app:* +get", ["needs no password: whoever reaches the port is this user"]),
        ("on >a ~app:* +config|set", ["can give itself every right by CONFIG SET"]),
        ("on >a ~app:* +eval", ["may run scripts: one endless script stalls the server for everybody"]),
        (
            f"on >a {MANY} +get",
            ["has 11 patterns: each is tried for every key (10 make a GET 1.9 times as dear, 100 2.9 times)"],
        ),
        (
            f"on >a +get {SELECTORS}",
            ["has 4 selectors: each is tried for every command (11 cost 1.7 times)"],
        ),
        (
            "on >a ~app:* +@all -@dangerous -@scripting",
            ["denies some commands of +@all: commands that a later version adds are allowed without asking"],
        ),
    ],
)
def test_lint(table70: CommandTable, rules: str, said: list[str]) -> None:
    found = lint(AclUser.parse(f"user app {rules}", table70, strict=True))
    assert found == [f"app: {text}" for text in said]


def test_escalation_of_an_administrator(table70: CommandTable) -> None:
    assert {"acl|setuser", "config|set", "module|load"} <= set(escalation(AclUser.parse("user a +@all", table70)))


def test_shared_passwords_are_told_without_the_hash(table70: CommandTable) -> None:
    users = [
        AclUser.parse(f"user {name} on >{secret}", table70) for name, secret in (("a", "x"), ("b", "x"), ("c", "y"))
    ]
    assert shared_hashes(users) == ["a, b have a password in common: one that leaks opens all of them"]
