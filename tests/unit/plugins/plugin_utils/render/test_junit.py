"""Reports for CI, read by a parser that is not ours."""

from __future__ import annotations

import pytest
from ansible_collections.rampart.redis.plugins.plugin_utils.render.junit import render
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.render.samples import (
    hardened,
    opened,
    unreached,
)
from junitparser import Failure, JUnitXml, Skipped

REPORTS = [opened(), unreached(), hardened()]


@pytest.fixture(scope="module")
def suites() -> JUnitXml:
    return JUnitXml.fromstring(render(REPORTS).encode())


def test_a_suite_for_each_host_with_its_counts(suites: JUnitXml) -> None:
    assert [suite.name for suite in suites] == ["redis-1", "redis-2", "redis-3"]
    for suite, report in zip(suites, REPORTS, strict=True):
        summary = report["summary"]
        told = (suite.tests, suite.failures, suite.errors, suite.skipped)
        skipped = sum(summary[status] for status in ("waived", "not_applicable", "not_evaluated"))
        assert told == (len(report["results"]), summary["fail"], 0, skipped)
        suite.update_statistics()  # type: ignore[no-untyped-call]
        assert (suite.tests, suite.failures, suite.errors, suite.skipped) == told
    assert suites.failures == sum(report["summary"]["fail"] for report in REPORTS)


def test_each_case_says_what_its_check_said(suites: JUnitXml) -> None:
    for suite, report in zip(suites, REPORTS, strict=True):
        rows = {f"{row['id']} {row['title']}": row["status"] for row in report["results"]}
        assert {case.name for case in suite} == set(rows)
        for case in suite:
            kinds = {"fail": [Failure], "pass": [], "info": []}.get(rows[case.name], [Skipped])
            assert [type(outcome) for outcome in case.result] == kinds


def test_a_failure_has_evidence_reason_and_fix(suites: JUnitXml) -> None:
    case = next(case for suite in suites for case in suite if case.name.startswith("RDS-NET-005"))
    failure = case.result[0]
    assert (case.classname, failure.type, failure.message) == ("redis-1.NET", "critical", "10.1.2.3:6379 answered PONG")
    assert "Fix: run the playbook harden" in failure.text


def test_what_strangers_chose_breaks_no_document() -> None:
    report = {**opened(), "host": "\x1b]0;\udcff<&\"'"}
    assert [suite.name for suite in JUnitXml.fromstring(render([report]).encode())] == ["\\x1b]0;\\udcff<&\"'"]


def test_no_report_is_an_empty_document() -> None:
    assert JUnitXml.fromstring(render([]).encode()).tests == 0
