"""Changes as sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.acl.diff import diff, shrinks
from ansible_collections.rampart.redis.plugins.module_utils.acl.user import AclUser, digest

if TYPE_CHECKING:
    from ansible_collections.rampart.redis.plugins.module_utils.acl.commands import CommandTable


def user(rules: str | None, table: CommandTable) -> AclUser | None:
    return None if rules is None else AclUser.parse(f"user app {rules}", table, strict=True)


@pytest.mark.parametrize(
    ("have", "want", "said"),
    [
        ("on +get", "on -@all +get", []),
        (None, None, []),
        (None, "on >a ~app:* &c +get", ["is created on", "gains GET, read and write on app:*, channel c"]),
        (None, "off (~a +get)", ["is created off", "gains the selector resetkeys ~a resetchannels -@all +get"]),
        ("on", None, ["is removed"]),
        ("on", "off", ["is switched off"]),
        ("off", "on", ["is switched on"]),
        ("on nopass", "on", ["needs a password from now on"]),
        ("on", "on nopass", ["needs no password any more"]),
        (">a", ">b", ["password changed (1 added, 1 removed)"]),
        (">a", ">a >b", ["1 password added"]),
        (">a >b >c", ">a", ["2 passwords removed"]),
        ("+get +set", "+get +mget", ["loses SET", "gains MGET"]),
        ("+config", "+config|get", ["loses CONFIG RESETSTAT, CONFIG REWRITE, CONFIG SET, CONFIG, CONFIG HELP"]),
        (
            "+@keyspace +flushall",
            "+@keyspace -@dangerous",
            ["loses FLUSHALL, FLUSHDB, KEYS, MIGRATE and 3 more of @dangerous"],
        ),
        ("~a", "%R~a ~b", ["loses write on a", "gains read and write on b"]),
        ("%R~a", "%W~a", ["loses read on a", "gains write on a"]),
        ("&a", "&b", ["loses channel a", "gains channel b"]),
        ("+select|0", "+select|1", ["loses SELECT 0", "gains SELECT 1"]),
        (
            "(~a +get)",
            "(~b +get)",
            [
                "loses the selector resetkeys ~a resetchannels -@all +get",
                "gains the selector resetkeys ~b resetchannels -@all +get",
            ],
        ),
        ("skip-sanitize-payload", "", ["payloads are checked"]),
        ("", "skip-sanitize-payload", ["payloads are no longer checked"]),
    ],
)
def test_sentences(table70: CommandTable, have: str | None, want: str | None, said: list[str]) -> None:
    assert diff(user(have, table70), user(want, table70)) == said


def test_future_commands_are_named(table70: CommandTable) -> None:
    said = diff(user("+@all", table70), user("+get", table70))
    assert said[0].startswith("loses all commands of future versions, ACL DELUSER")


def test_no_hash_in_any_sentence(table70: CommandTable) -> None:
    for have, want in ((">a", ">b"), (">a", None), (None, ">b")):
        said = " ".join(diff(user(have, table70), user(want, table70)))
        assert digest("a") not in said
        assert digest("b") not in said


@pytest.mark.parametrize(
    ("have", "want", "expected"),
    [
        ("on >a ~a +get", "on >a ~a +get", False),
        ("on >a ~a +get", "on >a ~a ~b +get +set", False),
        ("on >a ~a +get", "on >a ~* &* +@all", False),
        ("on >a ~a +get", "on >a >b ~a +get", False),
        ("on >a ~a +get", "on >b ~a +get", True),
        ("on >a ~a +get", "off >a ~a +get", True),
        ("off >a ~a +get", "off >a ~a +get +set", False),
        ("on >a ~a +get", "on >a %R~a +get", True),
        ("on >a ~a +get", "on >a ~b +get", True),
        ("on >a ~a +get +set", "on >a ~a +get", True),
        ("on >a &a +get", "on >a +get", True),
        ("on >a &a +get", "on >a &* +get", False),
        ("on >a +@all", "on >a +@all -get", True),
        ("on >a ~a +get (~b +get)", "on >a ~a +get", True),
        ("on >a +select|0", "on >a +select", False),
        ("on nopass", "on >a", True),
        ("on >a", None, True),
    ],
)
def test_shrinking(table70: CommandTable, have: str, want: str | None, *, expected: bool) -> None:
    before = user(have, table70)
    assert before is not None
    assert shrinks(before, user(want, table70)) is expected
