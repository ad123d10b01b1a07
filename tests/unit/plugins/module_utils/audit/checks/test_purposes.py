"""Users with a purpose, and modules."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.acl.commands import CommandTable
from ansible_collections.rampart.redis.plugins.module_utils.acl.user import AclUser
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.audit.cases import (
    COMMANDS,
    SECRET,
    SECTIONS,
    USERS,
    Case,
    config,
    user,
    verify,
)

_SEARCH = ["ft.search", -1, [], 0, 0, 0, ["@read", "@search"], [], [], []]
_WITH_SEARCH = CommandTable.from_reply([*COMMANDS, _SEARCH])


def _with(name: str, rules: str) -> dict[str, Any]:
    return {"users": [*USERS, user(name, f"on #{SECRET} {rules}")]}


def _only(name: str, rules: str) -> dict[str, Any]:
    return {"users": [user(name, f"on #{SECRET} {rules}")]}


def _modules(*rules: str) -> dict[str, Any]:
    users = [AclUser.parse(f"user web on #{SECRET} {' '.join(rules)}", _WITH_SEARCH)]
    return {"users": users, "modules": [{"name": "search", "version": "80000", "path": "/opt/redisearch.so"}]}


_REPLICA = "-@all +psync +replconf +ping"
_GUARD_OFF = config(enable_module_command="yes")

CASES = [
    Case("ACL-012", {}, "pass", "nobody"),
    Case("ACL-012", _with("web", "+@write +flushall"), "fail", "web has FLUSHALL"),
    Case("ACL-014", {}, "pass", "enable-module-command is no"),
    Case("ACL-014", _GUARD_OFF, "fail", "operator may run MODULE LOAD"),
    Case("ACL-014", {**_GUARD_OFF, **_only("web", "+get")}, "pass", "nobody may"),
    Case("ACL-014", config(enable_module_command=None), "fail", "has no enable-module-command"),
    Case("ACL-023", {}, "not_applicable", "no module"),
    Case("ACL-023", {"modules": [{"name": "vectorset", "version": "1", "path": ""}]}, "not_applicable", "no module"),
    Case("ACL-023", _modules("+@read"), "fail", "web has FT.SEARCH"),
    Case("ACL-023", _modules("+@read", "-@search"), "pass", "only approved users reach search"),
    Case("ACL-023", {**_modules("+@read"), "expected": {"module_users": ["web"]}}, "pass", "only approved"),
    Case("ACL-034", {}, "pass", "auditor: the least"),
    Case("ACL-034", {**_only("auditor", "+info +config")}, "fail", "auditor has CONFIG REWRITE, CONFIG SET"),
    Case("ACL-034", {**_only("auditor", "~* +info")}, "fail", "keys ~*"),
    Case("ACL-034", {**_only("auditor", "+@all")}, "fail", "every command that an upgrade brings"),
    Case("ACL-034", {"login": "operator"}, "info", "logs in as operator"),
    Case("ACL-034", {**_only("web", "+get"), "login": None}, "not_applicable", "no auditor"),
    Case("ACL-035", {}, "not_applicable", "no user for replicas"),
    Case("ACL-035", _with("replica", _REPLICA), "pass", "replica: the least"),
    Case("ACL-035", _with("replica", f"{_REPLICA} +config|get"), "fail", "replica has CONFIG GET"),
    Case("ACL-035", _with("sentinel", "+@all"), "fail", "sentinel has every command"),
    Case("ACL-036", {}, "not_applicable", "no user for monitoring"),
    Case("ACL-036", _with("monitoring-readonly", "+info +ping"), "pass", "counters only"),
    Case("ACL-036", _with("monitoring-readonly", "~* +@read +config|get"), "fail", "has CONFIG GET, GET"),
]


def test_the_sections_have_an_auditor() -> None:
    assert SECTIONS["login"] in {one.name for one in SECTIONS["users"]}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_purposes(case: Case) -> None:
    verify(case)
