"""Known bugs and updates, as findings."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.audit.cases import (
    BUG,
    DAY,
    NOW,
    PROCESS,
    SECTIONS,
    Case,
    verify,
)


def _bugs(*changes: dict[str, str]) -> dict[str, Any]:
    return {"bugs": [{**BUG, **change} for change in changes]}


def _package(**more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"package": {**SECTIONS["package"], **more}}


_UNKNOWN = _bugs({"state": "undetermined", "why": "check its revision"})
_NEWER = {"version": "5:8.2.10-1+deb14u1", "security": True}

CASES = [
    Case("PKG-001", {}, "pass", "none of them"),
    Case("PKG-001", _bugs({}), "fail", "CVE-2099-1 (high): a bug", "high"),
    Case("PKG-001", _bugs({"severity": "low"}, {"id": "CVE-2099-2", "severity": "critical"}), "fail", "-2", "critical"),
    Case("PKG-001", _UNKNOWN, "info", "nobody knows of 1: CVE-2099-1"),
    Case("PKG-001", {"process": {**PROCESS, "exe_deleted": True}}, "info", "older than the package"),
    Case("PKG-001", {"process": None, "package": None}, "pass", "none of them"),
    Case("PKG-003", {}, "pass", "is installed"),
    Case("PKG-003", _package(candidate=_NEWER), "fail", "apt has 5:8.2.10-1+deb14u1", "high"),
    Case("PKG-003", _package(candidate={**_NEWER, "security": False}), "info", "not a security update"),
    Case("PKG-003", _package(lists_at=NOW - 8 * DAY), "info", "older than a week"),
    Case("PKG-003", _package(lists_at=None), "info", "never fetched"),
    Case("PKG-003", _package(candidate=None), "not_evaluated", "no candidate"),
    Case("PKG-003", {"package": None}, "not_applicable", "no package"),
    Case("PKG-005", {}, "pass", "determined for all 1"),
    Case("PKG-005", _UNKNOWN, "info", "check its revision"),
    Case("PKG-006", {}, "pass", "is the one of redis-server"),
    Case("PKG-006", _package(altered=True), "fail", "differs from the one in redis-server"),
    Case("PKG-006", {"package": None}, "fail", "belongs to no package"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_vulnerabilities(case: Case) -> None:
    verify(case)
