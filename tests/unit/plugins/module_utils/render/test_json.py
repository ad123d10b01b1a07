"""Reports for programs."""

from __future__ import annotations

import json

from ansible_collections.rampart.redis.plugins.module_utils.audit.baseline import DOCUMENT
from ansible_collections.rampart.redis.plugins.module_utils.render.json import render
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.render.samples import opened, unreached


def test_round_trip() -> None:
    reports = [opened(), unreached()]
    document = json.loads(render(reports))
    assert document["schema"] == DOCUMENT
    assert document["reports"] == json.loads(json.dumps(reports))


def test_what_is_no_text_can_be_written() -> None:
    assert render([{"host": "\udcff\u00e4"}]).isascii()
