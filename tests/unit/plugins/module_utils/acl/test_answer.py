"""Judging one call without a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.acl.answer import broken, glob, may
from ansible_collections.rampart.redis.plugins.module_utils.acl.commands import CommandTable
from ansible_collections.rampart.redis.plugins.module_utils.acl.user import AclUser
from ansible_collections.rampart.redis.plugins.module_utils.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

READ, WRITE, ADMIN = ["@read"], ["@write"], ["@admin", "@dangerous"]
PUBSUB = ["@pubsub"]


def command(
    name: str, categories: Sequence[str], *keys: int, flags: Sequence[str] = (), parts: Sequence[object] = ()
) -> list[object]:
    return [name, -1, list(flags), *(keys or (0, 0, 0)), list(categories), [], [], list(parts)]


TABLE = CommandTable.from_reply(
    [
        command("get", READ, 1, 1, 1),
        command("set", WRITE, 1, 1, 1),
        command("mget", READ, 1, -1, 1),
        command("mset", WRITE, 1, -1, 2),
        command("ping", []),
        command("auth", [], flags=["no_auth"]),
        command("select", []),
        command("publish", PUBSUB),
        command("subscribe", PUBSUB),
        command("psubscribe", PUBSUB),
        command("config", [], parts=[command("config|get", ADMIN), command("config|set", ADMIN)]),
        command("object", [], parts=[command("object|encoding", READ, 2, 2, 1)]),
    ]
)


@pytest.mark.parametrize(
    ("rules", "call", "allowed"),
    [
        ("+get ~a:*", "GET a:1", True),
        ("+get ~a:*", "GET b:1", False),
        ("+get", "GET a:1", False),
        ("~a:*", "GET a:1", False),
        ("~a:* +mget", "MGET a:1 a:2", True),
        ("~a:* +mget", "MGET a:1 b:2", False),
        ("~a:* +mset", "MSET a:1 b:values-are-no-keys a:2 x", True),
        ("~a:* +mset", "MSET a:1 x b:2 x", False),
        ("%R~a:* +@read +@write", "GET a:1", True),
        ("%R~a:* +@read +@write", "SET a:1 x", False),
        ("%W~a:* +@read +@write", "SET a:1 x", True),
        ("%W~a:* +@read +@write", "GET a:1", False),
        ("+config|get", "CONFIG GET x", True),
        ("+config|get", "CONFIG SET x y", False),
        ("+object|encoding ~a", "OBJECT ENCODING a", True),
        ("+object|encoding ~a", "OBJECT ENCODING b", False),
        ("+select|0", "SELECT 0", True),
        ("+select|0", "SELECT 1", False),
        ("", "AUTH x", True),
        ("", "PING", False),
        ("+ping", "ping", True),
        ("+publish &c.*", "PUBLISH c.1 message", True),
        ("+publish &c.*", "PUBLISH d message", False),
        ("+subscribe &c.*", "SUBSCRIBE c.1 d", False),
        ("+subscribe &*", "SUBSCRIBE anything", True),
        ("+psubscribe &c.*", "PSUBSCRIBE c.*", True),
        ("+psubscribe &c.*", "PSUBSCRIBE c.1", False),
        ("+set ~b (+get ~a)", "GET a", True),
        # Rights of different selectors do not add up.
        ("+get ~b (+set ~a)", "GET a", False),
    ],
)
def test_calls(rules: str, call: str, *, allowed: bool) -> None:
    assert may(AclUser.parse(f"user u {rules}", TABLE, strict=True), call) is allowed


def test_an_empty_call_is_refused() -> None:
    with pytest.raises(InputError, match="must name a command"):
        may(AclUser("u"), "  ")


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("*", "", True),
        ("a*", "abc", True),
        ("a*", "ba", False),
        ("a?c", "abc", True),
        ("a?c", "ac", False),
        ("a[bc]", "ac", True),
        ("a[^bc]", "ac", False),
        ("a[b-d]", "ac", True),
        ("a\\*", "a*", True),
        ("a\\*", "ab", False),
        ("a.b", "axb", False),
        ("a[", "a[", False),
        ("a[b", "ab", True),
        ("a[^]", "ax", True),
        ("a[d-b]", "ac", True),
        ("a[\\]]", "a]", True),
        ("a\\", "a\\", True),
        ("a*", "a\nb", True),
        ("a[]", "a", False),
    ],
)
def test_patterns_match_as_on_a_server(pattern: str, text: str, *, matches: bool) -> None:
    assert glob(pattern, text) is matches


def test_broken_promises_are_said_per_call() -> None:
    verdicts = {("u", "A"): True, ("u", "B"): False, ("u", "C"): True}
    said = broken([{"user": "u", "allow": ["A", "B"], "deny": ["B", "C"]}], verdicts)
    assert said == ["u may not B", "u may C"]
    assert broken([{"user": "u", "allow": None, "deny": None}], {}) == []  # type: ignore[dict-item]
