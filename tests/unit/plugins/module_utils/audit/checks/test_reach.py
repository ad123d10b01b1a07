"""Firewalls."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.audit.cases import (
    CLIENTS,
    DPORT,
    SADDR,
    UNIT,
    Case,
    accept,
    chain,
    config,
    match,
    rule,
    verify,
)

EVERYWHERE = {**UNIT, "denied_addresses": []}


def _firewall(*rows: dict[str, Any], policy: str = "drop") -> dict[str, Any]:
    return {"firewall": [chain("input", policy), *rows]}


def _cloud(*sources: str, port: int = 6379) -> dict[str, Any]:
    rules = [{"port": port, "sources": list(sources)}]
    return {"cloud": {"provider": "DigitalOcean", "firewalls": [{"name": "redis", "inbound": rules}]}}


def _leaving(*rows: dict[str, Any], policy: str = "accept") -> dict[str, Any]:
    return {"unit": EVERYWHERE, "firewall": [chain("output", policy), *rows]}


def _limited(uid: int, *more: dict[str, Any]) -> dict[str, Any]:
    return rule(match({"meta": {"key": "skuid"}}, uid), *more, {"drop": None}, chain="output")


_LOCAL = {"sockets": [{"address": "127.0.0.1", "port": 6379}]}
_CLUSTER = config(cluster_enabled="yes", tls_cluster="yes", tls_port="6379")

CASES = [
    Case("NET-006", {}, "pass", "port 6379"),
    Case("NET-006", _LOCAL, "not_applicable", "only this host"),
    Case("NET-006", {"firewall": []}, "fail", "port 6379 is open to 203.0.113.77"),
    Case("NET-006", _firewall(policy="accept"), "fail", "203.0.113.77"),
    Case("NET-006", _firewall(accept()), "fail", "203.0.113.77"),
    Case("NET-006", _firewall(accept(match(DPORT, {"set": [22, 6379]}))), "fail", "203.0.113.77"),
    Case("NET-006", _firewall(accept(match(DPORT, 22))), "pass", "kept"),
    Case("NET-006", _firewall(accept(match(SADDR, CLIENTS, "!="), match(DPORT, 6379))), "fail", "203.0.113.77"),
    Case("NET-006", _firewall(accept({"xt": {"name": "owner"}})), "info", "cannot read"),
    Case(
        "NET-006",
        {
            "expected": {"client_cidrs": ["10.9.0.0/16"]},
            **_firewall(accept(match(SADDR, {"prefix": {"addr": "10.0.0.0", "len": 8}}))),
        },
        "fail",
        "10.255.255.254",
    ),
    Case(
        "NET-006",
        {
            "sockets": [{"address": "::", "port": 6379}],
            **_firewall(accept(match({"meta": {"key": "nfproto"}}, "ipv6"))),
        },
        "fail",
        "2001:db8::77",
    ),
    Case("NET-007", {}, "not_applicable", "cluster-enabled is no"),
    Case("NET-007", _CLUSTER, "pass", "bus port 16379"),
    Case("NET-007", {**_CLUSTER, **_firewall(policy="accept")}, "fail", "port 16379 is open"),
    Case("NET-007", config(cluster_enabled="yes", port="7000", tls_port="0"), "pass", "17000"),
    Case("NET-007", config(cluster_enabled="yes", cluster_port="9000"), "pass", "trusts whoever speaks"),
    Case("NET-008", {}, "not_applicable", "no machine"),
    Case("NET-008", {"cloud": {"provider": "DigitalOcean", "firewalls": None}}, "not_evaluated", "nobody asked"),
    Case("NET-008", {"cloud": {"provider": "DigitalOcean", "firewalls": []}}, "fail", "in no firewall"),
    Case("NET-008", _cloud("10.0.0.0/8"), "pass", "none admits"),
    Case("NET-008", _cloud("::/0"), "fail", "admits ::/0 to port 6379", "critical"),
    Case("NET-008", _cloud("0.0.0.0/0", port=443), "pass", "none admits"),
    Case("NET-016", {}, "pass", "denies all addresses"),
    Case("NET-016", {"unit": {}}, "not_applicable", "no systemd unit"),
    Case("NET-016", {"unit": EVERYWHERE}, "fail", "no IPAddressDeny", "low"),
    Case("NET-016", _leaving(policy="drop"), "pass", "drops what the server sends"),
    Case("NET-016", _leaving(rule({"accept": None}, chain="output"), policy="drop"), "fail", "6379 of 203.0.113.77"),
    Case("NET-016", _leaving(_limited(101)), "pass", "drops what the server sends"),
    Case("NET-016", _leaving(_limited(102)), "fail", "port 47000 of 2001:db8::77", "low"),
    Case("NET-016", _leaving(_limited(101, match(DPORT, 6379))), "fail", "out to port 47000 of 203.0.113.77"),
    Case("NET-016", _leaving(_limited(101, match(DPORT, 443, "!="))), "pass", "drops what the server sends"),
    Case(
        "NET-016",
        _leaving(_limited(101, match({"meta": {"key": "nfproto"}}, "ipv4"))),
        "fail",
        "out to port 6379 of 2001",
    ),
    Case("NET-016", _leaving(rule({"accept": None}, chain="output"), _limited(101)), "fail", "203.0.113.77"),
    Case(
        "NET-016", _leaving(rule({"xt": None}, {"accept": None}, chain="output"), policy="drop"), "info", "cannot read"
    ),
    Case("NET-016", {**_leaving(_limited(101)), "process": None}, "fail", "203.0.113.77"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_reach(case: Case) -> None:
    verify(case)
