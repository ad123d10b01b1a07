"""Connections and exporters."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.audit.cases import Case, config, verify

PUBLIC = "10.1.2.3"


def _exporter(address: str, metrics: Any, scrape: Any = "no HTTP") -> dict[str, Any]:  # noqa: ANN401 - number or text
    row = {"pid": 7, "uid": 990, "address": address, "port": 9121, "metrics": metrics, "scrape": scrape}
    return {"exporter": [row]}


def _client(addr: str = "10.1.2.9:5000", **more: str) -> dict[str, Any]:
    row = {"addr": addr, "user": "app", "idle": "4000", "flags": "N", "sub": "0", "psub": "0"}
    return {"clients": [{**row, **more}]}


def _inside(*cidrs: str) -> dict[str, Any]:
    return {"expected": {"client_cidrs": list(cidrs)}}


CASES = [
    Case("NET-010", {}, "pass", "loopback only"),
    Case("NET-010", {"exporter": []}, "not_applicable", "no exporter"),
    Case("NET-010", _exporter(PUBLIC, 401, 401), "pass", "a login is asked for"),
    Case("NET-010", _exporter(PUBLIC, 200), "fail", "answers /metrics", "medium"),
    Case("NET-010", _exporter(PUBLIC, 200, 400), "fail", "answers /scrape", "high"),
    Case("NET-011", {}, "info", "10.1.2.9"),
    Case("NET-011", _client("/run/redis.sock:0"), "pass", "this host"),
    Case("NET-011", _inside("10.1.0.0/16"), "pass", "all from inside"),
    Case("NET-011", _inside("10.2.0.0/16"), "fail", "a client from 10.1.2.9"),
    Case("NET-011", {**_client("[2001:db8::1]:99"), **_inside("10.0.0.0/8")}, "fail", "2001:db8::1"),
    Case("NET-012", {}, "pass", "none in /var/log"),
    Case("NET-012", {"log": {"source": "the journal", "attacks": 3}}, "fail", "3 entries in the journal"),
    Case("NET-013", {}, "pass", "tcp-keepalive is 300"),
    Case("NET-013", config(tcp_keepalive="0"), "fail", "tcp-keepalive is 0"),
    Case("NET-013", _client(), "fail", "idle for 4000 s"),
    Case("NET-013", _client(flags="S"), "pass", "300"),
    Case("NET-013", _client(sub="2"), "pass", "300"),
    Case("NET-013", {**_client(), **config(timeout="3600")}, "pass", "timeout is 3600"),
    Case("NET-013", {**_client(), "expected": {"idle_seconds": 9000}}, "pass", "300"),
    Case("NET-014", {}, "pass", "2 of 10000"),
    Case("NET-014", {"limits": {"open_files": 1024, "core": 0, "swapped": 0}}, "fail", "1024 open files"),
    Case("NET-014", {"stats": {"connected_clients": "9000"}}, "fail", "9000 of 10000"),
    Case("NET-014", {"limits": {"open_files": None, "core": 0, "swapped": 0}}, "pass", "unlimited"),
    Case("NET-015", {}, "not_applicable", "no RDMA"),
    Case("NET-015", config(rdma_port="0"), "pass", "rdma-port is 0"),
    Case("NET-015", config(rdma_port="6380"), "fail", "rdma-port is 6380"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_connections(case: Case) -> None:
    verify(case)
