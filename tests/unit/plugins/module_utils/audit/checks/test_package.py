"""Versions."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.audit.cases import (
    DAY,
    NOW,
    PROCESS,
    Case,
    verify,
)


def _server(version: str, product: str = "redis") -> dict[str, Any]:
    return {"server": {"product": product, "version": version, "mode": "standalone"}}


def _package(**more: Any) -> dict[str, Any]:  # noqa: ANN401
    row = {"name": "redis-server", "version": "5:7.0.15-1~deb12u10", "distribution": "", "unpacked_at": NOW - 9 * DAY}
    return {"package": {**row, **more}}


def _process(**more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"process": {**PROCESS, **more}}


CASES = [
    Case("PKG-002", _server("8.2.10"), "pass", "until 2030-09-01"),
    Case("PKG-002", _server("9.1.4", "valkey"), "pass", "valkey 9.1"),
    Case("PKG-002", {**_server("7.0.15"), **_package()}, "fail", "2024-07-29", "medium"),
    Case("PKG-002", {**_server("7.0.15"), **_package(distribution="Debian 12")}, "info", "Debian 12 maintains"),
    Case("PKG-002", {**_server("7.0.15"), "package": None}, "fail", "redis 7.0"),
    Case("PKG-002", {**_server("8.0.1", "valkey"), "package": None, "now": NOW + 400 * DAY}, "fail", "valkey 8.0"),
    Case("PKG-002", _server("11.0.0"), "not_evaluated", "redis 11.0"),
    Case("PKG-004", {}, "pass", "after"),
    Case("PKG-004", _process(exe_deleted=True), "fail", "was replaced"),
    Case("PKG-004", _process(started_at=NOW - 10 * DAY), "fail", "before redis-server"),
    Case("PKG-004", {"package": None}, "not_applicable", "no package"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_package(case: Case) -> None:
    verify(case)
