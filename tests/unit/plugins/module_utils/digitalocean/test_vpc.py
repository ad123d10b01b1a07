"""Whether servers are in one VPC, at an address of it."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.digitalocean.vpc import vpc_faults

SHOP = {"id": "a", "name": "shop", "ip_range": "10.10.0.0/16"}
OTHER = {"id": "b", "name": "other", "ip_range": "10.20.0.0/16"}


def droplet(name: str, vpc: str, *private: str) -> dict[str, Any]:
    return {"name": name, "vpc": vpc, "private_addresses": list(private)}


ONE = {"redis-1": "10.10.1.10"}
TWO = {"redis-2": "10.10.1.11", **ONE}


@pytest.mark.parametrize(
    ("addresses", "droplets", "faults"),
    [
        (ONE, [droplet("d1", "a", "10.10.1.10")], []),
        (TWO, [droplet("d1", "a", "10.10.1.10"), droplet("d2", "a", "10.10.1.11")], []),
        # Others of the tag are not looked at.
        (ONE, [droplet("d1", "a", "10.10.1.10"), droplet("d2", "b", "10.20.1.11")], []),
        (
            {"redis-1": "10.10.1.10", "redis-2": "10.20.1.11"},
            [droplet("d1", "a", "10.10.1.10"), droplet("d2", "b", "10.20.1.11")],
            ["the servers are in 2 VPCs (other: redis-2; shop: redis-1)"],
        ),
        (
            ONE,
            [droplet("d1", "a", "10.10.1.99")],
            ["redis-1: 10.10.1.10 is no private address of a droplet with the tags of the deployment"],
        ),
        (ONE, [droplet("d1", "", "10.10.1.10")], ["redis-1: its droplet d1 is in no VPC"]),
        (
            ONE,
            [droplet("d1", "b", "10.10.1.10")],
            ["redis-1: 10.10.1.10 is outside of 10.20.0.0/16, the range of its VPC other"],
        ),
    ],
)
def test_faults(addresses: dict[str, str], droplets: list[dict[str, Any]], faults: list[str]) -> None:
    assert vpc_faults(addresses, droplets, [SHOP, OTHER]) == faults
