"""What to try, and what came of it, as filters."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.rampart.redis.plugins.filter import redis_reach_outcome, redis_reach_targets
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.firewall.cases import PARAMS

targets = redis_reach_targets.FilterModule().filters()["redis_reach_targets"]
outcome = redis_reach_outcome.FilterModule().filters()["redis_reach_outcome"]
SERVER = {"server": "redis-1", "address": "10.0.0.1", "options": PARAMS}
WRONG = {**SERVER, "address": "redis-1.example"}


def test_what_is_tried_is_what_is_compared() -> None:
    wanted = targets([SERVER])
    assert {"address": "10.0.0.1", "port": 6379} in wanted
    rows = [{**one, "outcome": "timeout", "source": "10.0.0.99"} for one in wanted]
    found = outcome([{"host": "stranger-1", "address": "", "outcomes": rows}], [SERVER])
    assert (found["tried"], found["deviations"]) == (len(wanted), [])


def test_a_wrong_description_is_an_error_of_the_filter() -> None:
    with pytest.raises(AnsibleFilterError, match=r"redis-1: redis-1.example is no address to connect to"):
        targets([WRONG])
    with pytest.raises(AnsibleFilterError, match=r"redis-1: redis-1.example is no address to connect to"):
        outcome([], [WRONG])
