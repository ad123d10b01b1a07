"""What audits come to, for a play."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.rampart.redis.plugins.filter.redis_audit_outcome import FilterModule
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.render.samples import hardened, opened

redis_audit_outcome = FilterModule().filters()["redis_audit_outcome"]


@pytest.mark.parametrize(("fail_on", "failed"), [("critical", True), ("never", False)])
def test_it_fails_when_asked_to(fail_on: str, failed: object) -> None:
    found = redis_audit_outcome([hardened(), opened()], fail_on)
    assert found["failed"] is failed
    assert ("msg" in found) is failed
    assert found["summary"]["critical"] == opened()["summary"]["critical"]


def test_high_is_the_default() -> None:
    assert redis_audit_outcome([opened()])["msg"].startswith("redis-1: high or worse: ")


def test_an_unknown_severity_is_an_error() -> None:
    with pytest.raises(AnsibleFilterError, match="unknown severity 'urgent', known are critical, high, "):
        redis_audit_outcome([], "urgent")
