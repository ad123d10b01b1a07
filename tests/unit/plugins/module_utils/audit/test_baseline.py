"""What changed since an earlier report."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.audit.baseline import DOCUMENT, SCHEMA, compare, read
from ansible_collections.rampart.redis.plugins.module_utils.audit.report import Policy, build
from ansible_collections.rampart.redis.plugins.module_utils.errors import InputError


def _report(host: str = "db1", **statuses: str) -> dict[str, Any]:
    rows = [{"id": ident, "status": status} for ident, status in statuses.items()]
    return {"schema": SCHEMA, "host": host, "collected_at": "then", "results": rows}


def test_new_fixed_unchanged_and_unseen() -> None:
    then = _report(a="fail", b="fail", c="fail", d="pass", e="fail", f="fail", g="fail")
    now = _report(a="fail", b="pass", c="not_evaluated", d="fail", e="not_applicable", f="waived")
    assert compare(now, [_report("other", d="fail"), then]) == {
        "since": "then",
        "new": ["d"],
        "fixed": ["b", "e"],
        "unchanged": ["a"],
        "unseen": ["c", "f", "g"],
    }


def test_a_host_that_is_not_in_the_baseline_has_only_new_findings() -> None:
    found = compare(_report(a="fail", b="pass"), [_report("other", a="fail")])
    assert found == {"since": "", "new": ["a"], "fixed": [], "unchanged": [], "unseen": []}


def test_a_report_tells_changes_only_when_there_is_a_baseline() -> None:
    sections = {"expected": {}, "now": 0.0}
    plain = build(sections, {}, (), subject={"host": "db1"}, proof={})
    assert "changes" not in plain
    compared = build(sections, {}, (), subject={"host": "db1"}, proof={}, policy=Policy(earlier=[]))
    assert compared["changes"]["new"] == []


def test_read_takes_a_document_and_a_single_report() -> None:
    one = _report()
    assert read(one, "x") == [one]
    assert read({"schema": DOCUMENT, "reports": [one, one]}, "x") == [one, one]
    assert read({"schema": DOCUMENT, "reports": []}, "x") == []


@pytest.mark.parametrize(
    ("found", "named"),
    [
        ({"schema": "rampart.redis/audit/9"}, "rampart.redis/audit/9"),
        ({"schema": DOCUMENT, "reports": [_report(), {"schema": "rampart.redis/audit/0"}]}, "rampart.redis/audit/0"),
        ({"schema": DOCUMENT, "reports": "none"}, DOCUMENT),
        ({"schema": SCHEMA}, SCHEMA),
        ({}, "None"),
        ("text", "none"),
        ([], "none"),
    ],
)
def test_another_schema_is_an_error(found: object, named: str) -> None:
    with pytest.raises(InputError) as caught:
        read(found, "old.json")
    assert str(caught.value).startswith(f"old.json: not a report of this version: its schema is '{named}', not ")
