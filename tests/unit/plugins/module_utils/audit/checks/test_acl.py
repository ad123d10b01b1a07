"""Who may log in."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.audit.cases import (
    APP,
    CLOSED,
    OPEN,
    OPERATOR,
    SECRET,
    USERS,
    Case,
    config,
    file,
    known_for,
    user,
    verify,
)

if TYPE_CHECKING:
    from ansible_collections.rampart.redis.plugins.module_utils.acl.user import AclUser


def _with(name: str, rules: str) -> dict[str, Any]:
    return {"users": [*USERS, user(name, rules)]}


def _password(word: str) -> dict[str, Any]:
    return _with("web", f"on #{hashlib.sha256(word.encode()).hexdigest()} ~web:* +get")


def _file(role: str, mode: int, *clear: str) -> dict[str, Any]:
    return {"files": [file(f"/x/{role}", role, mode, clear=list(clear))]}


def _client(name: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"clients": [{"addr": "10.0.0.9:5", "user": name, "name": "", **more}]}


_LIMITED = user("default", "on nopass -@all +ping")
_WITH_PASSWORD = user("default", f"on #{SECRET} ~* +@all")

_TWO = user("web", f"on #{SECRET} #{'0' * 64} ~web:* +get")
_THREE = user("web", f"on #{SECRET} #{'0' * 64} #{'1' * 64} ~web:* +get")


def _rotating(days: float, web: AclUser = _TWO) -> dict[str, Any]:
    return {"users": [*USERS, web], "passwords": {**known_for(30, *USERS), **known_for(days, web)}}


CASES = [
    Case("ACL-001", {}, "pass", "off"),
    Case("ACL-001", {"users": [OPERATOR]}, "pass", "off"),
    Case("ACL-001", {"users": [OPEN]}, "fail", "everything", "high"),
    Case("ACL-001", {"users": [_LIMITED]}, "fail", "is on", "medium"),
    Case("ACL-002", {}, "pass", "off"),
    Case("ACL-002", {"users": [_WITH_PASSWORD]}, "pass", "password"),
    Case("ACL-002", {"users": [OPEN]}, "fail", "needs no password"),
    Case("ACL-003", {}, "pass", "every enabled"),
    Case("ACL-003", _with("web", "on nopass ~web:* +get"), "fail", "web"),
    Case("ACL-003", _with("web", "off nopass ~web:* +get"), "pass", "every enabled"),
    Case("ACL-005", {}, "pass", "operator"),
    Case("ACL-005", _with("boss", f"on #{SECRET} ~* +@all"), "fail", "boss"),
    Case("ACL-005", {"expected": {"admins": []}}, "fail", "operator"),
    Case(
        "ACL-005",
        {**_with("bo", f"on #{SECRET} +@all"), "expected": {"admins": ["bo", "operator"]}},
        "pass",
        "bo, operator",
    ),
    Case("ACL-005", _with("admin", f"off #{SECRET} ~* +@all"), "pass", "operator"),
    Case("ACL-006", {}, "pass", "no known default"),
    Case("ACL-006", _password("foobared"), "fail", "every attacker's list"),
    Case("ACL-006", _password("web123"), "fail", "user's name"),
    Case("ACL-006", _password(""), "fail", "empty"),
    Case("ACL-006", _password("a"), "fail", "one character"),
    Case("ACL-006", _password("${REDIS_PASSWORD}"), "fail", "template variable"),
    Case("ACL-006", {**_password("Company2026"), "words": ["Company2026"]}, "fail", "your list of words"),
    Case("ACL-006", {**_password("Company2026"), "words": ["Company2025"]}, "pass", "no known default"),
    Case("ACL-007", {}, "pass", "differ"),
    Case("ACL-007", _with("web", f"on #{SECRET} ~web:* +get"), "fail", "operator and web"),
    Case("ACL-008", {}, "pass", "one password for each user"),
    Case("ACL-008", _rotating(3), "info", "web has 2 passwords, for 3 days"),
    Case("ACL-008", _rotating(8), "fail", "web has 2 passwords, for 8 days"),
    Case("ACL-008", _rotating(1, _THREE), "fail", "web has 3 passwords, for 1 days"),
    Case("ACL-008", {**_rotating(3), "passwords": None}, "fail", "web has 2 passwords, nobody knows since when"),
    Case("ACL-039", {}, "pass", "the oldest of 3 is 30 days old"),
    Case("ACL-039", {"passwords": known_for(90, *USERS)}, "pass", "90 days"),
    Case("ACL-039", {"passwords": known_for(91, *USERS)}, "fail", "operator: 91 days, 90 are the limit"),
    Case("ACL-039", {**_rotating(200), "expected": {"password_days": 199}}, "fail", "web: 200 days, 199 are the limit"),
    Case("ACL-039", {**_rotating(200), "expected": {"password_days": 200}}, "pass", "the oldest of 5 is 200 days old"),
    Case("ACL-039", {"passwords": known_for(3, OPERATOR)}, "not_evaluated", "app: nobody knows since when"),
    Case("ACL-039", {"passwords": known_for(99, OPERATOR)}, "fail", "app: nobody knows since when"),
    Case("ACL-039", {"passwords": None}, "not_evaluated", "the role redis_acl makes one"),
    Case("ACL-039", {"users": [OPEN], "passwords": None}, "not_applicable", "no enabled user has a password"),
    Case("ACL-039", {"users": [user("web", f"off #{SECRET} +get")]}, "not_applicable", "no enabled user"),
    Case("ACL-028", {}, "pass", "users.acl"),
    Case("ACL-028", config(aclfile=""), "fail", "app stands in no file"),
    Case("ACL-028", {**config(aclfile=""), "users": [OPEN]}, "not_applicable", "besides default"),
    Case("ACL-028", {**config(aclfile=""), "directives": None}, "not_evaluated", "not read"),
    Case(
        "ACL-028",
        {**config(aclfile=""), "users": [CLOSED, APP], "directives": {"user": ["app on"]}},
        "pass",
        "redis.conf",
    ),
    Case("ACL-029", {}, "pass", "hashes only"),
    Case("ACL-029", _file("acl", 0o640, "line 2 (user app)"), "fail", "line 2"),
    Case("ACL-029", _file("config", 0o644, "line 9 (masterauth)"), "fail", "masterauth"),
    Case("ACL-029", _file("config", 0o640, "line 9 (masterauth)"), "info", "only root"),
    Case("ACL-029", {"files": []}, "not_applicable", "no configuration"),
    Case("ACL-033", {}, "pass", "none of 1"),
    Case("ACL-033", _client("default"), "fail", "10.0.0.9:5 (no name)", "high"),
    Case("ACL-033", {**_client("default"), "users": [OPEN]}, "fail", "10.0.0.9", "medium"),
    Case("ACL-033", _client("default", own=True), "pass", "none"),
    Case("ACL-033", _client("default", age="1"), "pass", "none"),
    Case("ACL-033", _client("default", age="2"), "fail", "10.0.0.9"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_acl(case: Case) -> None:
    verify(case)
