"""Reports for programs."""

from __future__ import annotations

import json

from ansible_collections.rampart.redis.plugins.module_utils.render.json import SCHEMA, render
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.render.samples import opened, unreached


def test_round_trip() -> None:
    reports = [opened(), unreached()]
    document = json.loads(render(reports))
    assert document["schema"] == SCHEMA
    assert document["reports"] == json.loads(json.dumps(reports))
