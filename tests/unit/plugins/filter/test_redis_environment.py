"""Filter ``redis_environment``."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.rampart.redis.plugins.filter.redis_environment import FilterModule

environment = FilterModule().filters()["redis_environment"]


def test_a_port_of_the_inventory_may_be_a_text() -> None:
    text = environment("shop", password="s3cret", host="redis.example.com", port="6380", prefix="CACHE", ca="/ca.pem")
    assert text.splitlines()[-1] == "CACHE_URL=rediss://shop:s3cret@redis.example.com:6380/0"


def test_errors_do_not_hold_the_password() -> None:
    with pytest.raises(AnsibleFilterError, match="redis_environment: client 'shop': REDIS_PASSWORD would") as caught:
        environment("shop", password="s3cret\n", host="redis.example.com")
    assert "s3cret" not in str(caught.value)
