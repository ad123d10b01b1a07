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
ACCEPT = {"accept": None}
FLAGS = {"payload": {"protocol": "tcp", "field": "flags"}}
SKUID = {"meta": {"key": "skuid"}}
DADDR = {"payload": {"protocol": "ip", "field": "daddr"}}
LEAVING = Packet(STRANGERS[0], 6379, "output", 101)
LEAVING_V6 = Packet(STRANGERS[1], 6379, "output", 101)


def _jump(target: str) -> dict[str, Any]:
    return {"jump": {"target": target}}


def _vmap(left: dict[str, Any], right: Any) -> dict[str, Any]:  # noqa: ANN401 - nft's JSON
    return {"vmap": {"key": left, "data": {"set": [[right, {"accept": None}], ["invalid", DROP]]}}}


def _ours(*allowed: dict[str, Any], uid: int = 101) -> list[dict[str, Any]]:
    """Return the shape of the role redis_firewall: one account's packets go through a chain of their own."""
    opening = {"&": [FLAGS, ["syn", "ack"]]}
    return [
        chain("output", "accept"),
        rule(match(SKUID, uid), _jump("service_out"), chain="output"),
        rule(match({"meta": {"key": "oifname"}}, "lo"), ACCEPT, chain="service_out"),
        rule(match(opening, "syn", "!="), ACCEPT, chain="service_out"),
        rule(match({"ct": {"key": "state"}}, ["established", "related"], "in"), ACCEPT, chain="service_out"),
        rule(match(DADDR, "10.1.7.7"), match(DPORT, 6379), ACCEPT, chain="service_out"),
        *(rule(one, ACCEPT, chain="service_out") for one in allowed),
        rule({"counter": "egress_refused"}, chain="service_out"),
        rule({"limit": {"rate": 10, "per": "minute"}}, {"log": {"prefix": "refused"}}, chain="service_out"),
        rule(DROP, chain="service_out"),
    ]


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


def _out(*expressions: dict[str, Any]) -> dict[str, Any]:
    return rule(*expressions, chain="output")


OUTPUT: list[tuple[str, list[dict[str, Any]], Packet, str]] = [
    ("nothing", [], LEAVING, OPEN),
    ("only what comes in", [chain("input", "drop")], LEAVING, OPEN),
    ("policy", [chain("output", "drop")], LEAVING, CLOSED),
    ("accept only", [chain("output", "accept"), _out(match(SKUID, 101), ACCEPT)], LEAVING, OPEN),
    ("ours", _ours(), LEAVING, CLOSED),
    ("ours, IPv6", _ours(), LEAVING_V6, CLOSED),
    ("ours, to a peer", _ours(), Packet("10.1.7.7", 6379, "output", 101), OPEN),
    ("ours, of another account", _ours(uid=102), LEAVING, OPEN),
    ("ours, of an account nobody knows", _ours(), Packet(STRANGERS[0], 6379, "output"), OPEN),
    ("ours, and everywhere else", _ours(match(DPORT, {"range": [1, 65535]})), LEAVING, OPEN),
    ("ours, and marked packets", _ours(match({"meta": {"key": "mark"}}, 7)), LEAVING, UNSURE),
    ("one rule", [chain("output", "accept"), _out(match(SKUID, 101), DROP)], LEAVING, CLOSED),
    ("reject", [chain("output", "accept"), _out(match(SKUID, 101), {"reject": None})], LEAVING, CLOSED),
    ("another account", [chain("output", "accept"), _out(match(SKUID, 102), DROP)], LEAVING, OPEN),
    ("all but root", [chain("output", "accept"), _out(match(SKUID, 0, "!="), DROP)], LEAVING, CLOSED),
    ("all but it", [chain("output", "accept"), _out(match(SKUID, 101, "!="), DROP)], LEAVING, OPEN),
    (
        "a range of accounts",
        [chain("output", "accept"), _out(match(SKUID, {"set": [0, {"range": [100, 200]}]}), DROP)],
        LEAVING,
        CLOSED,
    ),
    (
        "a map of accounts",
        [chain("output", "accept"), _out({"vmap": {"key": SKUID, "data": {"set": [[0, ACCEPT], [101, DROP]]}}})],
        LEAVING,
        CLOSED,
    ),
    ("after a blanket accept", [chain("output", "accept"), _out(ACCEPT), _out(match(SKUID, 101), DROP)], LEAVING, OPEN),
    ("one port", [chain("output", "accept"), _out(match(SKUID, 101), match(DPORT, 443), DROP)], LEAVING, OPEN),
    ("its group", [chain("output", "accept"), _out(match({"meta": {"key": "skgid"}}, 101), DROP)], LEAVING, OPEN),
    (
        "in a chain that nothing calls",
        [chain("output", "accept"), rule(match(SKUID, 101), DROP, chain="x")],
        LEAVING,
        OPEN,
    ),
    ("the source", [chain("output", "drop"), _out(match(SADDR, "10.1.7.7"), ACCEPT)], LEAVING, UNSURE),
    (
        "two flags",
        [chain("output", "drop"), _out(match({"&": [FLAGS, ["syn", "ack"]]}, ["syn", "ack"]), ACCEPT)],
        LEAVING,
        UNSURE,
    ),
    (
        "flags as newer versions write them",
        [chain("output", "drop"), _out(match({"&": [FLAGS, {"|": ["syn", "ack"]}]}, "syn", "!="), ACCEPT)],
        LEAVING,
        CLOSED,
    ),
    (
        "a mask of something else",
        [chain("output", "drop"), _out(match({"&": [{"meta": {"key": "mark"}}, ["syn"]]}, "syn"), ACCEPT)],
        LEAVING,
        UNSURE,
    ),
]


@pytest.mark.parametrize(("name", "rows", "packet", "expected"), OUTPUT, ids=[case[0] for case in OUTPUT])
def test_what_an_account_sends(name: str, rows: list[dict[str, Any]], packet: Packet, expected: str) -> None:
    assert reach(rows, packet) == expected, name


@pytest.mark.parametrize(("name", "rows", "packet", "expected"), CASES, ids=[case[0] for case in CASES])
def test_reach(name: str, rows: list[dict[str, Any]], packet: Packet, expected: str) -> None:
    assert reach(rows, packet) == expected, name


def test_every_base_chain_must_let_it_in() -> None:
    other = {"chain": {**chain("input", "drop")["chain"], "table": "ours"}}
    assert reach([chain("input", "accept"), other], STRANGER) == CLOSED
    v6 = {"chain": {**other["chain"], "family": "ip6"}}
    assert reach([chain("input", "accept"), v6], STRANGER) == OPEN
    assert reach([chain("input", "accept"), v6], IPV6) == CLOSED
