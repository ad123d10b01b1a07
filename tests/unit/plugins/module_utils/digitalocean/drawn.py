"""Firewalls as hypothesis draws them, and a shuffled, respelt copy of each, as an API might give it back."""

from __future__ import annotations

import ipaddress
from typing import Any

from ansible_collections.rampart.redis.plugins.module_utils.digitalocean.firewall import Firewall
from ansible_collections.rampart.redis.plugins.module_utils.digitalocean.rules import (
    INBOUND,
    OUTBOUND,
    Side,
    from_api,
)
from hypothesis import strategies as st

TAGS = st.sampled_from(["web", "Web2", "redis", "mon:itor", "a_b-c"])
PORTS = st.sampled_from(["22", "6379", "8000-9000", "0", "all", "1-65535"])


def _network(version: int, number: int, prefix: int) -> str:
    bits = 32 if version == 4 else 128
    kept = number >> (bits - prefix) << (bits - prefix) if prefix else 0
    kind = ipaddress.IPv4Network if version == 4 else ipaddress.IPv6Network
    return str(kind((kept, prefix)))


FOUR = st.builds(_network, st.just(4), st.integers(0, 2**32 - 1), st.integers(0, 32))
SIX = st.builds(_network, st.just(6), st.integers(0, 2**128 - 1), st.integers(0, 128))
PEERS = st.dictionaries(
    st.sampled_from(["addresses", "tags", "droplet_ids", "load_balancer_uids", "kubernetes_ids"]),
    st.just([]),
    min_size=1,
).flatmap(
    lambda kinds: st.fixed_dictionaries(
        {
            kind: st.lists(
                {"addresses": FOUR | SIX, "tags": TAGS, "droplet_ids": st.integers(1, 99)}.get(
                    kind, st.sampled_from(["u-1", "u-2"])
                ),
                min_size=1,
                max_size=3,
            )
            for kind in kinds
        }
    )
)


def raw_rules(side: Side) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Draw rules as the API has them."""
    rule = st.fixed_dictionaries(
        {"protocol": st.sampled_from(["tcp", "udp", "icmp"]), "ports": PORTS, side.peers: PEERS}
    )
    return st.lists(rule, max_size=4)


FIREWALLS = st.builds(
    lambda inbound, outbound, tags, ids: Firewall(
        "drawn", from_api(inbound, INBOUND), from_api(outbound, OUTBOUND), frozenset(tags), frozenset(ids)
    ),
    raw_rules(INBOUND),
    raw_rules(OUTBOUND),
    st.sets(TAGS),
    st.sets(st.integers(1, 99)),
)


@st.composite
def respelt(draw: st.DrawFn, rules: list[dict[str, Any]], side: Side) -> list[dict[str, Any]]:
    """Draw the same rules otherwise: reordered, split by peer, all ports in another word, addresses with a mask."""
    out = []
    for rule in draw(st.permutations(rules)):
        every = rule["protocol"] == "icmp" or rule["ports"] in ("0", "all", "1-65535")
        ports = draw(st.sampled_from(["0", "all", "1-65535"])) if every else rule["ports"]
        peers = {
            kind: [
                str(ipaddress.ip_network(value)) if kind == "addresses" else value
                for value in draw(st.permutations(values))
            ]
            for kind, values in rule[side.peers].items()
        }
        base = {"protocol": rule["protocol"], "ports": ports, "action": "allow", "later": "unknown"}
        if draw(st.booleans()):
            out += [{**base, side.peers: {kind: [value]}} for kind, values in peers.items() for value in values]
        else:
            out.append({**base, side.peers: peers})
    return out
