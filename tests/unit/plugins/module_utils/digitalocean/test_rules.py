"""Rules in one form: what is equal compares equal, and nothing else does."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.digitalocean.rules import (
    INBOUND,
    OUTBOUND,
    Key,
    canonical_address,
    canonical_ports,
    covers,
    from_api,
    networks,
    peers_of,
    to_api,
    told_peers,
    told_ports,
    unknown_kinds,
)
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.digitalocean.drawn import raw_rules, respelt
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("protocol", "text", "ports"),
    [
        ("tcp", "0", "all"),
        ("tcp", "all", "all"),
        ("udp", "ALL", "all"),
        ("tcp", "1-65535", "all"),
        ("tcp", "0-65535", "all"),
        ("tcp", " 22 ", "22"),
        ("tcp", 22, "22"),
        ("tcp", "0022", "22"),
        ("tcp", "22-22", "22"),
        ("tcp", "8000 - 9000", "8000-9000"),
        ("tcp", "1-65534", "1-65534"),
        ("icmp", "0", "all"),
        ("icmp", "8", "all"),
        ("icmp", None, "all"),
        ("tcp", "ssh", "ssh"),
        ("tcp", "22-", "22-"),
    ],
)
def test_ports_have_one_form(protocol: str, text: object, ports: str) -> None:
    assert canonical_ports(protocol, text) == ports


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("10.0.0.5/32", "10.0.0.5"),
        ("10.0.0.5", "10.0.0.5"),
        ("10.0.0.0/24", "10.0.0.0/24"),
        ("2001:DB8:0:0::1/128", "2001:db8::1"),
        ("::/0", "::/0"),
        ("0.0.0.0/0", "0.0.0.0/0"),
        ("10.0.0.5/24", "10.0.0.0/24"),
        ("not an address", "not an address"),
    ],
)
def test_addresses_have_one_form(text: str, address: str) -> None:
    assert canonical_address(text) == address


@pytest.mark.parametrize(
    ("key", "protocol", "port", "through"),
    [
        (Key("allow", "tcp", "22"), "tcp", 22, True),
        (Key("allow", "tcp", "20-30"), "tcp", 30, True),
        (Key("allow", "tcp", "20-30"), "tcp", 31, False),
        (Key("allow", "tcp", "all"), "tcp", 65535, True),
        (Key("allow", "udp", "all"), "tcp", 22, False),
        (Key("deny", "tcp", "22"), "tcp", 22, False),
        (Key("allow", "tcp", "ssh"), "tcp", 22, False),
    ],
)
def test_what_a_rule_covers(key: Key, protocol: str, port: int, *, through: bool) -> None:
    assert covers(key, protocol, port) is through


def test_halves_of_the_internet_are_the_internet() -> None:
    peers = peers_of({"addresses": ["0.0.0.0/1", "128.0.0.0/1", "::/1", "8000::/1", "nonsense"]})
    assert [str(network) for network in networks(peers)] == ["0.0.0.0/0", "::/0"]


def test_rules_are_merged_and_sent_in_one_order() -> None:
    raw: list[dict[str, Any]] = [
        {"protocol": "udp", "ports": "0", "sources": {"addresses": ["10.0.0.1/32"]}},
        {"protocol": "tcp", "ports": "22", "sources": {"droplet_ids": [7]}},
        {"protocol": "tcp", "ports": "22", "sources": {"tags": ["b", "a"], "addresses": None}},
        {"protocol": "icmp", "ports": "0", "action": "deny", "sources": {"addresses": ["::/0"]}},
    ]
    assert to_api(from_api(raw, INBOUND), INBOUND) == [
        {"protocol": "tcp", "ports": "22", "sources": {"droplet_ids": [7], "tags": ["a", "b"]}},
        {"protocol": "udp", "ports": "1-65535", "sources": {"addresses": ["10.0.0.1"]}},
        {"protocol": "icmp", "ports": "1-65535", "action": "deny", "sources": {"addresses": ["::/0"]}},
    ]
    assert from_api(None, OUTBOUND) == {}


def test_peers_of_a_kind_we_do_not_know_are_noticed() -> None:
    raw: list[dict[str, Any]] = [{"sources": {"vpc_uuids": ["v"], "tags": ["a"], "later": []}}, {"sources": None}]
    assert unknown_kinds(raw, INBOUND) == ["vpc_uuids"]


@pytest.mark.parametrize(
    ("key", "text"),
    [
        (Key("allow", "tcp", "22"), "tcp 22"),
        (Key("allow", "udp", "all"), "all udp"),
        (Key("allow", "icmp", "all"), "icmp"),
        (Key("deny", "tcp", "22"), "deny tcp 22"),
    ],
)
def test_rules_are_told(key: Key, text: str) -> None:
    assert told_ports(key) == text


def test_peers_are_told() -> None:
    peers = peers_of({"addresses": ["10.0.0.1/32"], "tags": ["web"], "droplet_ids": [3], "load_balancer_uids": ["u"]})
    assert told_peers(peers) == "10.0.0.1, droplet 3, load balancer u, tag web"
    assert told_peers([]) == "nobody"


@given(st.data())
def test_spelling_and_order_make_no_difference(data: st.DataObject) -> None:
    raw = data.draw(raw_rules(INBOUND))
    again = data.draw(respelt(raw, INBOUND))
    assert from_api(again, INBOUND) == from_api(raw, INBOUND)


@given(raw_rules(OUTBOUND))
def test_what_is_sent_reads_back_the_same(raw: list[dict[str, Any]]) -> None:
    rules = from_api(raw, OUTBOUND)
    assert from_api(to_api(rules, OUTBOUND), OUTBOUND) == rules
    assert to_api(from_api(to_api(rules, OUTBOUND), OUTBOUND), OUTBOUND) == to_api(rules, OUTBOUND)
