"""Two nodes of one deployment."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.audit.parity import Difference, Node, compare, unseen
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.audit.cases import (
    AUTHORITY,
    CERTIFICATE,
    CONFIG,
    SECTIONS,
    USERS,
    config,
    user,
)

SECOND = {**CERTIFICATE, "fingerprint": "77" * 32}
HERE = Node("a", SECTIONS)


def _other(**change: Any) -> Node:  # noqa: ANN401
    return Node("b", {**SECTIONS, "certificates": [SECOND, AUTHORITY], **change})


def _texts(node: Node, here: Node = HERE) -> list[str]:
    return [f"{found.kind}: {found.text}" for found in compare(here, node)]


def test_nodes_that_are_alike_do_not_differ() -> None:
    own = {"bind": "10.1.2.4", "dir": "/srv", "replicaof": "10.1.2.3 6379", "maxmemory": str(2**30)}
    assert compare(HERE, _other(config={**CONFIG, **own})) == []
    assert unseen(HERE, _other()) == {}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            {"server": {"product": "redis", "version": "8.2.9", "mode": "standalone"}},
            "version: a has redis 8.2.10, b has redis 8.2.9",
        ),
        (
            {"package": {"name": "redis-server", "version": "5:8.2.10-2"}},
            "version: a has redis-server 5:8.2.10-1, b has redis-server 5:8.2.10-2",
        ),
        ({"users": USERS[:3]}, "users: user app is on a only"),
        ({"users": [*USERS, user("web", "on +get")]}, "users: user web is on b only"),
        (
            {"users": [*USERS[:3], user("app", f"on #{'ee' * 32} ~app:* -@all +@read +@write +ping")]},
            "users: user app differs in passwords",
        ),
        ({"users": [*USERS[:3], user("app", "off +get")]}, "users: user app differs in state and passwords and rights"),
        (config(maxmemory="0"), "configuration: maxmemory is 1073741824 on a, 0 on b"),
        (config(requirepass="(set)"), "configuration: requirepass is empty on a, (set) on b"),
        ({"certificates": [SECOND]}, "certificates: a and b trust different CAs"),
        ({"certificates": [CERTIFICATE, AUTHORITY]}, "certificates: a and b share a certificate, so a private key"),
        ({"certificates": [AUTHORITY]}, "certificates: only a has a certificate"),
        (
            {"certificates": [{**SECOND, "key": "rsa-2048"}, AUTHORITY]},
            "certificates: a has a key of ecdsa-p256, b of rsa-2048",
        ),
    ],
)
def test_differences(change: dict[str, Any], expected: str) -> None:
    assert _texts(_other(**change)) == [expected]


def test_a_snapshot_is_compared_without_passwords() -> None:
    changed = [*USERS[:3], user("app", f"on #{'ee' * 32} ~app:* -@all +@read +@write +ping")]
    node = Node("b", _other(users=changed).sections, comparable=False)
    assert compare(HERE, node) == []
    assert unseen(HERE, node) == {"passwords": "a snapshot holds no hashes that could be compared"}


def test_what_was_not_seen_is_said() -> None:
    blind = Node("b", {})
    assert compare(HERE, blind) == []
    assert unseen(HERE, blind)["users"] == "users of b is not known"
    assert set(unseen(HERE, blind)) == {"version", "users", "configuration", "certificates"}


def test_a_difference_is_plain_data() -> None:
    assert compare(HERE, _other(users=USERS[:3])) == [Difference("users", "user app is on a only")]
