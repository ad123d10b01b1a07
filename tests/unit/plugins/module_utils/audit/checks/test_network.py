"""Network exposure."""

from __future__ import annotations

import pytest
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.audit.cases import (
    OPEN,
    Case,
    config,
    file,
    verify,
)

ANY = "0.0.0.0"  # noqa: S104 - judged, not bound to


def _sockets(*addresses: str) -> dict[str, object]:
    return {"sockets": [{"address": address, "port": 6379} for address in addresses]}


def _door(result: str, answer: str) -> dict[str, object]:
    return {"door": "10.1.2.3:6379", "result": result, "answer": answer}


def _socket_file(mode: int, **more: bool) -> dict[str, object]:
    path = "/run/redis/redis.sock"
    return {**config(unixsocket=path), "files": [file(path, "socket", mode, **more)]}


CASES = [
    Case("NET-001", {}, "pass", "2 sockets"),
    Case("NET-001", _sockets(ANY), "fail", f"{ANY} port 6379", "high"),
    Case("NET-001", {**_sockets("::"), "users": [OPEN]}, "fail", ":: port 6379", "critical"),
    Case("NET-001", _sockets("203.0.113.7"), "fail", "203.0.113.7"),
    Case("NET-001", _sockets("::ffff:10.1.2.3", "::1", "fe80::1%eth0"), "pass", "3 sockets"),
    Case("NET-001", {**_sockets("10.1.2.3"), "expected": {"listen_cidrs": ["127.0.0.0/8"]}}, "fail", "10.1.2.3"),
    Case("NET-001", _sockets(), "not_applicable", "no TCP socket"),
    Case("NET-002", {}, "pass", "10.1.2.3"),
    Case("NET-002", config(bind="* -::*"), "fail", '"* -::*"'),
    Case("NET-002", config(bind=f"-{ANY}"), "fail", ANY),
    Case("NET-002", config(bind=""), "fail", '""'),
    Case("NET-002", config(tls_port="0"), "not_applicable", "no TCP port"),
    Case("NET-003", {}, "pass", "default user is off"),
    Case("NET-003", {**config(protected_mode="no"), "users": [OPEN]}, "fail", "protected-mode is no"),
    Case("NET-003", {"users": [OPEN]}, "pass", "from other hosts"),
    Case("NET-003", config(protected_mode="no"), "pass", "needs a password"),
    Case("NET-003", {"server": {"mode": "sentinel"}}, "not_applicable", "Sentinel"),
    Case("NET-004", {}, "pass", "port is 0"),
    Case("NET-004", config(port="6379"), "fail", "plaintext on 10.1.2.3"),
    Case("NET-004", config(port="6379", bind="127.0.0.1 -::1"), "pass", "loopback"),
    Case("NET-004", config(port="6379", bind="localhost redis.example"), "fail", "redis.example"),
    Case("NET-004", config(tls_port="0"), "not_applicable", "no TCP port"),
    Case("NET-005", {}, "pass", "NOAUTH"),
    Case("NET-005", {"doors": [_door("closed", "NOAUTH"), _door("open", "PONG")]}, "fail", "answered PONG"),
    Case("NET-005", {"doors": [_door("unknown", "connection reset")]}, "not_evaluated", "connection reset"),
    Case("NET-009", {}, "not_applicable", "no unix socket"),
    Case("NET-009", _socket_file(0o770), "pass", "0770"),
    Case("NET-009", _socket_file(0o777), "fail", "0777", "high"),
    Case("NET-009", _socket_file(0o777, sheltered=True), "fail", "directory above", "medium"),
    Case("NET-009", config(unixsocket="/run/x"), "not_evaluated", "not found"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_network(case: Case) -> None:
    verify(case)
