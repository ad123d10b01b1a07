"""Reports without what is the same for all servers."""

from __future__ import annotations

import json

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.audit.brief import brief, full
from ansible_collections.rampart.redis.plugins.module_utils.errors import InputError
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.render.samples import opened


def test_a_brief_report_is_made_whole_again() -> None:
    report = opened()
    assert full(brief(report)) == report
    assert full(report) == report


def test_it_is_much_smaller() -> None:
    report = opened()
    assert len(json.dumps(brief(report)["results"])) < 0.4 * len(json.dumps(report["results"]))


def test_a_check_of_another_release_is_an_error() -> None:
    row = {"id": "RDS-XXX-001", "status": "pass", "severity": "low", "evidence": []}
    with pytest.raises(InputError, match="RDS-XXX-001 is no check of this release"):
        full({"results": [row]})
