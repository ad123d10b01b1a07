"""Reports for monitoring, read by the parser of Prometheus' own client."""

from __future__ import annotations

from ansible_collections.rampart.redis.plugins.module_utils.render.prometheus import render
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.render.samples import (
    hardened,
    opened,
    unreached,
)
from prometheus_client.parser import text_string_to_metric_families

REPORTS = [opened(), unreached(), hardened()]


def _samples(text: str) -> dict[tuple[str, ...], float]:
    found = {}
    for family in text_string_to_metric_families(text):
        assert family.type == "gauge"
        assert family.documentation.endswith(".")
        for sample in family.samples:
            key = (sample.name.removeprefix("rampart_redis_audit_"), *sample.labels.values())
            assert key not in found
            found[key] = sample.value
    return found


def test_counts_are_those_of_the_reports() -> None:
    samples = _samples(render(REPORTS))
    for report in REPORTS:
        for severity in ("critical", "high", "medium", "low"):
            assert samples["findings", report["host"], severity] == report["summary"][severity]
        for status in ("fail", "waived", "info", "pass", "not_applicable", "not_evaluated"):
            assert samples["checks", report["host"], status] == report["summary"][status]
        points = {key: value for key, value in samples.items() if key[:2] == ("checklist_points", report["host"])}
        assert sum(points.values()) == 22


def test_each_finding_is_there_by_name() -> None:
    samples = _samples(render(REPORTS))
    assert samples["finding", "redis-1", "RDS-NET-005", "critical"] == 1
    assert not [key for key in samples if key[:2] == ("finding", "redis-3")]


def test_time_is_exact_and_reached_is_told() -> None:
    samples = _samples(render([opened(), {**unreached(), "missing": {"server": "refused"}}]))
    assert samples["timestamp_seconds", "redis-1"] == 1795514400
    assert (samples["server_reached", "redis-1"], samples["server_reached", "redis-2"]) == (1, 0)


def test_a_name_cannot_break_out_of_its_label() -> None:
    name = 'a"} 1\nb\\'
    assert _samples(render([{**opened(), "host": name}]))["server_reached", name] == 1
