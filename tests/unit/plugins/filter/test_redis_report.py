"""The filter over all formats."""

from __future__ import annotations

import json

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.rampart.redis.plugins.filter.redis_report import FilterModule
from ansible_collections.rampart.redis.plugins.module_utils.audit.brief import brief
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.render.samples import opened

redis_report = FilterModule().filters()["redis_report"]


@pytest.mark.parametrize(
    ("kind", "start"),
    [
        ("text", "redis-1 "),
        ("json", "{\n"),
        ("html", "<!doctype html>"),
        ("sarif", '{\n  "$schema"'),
        ("junit", "<testsuites"),
        ("prometheus", "# HELP"),
    ],
)
def test_one_report_and_a_list_are_the_same(kind: str, start: str) -> None:
    text = redis_report([opened()], kind)
    assert text.lstrip().startswith(start)
    assert redis_report(opened(), kind) == text


@pytest.mark.parametrize("kind", ["text", "json", "html", "sarif", "junit", "prometheus"])
def test_a_brief_report_gives_the_same(kind: str) -> None:
    brief_one, whole_one = redis_report(brief(opened()), kind), redis_report(opened(), kind)
    assert brief_one == whole_one if kind != "json" else json.loads(brief_one) == json.loads(whole_one)


def test_text_is_the_default() -> None:
    assert redis_report(opened()) == redis_report(opened(), "text")


@pytest.mark.parametrize(
    ("reports", "kind", "message"),
    [
        ([], "pdf", "unknown format 'pdf', known are text, json, html, sarif, junit, prometheus"),
        ([{"schema": "rampart.redis/audit/9"}], "text", "not a report with the schema rampart.redis/audit/1"),
        (["x"], "text", "not a report"),
    ],
)
def test_bad_input(reports: object, kind: str, message: str) -> None:
    with pytest.raises(AnsibleFilterError, match=message):
        redis_report(reports, kind)
