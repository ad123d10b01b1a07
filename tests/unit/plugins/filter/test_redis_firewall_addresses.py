"""Addresses of hosts of the inventory."""

from __future__ import annotations

from collections import UserDict

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.rampart.redis.plugins.filter.redis_firewall_addresses import FilterModule

addresses = FilterModule().filters()["redis_firewall_addresses"]


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"ansible_host": "198.51.100.1"}, "198.51.100.1"),
        ({"ansible_host": "198.51.100.1", "redis_server_address": "10.0.0.1"}, "10.0.0.1"),
        ({"redis_server_address": "10.0.0.1", "redis_firewall_address": "10.0.0.2"}, "10.0.0.2"),
        ({"redis_firewall_address": "10.0.3.0/24"}, "10.0.3.0/24"),
        ({"ansible_host": "fd00::1"}, "fd00::1"),
        # A server's default; others do not reach it there.
        ({"redis_server_address": "127.0.0.1", "ansible_host": "10.0.0.9"}, "10.0.0.9"),
        ({"ansible_host": "web-1.example", "inventory_hostname": "10.0.0.8"}, "10.0.0.8"),
    ],
)
def test_the_best_known_address(variables: dict[str, str], expected: str) -> None:
    assert addresses(["web-1"], {"web-1": variables}) == [expected]


@pytest.mark.parametrize(
    "variables",
    [{}, {"ansible_host": "web-1.example"}, {"ansible_host": "10.0.0.1/8"}, {"redis_server_address": "::1"}],
)
def test_a_host_without_an_address_is_named(variables: dict[str, str]) -> None:
    with pytest.raises(AnsibleFilterError, match=r"web-1 has no address .* Set redis_firewall_address"):
        addresses(["web-1"], {"web-1": variables})


def test_a_host_without_an_address_may_be_left_out() -> None:
    assert addresses(["web-1", "web-2"], {"web-1": {}, "web-2": {"ansible_host": "10.0.0.9"}}, required=False) == [
        "10.0.0.9"
    ]


def test_what_is_not_needed_is_not_resolved() -> None:
    """A template that reads facts nobody has gathered, behind an address that is written down."""

    class Variables(UserDict[str, str]):
        def __getitem__(self, name: str) -> str:
            assert name == "redis_firewall_address", name
            return super().__getitem__(name)

    variables = Variables(redis_firewall_address="10.0.0.2", redis_server_address="{{ facts }}")
    assert addresses(["web-1"], {"web-1": variables}) == ["10.0.0.2"]


def test_no_hosts_no_addresses() -> None:
    assert addresses([], {}) == []
