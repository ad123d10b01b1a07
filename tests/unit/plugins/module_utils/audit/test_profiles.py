"""Profiles, and when an audit has failed."""

from __future__ import annotations

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.audit.profiles import chosen, failures
from ansible_collections.rampart.redis.plugins.module_utils.audit.registry import CHECKS

ROWS = [
    {"id": "a", "status": "fail", "severity": "high"},
    {"id": "b", "status": "fail", "severity": "low"},
    {"id": "c", "status": "not_evaluated", "severity": "critical"},
    {"id": "d", "status": "waived", "severity": "critical"},
]


@pytest.mark.parametrize(
    ("profile", "fail_on", "expected"),
    [
        ("guide-production", "critical", ""),
        ("guide-production", "high", "a"),
        ("guide-production", "medium", "a"),
        ("guide-production", "low", "ab"),
        ("guide-production", "never", ""),
        ("baseline", "low", "ab"),
        ("strict", "critical", "c"),
        ("strict", "low", "abc"),
        ("strict", "never", ""),
    ],
)
def test_failures(profile: str, fail_on: str, expected: str) -> None:
    found = failures({"profile": profile, "results": ROWS}, fail_on)
    assert "".join(row["id"] for row in found) == expected


def test_the_baseline_is_what_is_critical_or_high() -> None:
    assert {check.severity for check in chosen(CHECKS, "baseline")} == {"critical", "high"}
    assert chosen(CHECKS, "guide-production") == chosen(CHECKS, "strict") == CHECKS
