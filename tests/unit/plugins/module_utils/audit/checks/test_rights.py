"""What users may do."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.audit.cases import USERS, Case, user, verify


def _with(name: str, rules: str) -> dict[str, Any]:
    return {"users": [*USERS, user(name, f"on #{'ee' * 32} {rules}")]}


CASES = [
    Case("ACL-010", {}, "pass", "only approved"),
    Case("ACL-010", _with("web", "~web:* +@all -@dangerous +client|pause"), "fail", "web may run CLIENT PAUSE"),
    Case("ACL-010", _with("sentinel", "-@all +config|rewrite +client|kill"), "pass", "only approved"),
    Case("ACL-010", _with("sentinel", "-@all +shutdown"), "fail", "sentinel may run SHUTDOWN"),
    Case("ACL-010", {**_with("web", "+shutdown"), "expected": {"admins": ["operator", "web"]}}, "pass", "only"),
    Case("ACL-011", {}, "pass", "nobody else"),
    Case("ACL-011", _with("web", "~web:* +@all -@dangerous -eval -script"), "fail", "EVAL_RO, EVALSHA, FCALL"),
    Case("ACL-011", {**_with("web", "+eval"), "expected": {"scripters": ["web"]}}, "pass", "nobody else"),
    Case("ACL-013", {}, "pass", "auditor"),
    Case("ACL-013", _with("monitoring-readonly", "+info +config|get"), "fail", "readonly may run CONFIG GET"),
    Case("ACL-015", {}, "pass", "only"),
    Case("ACL-015", _with("web", "+psync"), "fail", "web may run PSYNC"),
    Case("ACL-015", _with("replica", "-@all +psync +replconf +ping"), "pass", "only"),
    Case("ACL-016", {}, "pass", "only"),
    Case("ACL-016", _with("web", "~web:* +restore +migrate"), "fail", "RESTORE, MIGRATE"),
    Case("ACL-017", {}, "pass", "only"),
    Case("ACL-017", _with("web", "~web:* +flushall +keys"), "fail", "FLUSHALL, KEYS"),
    Case("ACL-018", {}, "pass", "approved"),
    Case("ACL-018", _with("web", "+monitor"), "fail", "MONITOR"),
    Case("ACL-018", _with("web", "+client|list +slowlog|get"), "fail", "CLIENT LIST, SLOWLOG GET"),
    Case("ACL-018", _with("monitoring-readonly", "+client|list +slowlog"), "pass", "approved"),
    Case("ACL-018", _with("monitoring-readonly", "+monitor"), "fail", "MONITOR"),
    Case("ACL-020", {}, "pass", "auditor"),
    Case("ACL-020", _with("web", "+acl|getuser"), "fail", "ACL GETUSER", "medium"),
    Case("ACL-020", _with("web", "+acl"), "fail", "ACL SETUSER", "high"),
    Case("ACL-021", {}, "pass", "limit"),
    Case("ACL-021", _with("web", "~* +get"), "fail", "web has ~*"),
    Case("ACL-021", _with("web", "%R~* +get"), "fail", "%R~*"),
    Case("ACL-021", {**_with("web", "~* +get"), "expected": {"all_keys": ["web"]}}, "pass", "limit"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_rights(case: Case) -> None:
    verify(case)


def test_a_command_the_server_lacks_is_no_evidence() -> None:
    """COMMANDLOG came with Valkey 8.1; ``+@all`` on 7.0 must not be accused of it."""
    change = _with("web", "~web:* +@all -@dangerous -@scripting -client")
    verify(Case("ACL-018", change, "pass", "approved"))
