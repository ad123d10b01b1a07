"""Nodes of one deployment."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.audit.parity import compared, traits
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.audit.cases import (
    AUTHORITY,
    CERTIFICATE,
    CONFIG,
    SECRET,
    SECTIONS,
    USERS,
    config,
    user,
)

KEY = b"key"
SECOND = {**CERTIFICATE, "fingerprint": "77" * 32}
OTHERS_PASSWORD = user("app", f"on #{'ee' * 32} ~app:* -@all +@read +@write +ping")


def _report(
    host: str, sections: dict[str, Any], *, role: str = "replica", deployment: str = "shop", key: bytes = KEY
) -> dict[str, Any]:
    return {"host": host, "deployment": deployment, "server": {"role": role}, "traits": traits(sections, key)}


def _other(**change: Any) -> dict[str, Any]:  # noqa: ANN401 - sections
    return {**SECTIONS, "certificates": [SECOND, AUTHORITY], **change}


def _peers(sections: dict[str, Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401
    found: dict[str, Any] = compared([_report("a", SECTIONS, **more), _report("b", sections, **more)])[1]["peers"]
    return found


def test_nodes_that_are_alike_do_not_differ() -> None:
    own = {"bind": "10.1.2.4", "dir": "/srv", "replicaof": "10.1.2.3 6379", "maxmemory": str(2**30)}
    peers = _peers(_other(config={**CONFIG, **own}))
    assert peers == {"compared_with": "a", "nodes": ["a"], "differences": [], "unseen": []}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            {"server": {"product": "redis", "version": "8.2.9", "mode": "standalone"}},
            "a has redis 8.2.10, b has redis 8.2.9",
        ),
        (
            {"package": {"name": "redis-server", "version": "5:8.2.10-2"}},
            "a has redis-server 5:8.2.10-1, b has redis-server 5:8.2.10-2",
        ),
        ({"users": USERS[:3]}, "user app is on a only"),
        ({"users": [*USERS, user("web", "on +get")]}, "user web is on b only"),
        (
            {"users": [*USERS[:3], user("app", f"on #{'ee' * 32} ~app:* -@all +@read +@write +ping")]},
            "user app differs in passwords",
        ),
        ({"users": [*USERS[:3], user("app", "off +get")]}, "user app differs in state and passwords and rights"),
        (config(maxmemory="0"), "maxmemory is 1073741824 on a, 0 on b"),
        (config(requirepass="(set)"), "requirepass is empty on a, (set) on b"),
        ({"certificates": [SECOND]}, "a and b trust different CAs"),
        ({"certificates": [CERTIFICATE, AUTHORITY]}, "a and b share a certificate, so a private key"),
        ({"certificates": [AUTHORITY]}, "only a has a certificate"),
        (
            {"certificates": [{**SECOND, "key": "rsa-2048"}, AUTHORITY]},
            "a has a key of ecdsa-p256, b of rsa-2048",
        ),
    ],
)
def test_differences(change: dict[str, Any], expected: str) -> None:
    assert _peers(_other(**change))["differences"] == [expected]


def test_without_a_key_passwords_are_not_compared_and_no_hash_is_kept() -> None:
    changed = _other(users=[*USERS[:3], OTHERS_PASSWORD])
    peers = _peers(changed, key=b"")
    assert peers["differences"] == []
    assert peers["unseen"] == ["passwords are compared only between the endpoints of one call"]
    assert "passwords" not in json.dumps(traits(SECTIONS, b""))


def test_a_hash_is_kept_only_as_what_the_key_makes_of_it() -> None:
    kept, again = (json.dumps(traits(SECTIONS, key)) for key in (KEY, b"another"))
    assert SECRET not in kept
    assert kept != again


def test_what_was_not_seen_is_said() -> None:
    peers = _peers({})
    assert peers["differences"] == []
    assert peers["unseen"] == ["version of b", "users of b", "configuration of b", "certificates of b"]


def test_over_the_network_a_shared_certificate_is_seen() -> None:
    seen = {name: value for name, value in SECTIONS.items() if name != "certificates"}
    seen["presented"] = [{"door": "10.1.2.4:6379", "fingerprint": CERTIFICATE["fingerprint"], "error": ""}]
    assert _peers(seen)["differences"] == ["a and b share a certificate, so a private key"]


def test_the_first_primary_is_what_others_are_compared_with() -> None:
    rows = [
        _report("a", _other()),
        _report("b", SECTIONS, role="primary"),
        _report("x", {}, deployment="stock"),
        _report("c", _other(users=USERS[:3])),
        {"host": "alone"},
    ]
    found = {row["host"]: row for row in compared(rows)}
    assert list(found) == ["a", "b", "x", "c", "alone"]
    assert found["a"]["peers"]["compared_with"] == "b"
    assert found["b"]["peers"] == {"compared_with": "", "nodes": ["a", "c"], "differences": [], "unseen": []}
    assert found["c"]["peers"]["differences"] == ["user app is on b only"]
    assert "peers" not in found["x"]
    assert found["alone"] == {"host": "alone"}
    assert not any("traits" in row for row in found.values())


def test_reports_that_were_compared_stay_as_they_are() -> None:
    once = compared([_report("a", SECTIONS), _report("b", {})])
    assert compared(once) == once
