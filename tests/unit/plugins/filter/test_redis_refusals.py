"""The filter that the preflight asks."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.rampart.redis.plugins.filter.redis_refusals import FilterModule
from ansible_collections.rampart.redis.tests.unit.house.tree import ROOT, read_yaml
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.conf.test_preflight import FOUND, WISH

refusals = FilterModule().filters()["redis_refusals"]


def test_sentences_come_through() -> None:
    assert refusals(FOUND, WISH) == []
    assert len(refusals({**FOUND, "cluster_enabled": True}, WISH, reasons=[])) == 1


def test_a_fault_of_the_caller_is_an_error_of_the_filter() -> None:
    with pytest.raises(AnsibleFilterError, match="redis_refusals: wish: lacks"):
        refusals(FOUND, {})


def test_the_role_gives_all_it_must() -> None:
    assert set(read_yaml(ROOT / "roles/redis_server/vars/main.yml")["__redis_server_wish"]) == set(WISH)
