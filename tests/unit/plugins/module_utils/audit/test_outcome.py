"""What an audit comes to."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.audit.outcome import complaints, outcome


def _report(host: str, *failed: str, reason: str = "", **more: Any) -> dict[str, Any]:  # noqa: ANN401
    rows = [{"id": ident, "status": "fail", "severity": "high"} for ident in failed]
    missing = {"server": reason} if reason else {}
    summary = {"high": len(failed), "fail": len(failed)}
    return {"host": host, "profile": "strict", "results": rows, "missing": missing, "summary": summary, **more}


@pytest.mark.parametrize(
    ("report", "fail_on", "expected"),
    [
        (_report("a"), "low", []),
        (_report("a", "X"), "critical", []),
        (_report("a", "X", "Y"), "high", ["a: high or worse: X, Y"]),
        (_report("a", *"TUVWXYZ"), "low", ["a: low or worse: T, U, V, W, X and 2 more"]),
        (_report("a", reason="refused"), "critical", ["a: no answer from the server: refused"]),
        (_report("a", "X", reason="refused"), "never", []),
        (_report("a", reason="not asked for (option sections)"), "low", []),
    ],
)
def test_complaints(report: dict[str, Any], fail_on: str, expected: list[str]) -> None:
    assert complaints([report], fail_on) == expected


def test_the_outcome_of_several() -> None:
    changes = {"new": ["X"], "fixed": ["Z"]}
    assert outcome([_report("a", "X", "Y", changes=changes), _report("b", "Y")], "high") == {
        "summary": {"high": 3, "fail": 3},
        "findings": ["X", "Y"],
        "failed": True,
        "msg": "a: high or worse: X, Y. b: high or worse: Y",
        "new": [{"host": "a", "id": "X"}],
        "fixed": [{"host": "a", "id": "Z"}],
    }


def test_without_a_complaint_and_a_baseline() -> None:
    assert outcome([_report("a")], "low") == {"summary": {"high": 0, "fail": 0}, "findings": [], "failed": False}
