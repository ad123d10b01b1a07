"""Wishes: what is wrong with them, all at once, and how they are laid over what is there."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible_collections.rampart.redis.plugins.module_utils.digitalocean.firewall import Firewall
from ansible_collections.rampart.redis.plugins.module_utils.digitalocean.rules import INBOUND, Key, from_api
from ansible_collections.rampart.redis.plugins.module_utils.digitalocean.wish import (
    Wish,
    beyond_limits,
    laid_over,
    parse,
)
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.digitalocean.drawn import FIREWALLS, raw_rules
from hypothesis import given
from hypothesis import strategies as st

# The guide's block for DigitalOcean, letter by letter.
GUIDE = """
inbound_rules:
  - protocol: tcp
    port_range: "6379"
    sources:
      - "app-servers"
  - protocol: tcp
    port_range: "26379"
    sources:
      - "app-servers"
  - protocol: tcp
    port_range: "9121"
    sources:
      - "monitoring-servers"
outbound_rules:
  - protocol: tcp
    port_range: "1-65535"
    destinations: ["0.0.0.0/0"]
"""

TCP = {"protocol": "tcp", "ports": "22", "sources": {"addresses": ["10.0.0.1"]}}


def faults(**options: Any) -> list[str]:  # noqa: ANN401
    return parse({"name": "f-1", **options})[1]


def one(**rule: Any) -> list[str]:  # noqa: ANN401
    return faults(inbound_rules=[{**TCP, **rule}])


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"ports": "70000"}, "ports is 70000; ports are numbers from 1 to 65535"),
        ({"ports": "1-70000"}, "ports is 1-70000; ports are numbers from 1 to 65535"),
        ({"ports": "9000-8000"}, "ports is 9000-8000; the range is reversed, write 8000-9000"),
        ({"ports": "ssh"}, "ports is 'ssh'; write a port"),
        ({"protocol": "gre"}, "protocol is gre; it must be one of tcp, udp, icmp"),
        ({"sources": {"addresses": ["10.0.0.5/24"]}}, "write 10.0.0.0/24 for the network, or 10.0.0.5 for the host"),
        ({"sources": {"addresses": ["app-servers"]}}, "'app-servers' is neither an address nor a network"),
        ({"sources": {"tags": ["app servers"]}}, "'app servers' is no tag"),
        ({"sources": {"droplet_ids": ["web-1"]}}, "'web-1' is no number of a droplet"),
        ({"sources": {"vpcs": ["v"], "tags": ["a"]}}, "vpcs is no kind of sources"),
        ({"sources": {}}, "sources is empty, so the rule would let nobody through"),
        ({"sources": {"tags": []}}, "sources is empty"),
        ({"sources": None}, "sources is empty"),
        ({"source": {}}, "source is no field of a rule; a rule has ports, protocol, sources"),
    ],
)
def test_a_fault_is_told_with_its_place(rule: dict[str, Any], words: str) -> None:
    (sentence,) = one(**rule)
    assert sentence.startswith("inbound rule 1: ")
    assert words in sentence


def test_missing_fields_are_told() -> None:
    assert faults(outbound_rules=[{"destinations": {"tags": ["a"]}}]) == [
        "outbound rule 1: protocol is missing; it must be one of tcp, udp, icmp",
        "outbound rule 1: ports is missing; write a port, a range such as 8000-9000, or all",
    ]
    assert faults(outbound_rules=[{"protocol": "icmp", "destinations": {"tags": ["a"]}}]) == []


@pytest.mark.parametrize("name", ["a", "", "-a", "a_b", "a b", "ä1"])
def test_a_name_the_api_refuses_is_told(name: str) -> None:
    (sentence,) = parse({"name": name})[1]
    assert "must be letters, digits, dots and dashes" in sentence


def test_everything_that_is_wrong_is_told_at_once() -> None:
    _wish, sentences = parse({"name": "f-1", **yaml.safe_load(GUIDE)})
    inbound, every = "inbound rule 1, inbound rule 2, inbound rule 3", "outbound rule 1"
    kinds = "must say of which kind they are, such as {tags: [web]} or {addresses: [10.0.0.0/24]}"
    assert sentences == [
        f"{inbound}, {every}: port_range is no field of a rule; it is called ports",
        f"{inbound}: sources {kinds}",
        f"{every}: destinations {kinds}",
    ]


def test_what_was_meant_is_understood() -> None:
    wish, _faults = parse({"name": "f-1", **yaml.safe_load(GUIDE)})
    assert wish.inbound is not None
    assert wish.inbound[Key("allow", "tcp", "6379")] == {("tags", "app-servers")}
    assert wish.outbound == {Key("allow", "tcp", "all"): frozenset({("addresses", "0.0.0.0/0")})}


HAVE = Firewall("f-1", {Key("allow", "tcp", "22"): frozenset({("tags", "a")})}, {}, frozenset({"t"}), frozenset({1}))


def test_what_is_not_given_stays() -> None:
    assert laid_over(HAVE, parse({"name": "f-1"})[0]) == HAVE


def test_what_is_empty_is_emptied() -> None:
    wish, _faults = parse({"name": "f-1", "inbound_rules": [], "tags": [], "droplet_ids": []})
    assert laid_over(HAVE, wish) == Firewall("f-1")


def test_without_purge_the_wish_is_added() -> None:
    wish, _faults = parse({"name": "f-1", "inbound_rules": [TCP], "tags": ["u"], "droplet_ids": [2], "purge": False})
    got = laid_over(HAVE, wish)
    assert got.inbound == {Key("allow", "tcp", "22"): {("tags", "a"), ("addresses", "10.0.0.1")}}
    assert sorted(got.tags) == ["t", "u"]
    assert sorted(got.droplet_ids) == [1, 2]


@given(have=FIREWALLS, raw=raw_rules(INBOUND), purge=st.booleans())
def test_a_wish_that_is_fulfilled_changes_nothing(have: Firewall, raw: list[dict[str, Any]], *, purge: bool) -> None:
    wish = Wish(have.name, inbound=from_api(raw, INBOUND), purge=purge)
    once = laid_over(have, wish)
    assert laid_over(once, wish) == once


def test_limits_of_the_api() -> None:
    peer = frozenset({("tags", "a")})
    rules = {Key("allow", "tcp", str(port)): peer for port in range(1, 52)}
    wide = {Key("allow", "tcp", "1"): frozenset(("addresses", str(number)) for number in range(1001))}
    assert beyond_limits(Firewall("f", rules)) == ["51 is more than the 50 rules"]
    assert "1001 is more than the 1000 sources" in beyond_limits(Firewall("f", wide))[0]
    many = Firewall("f", {Key("allow", "tcp", "1"): peer}, {}, frozenset("abcdef"), frozenset(range(11)))
    assert [text[:10] for text in beyond_limits(many)] == ["6 is more ", "11 is more"]
    assert beyond_limits(Firewall("f")) == ["a firewall needs one rule at least"]
