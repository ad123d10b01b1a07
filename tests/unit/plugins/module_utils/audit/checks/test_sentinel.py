"""Sentinel."""

from __future__ import annotations

import pytest
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.audit.cases import Case, verify

_SENTINEL = {"server": {"product": "redis", "version": "8.2.3", "mode": "sentinel"}}
_PONG = {"doors": [{"door": "10.1.2.3:26379", "result": "open", "answer": "PONG"}]}

CASES = [
    Case("SEN-001", {}, "not_applicable", "not a Sentinel"),
    Case("SEN-001", _SENTINEL, "pass", "NOAUTH"),
    Case("SEN-001", {**_SENTINEL, **_PONG}, "fail", "26379 answered PONG", "critical"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_sentinel(case: Case) -> None:
    verify(case)
