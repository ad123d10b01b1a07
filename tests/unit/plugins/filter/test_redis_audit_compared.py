"""Nodes compared, for a play."""

from __future__ import annotations

from ansible_collections.rampart.redis.plugins.filter.redis_audit_compared import FilterModule
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.render.samples import hardened, opened

redis_audit_compared = FilterModule().filters()["redis_audit_compared"]


def test_nodes_of_a_deployment_get_peers() -> None:
    rows = [
        {**report, "deployment": "shop", "traits": {"version": f"redis 8.2.{number}"}}
        for number, report in enumerate((opened(), hardened()))
    ]
    first, second = redis_audit_compared(rows)
    assert first["peers"]["nodes"] == ["redis-3"]
    assert second["peers"]["differences"] == ["redis-1 has redis 8.2.0, redis-3 has redis 8.2.1"]


def test_others_stay_as_they_are() -> None:
    assert redis_audit_compared([opened()]) == [opened()]
