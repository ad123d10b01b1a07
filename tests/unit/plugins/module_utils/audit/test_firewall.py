"""A packet through nftables' rules."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.audit.firewall import (
    CLOSED,
    OPEN,
    STRANGERS,
    UNSURE,
    Packet,
    reach,
)
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.audit.cases import (
    DPORT,
    FIREWALL,
    SADDR,
    accept,
    chain,
    match,
    rule,
)

STRANGER = Packet(STRANGERS[0], 6379)
FRIEND = Packet("10.1.7.7", 6379)
IPV6 = Packet(STRANGERS[1], 6379)
PORTS = {"set": {"family": "inet", "table": "filter", "name": "ports", "elem": [22, {"range": [6000, 7000]}]}}
FRIENDS = {
    "set": {
        "family": "inet",
        "table": "filter",
        "name": "friends",
        "elem": [{"prefix": {"addr": "10.1.0.0", "len": 16}}, {"elem": {"val": "10.9.9.9", "timeout": 60}}],
    }
}
DROP = {"drop": None}


def _jump(target: str) -> dict[str, Any]:
    return {"jump": {"target": target}}


def _vmap(left: dict[str, Any], right: Any) -> dict[str, Any]:  # noqa: ANN401 - nft's JSON
    return {"vmap": {"key": left, "data": {"set": [[right, {"accept": None}], ["invalid", DROP]]}}}


CASES: list[tuple[str, list[dict[str, Any]], Packet, str]] = [
    ("nothing", [], STRANGER, OPEN),
    ("no base chain", [rule(DROP, chain="unused")], STRANGER, OPEN),
    ("policy", [chain("input", "drop")], STRANGER, CLOSED),
    ("a client", FIREWALL, FRIEND, OPEN),
    ("a stranger", FIREWALL, STRANGER, CLOSED),
    ("another port", FIREWALL, Packet("10.1.7.7", 9121), CLOSED),
    ("other hooks", [chain("output", "drop")], STRANGER, OPEN),
    ("first rule wins", [chain("input", "accept"), rule(match(DPORT, 6379), DROP), accept()], STRANGER, CLOSED),
    ("reject", [chain("input", "accept"), rule({"counter": {}}, {"reject": {"type": "tcp reset"}})], STRANGER, CLOSED),
    ("jump", [chain("input", "drop"), rule(_jump("allowed")), rule({"accept": None}, chain="allowed")], STRANGER, OPEN),
    (
        "return",
        [
            chain("input", "drop"),
            rule(_jump("a")),
            rule({"return": None}, chain="a"),
            rule({"accept": None}, chain="a"),
        ],
        STRANGER,
        CLOSED,
    ),
    ("a circle", [chain("input", "drop"), rule(_jump("a")), rule(_jump("a"), chain="a")], STRANGER, CLOSED),
    ("a set of ports", [PORTS, chain("input", "drop"), accept(match(DPORT, "@ports"))], STRANGER, OPEN),
    ("a set of friends", [FRIENDS, chain("input", "drop"), accept(match(SADDR, "@friends"))], STRANGER, CLOSED),
    ("one of them", [FRIENDS, chain("input", "drop"), accept(match(SADDR, "@friends"))], Packet("10.9.9.9", 1), OPEN),
    (
        "a range",
        [chain("input", "drop"), accept(match(SADDR, {"range": ["203.0.113.0", "203.0.113.99"]}))],
        STRANGER,
        OPEN,
    ),
    ("not from here", [chain("input", "drop"), accept(match(SADDR, "10.1.7.7", "!="))], STRANGER, OPEN),
    (
        "IPv4 only",
        [chain("input", "drop"), accept(match(SADDR, {"prefix": {"addr": "128.0.0.0", "len": 1}}))],
        IPV6,
        CLOSED,
    ),
    ("the loopback", [chain("input", "drop"), accept(match({"meta": {"key": "iif"}}, "lo"))], STRANGER, CLOSED),
    ("an interface", [chain("input", "drop"), accept(match({"meta": {"key": "iifname"}}, "eth1"))], STRANGER, CLOSED),
    (
        "udp",
        [chain("input", "drop"), accept(match({"payload": {"protocol": "udp", "field": "dport"}}, 53))],
        STRANGER,
        CLOSED,
    ),
    ("a mark", [chain("input", "drop"), accept(match({"meta": {"key": "mark"}}, 7))], STRANGER, UNSURE),
    ("states", [chain("input", "drop"), rule(_vmap({"ct": {"key": "state"}}, "established"))], STRANGER, CLOSED),
    ("a map of ports", [chain("input", "drop"), rule(_vmap(DPORT, 6379))], STRANGER, OPEN),
    ("a map of marks", [chain("input", "drop"), rule(_vmap({"meta": {"key": "mark"}}, 7))], STRANGER, UNSURE),
    ("an unknown drop", [chain("input", "accept"), rule({"xt": {"name": "recent"}}, DROP)], STRANGER, OPEN),
]


@pytest.mark.parametrize(("name", "rows", "packet", "expected"), CASES, ids=[case[0] for case in CASES])
def test_reach(name: str, rows: list[dict[str, Any]], packet: Packet, expected: str) -> None:
    assert reach(rows, packet) == expected, name


def test_every_base_chain_must_let_it_in() -> None:
    other = {"chain": {**chain("input", "drop")["chain"], "table": "ours"}}
    assert reach([chain("input", "accept"), other], STRANGER) == CLOSED
    v6 = {"chain": {**other["chain"], "family": "ip6"}}
    assert reach([chain("input", "accept"), v6], STRANGER) == OPEN
    assert reach([chain("input", "accept"), v6], IPV6) == CLOSED
