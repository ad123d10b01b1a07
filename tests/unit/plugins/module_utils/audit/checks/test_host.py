"""Host and files."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.audit.cases import PROCESS, Case, file, verify


def _process(**more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"process": {**PROCESS, **more}}


def _file(role: str, mode: int, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"files": [file(f"/x/{role}", role, mode, **more)]}


def _account(shell: str, *footholds: str) -> dict[str, Any]:
    return {"account": {"name": "redis", "shell": shell, "footholds": list(footholds)}}


CASES = [
    Case("HOST-001", {}, "pass", "redis (uid 101)"),
    Case("HOST-001", _process(uid=0, user="root"), "fail", "root (uid 0)"),
    Case("HOST-002", {}, "pass", "0640"),
    Case("HOST-002", _file("config", 0o644), "fail", "0644", "high"),
    Case("HOST-002", _file("config", 0o644, sheltered=True), "fail", "behind a directory", "medium"),
    Case("HOST-002", _file("acl", 0o640, group="users"), "fail", "root:users"),
    Case("HOST-002", {"files": []}, "not_applicable", "no configuration file"),
    Case("HOST-003", {}, "pass", "0750"),
    Case("HOST-003", _file("data", 0o644), "fail", "0644", "high"),
    Case("HOST-003", _file("data", 0o644, sheltered=True), "fail", "behind a directory", "medium"),
    Case("HOST-003", {"files": []}, "not_applicable", "no data directory"),
    Case("HOST-009", {}, "pass", "neither"),
    Case("HOST-009", _process(visible_secrets=[["the command line", "--requirepass"]]), "fail", "--requirepass"),
    Case("HOST-009", _process(unseen="process 42: cannot be looked into"), "not_evaluated", "looked into"),
    Case("HOST-010", {}, "pass", "nologin"),
    Case("HOST-010", _account("/bin/bash"), "fail", "/bin/bash", "medium"),
    Case("HOST-010", _account("/bin/false", "/var/lib/redis/.ssh/authorized_keys"), "fail", ".ssh", "critical"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_host(case: Case) -> None:
    verify(case)
