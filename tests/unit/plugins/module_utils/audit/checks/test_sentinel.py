"""Sentinel."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.audit.cases import Case, config, file, verify

SERVERS = (("redis", "8.2.10"), ("valkey", "9.1.4"))
_PONG = {"doors": [{"door": "10.1.2.3:26379", "result": "open", "answer": "PONG"}]}
_ROW = {"name": "main", "address": "10.1.2.3:6379", "quorum": "2", "others": "2", "reached": "OK 3 usable Sentinels"}
_SCRIPT = "/usr/local/sbin/notify"


def _lines(*lines: str) -> dict[str, Any]:
    return {"directives": {"sentinel": list(lines)}}


def _monitored(*declared: str, **more: str) -> dict[str, Any]:
    return {"monitored": [{**_ROW, **more}], "expected": {"monitored": list(declared)}}


def _files(**more: Any) -> dict[str, Any]:  # noqa: ANN401
    script = {**file(_SCRIPT, "script", 0o755), **more}
    return {"files": [script, file("/usr/local/sbin", "script folder", 0o755)]}


def _cases(product: str, version: str) -> list[Case]:
    mode = {"server": {"product": product, "version": version, "mode": "sentinel"}}
    table: list[tuple[str, dict[str, Any], str, str]] = [
        ("SEN-001", {}, "pass", "NOAUTH"),
        ("SEN-001", _PONG, "fail", "26379 answered PONG"),
        ("SEN-002", {}, "pass", "bind is 10.1.2.3"),
        ("SEN-002", config(bind="*"), "fail", "bind has *"),
        ("SEN-002", config(bind="203.0.113.9"), "fail", "bind has 203.0.113.9"),
        ("SEN-003", _PONG, "not_applicable", "no login"),
        ("SEN-003", _lines("sentinel-pass (set)"), "pass", "is set"),
        ("SEN-003", _lines("monitor main 10.1.2.3 6379 2"), "fail", "sentinel-pass is not set"),
        ("SEN-004", _lines(), "pass", "is yes"),
        ("SEN-004", _lines("deny-scripts-reconfig no"), "fail", "is no"),
        ("SEN-005", {}, "not_applicable", "no script"),
        ("SEN-005", _files(), "pass", _SCRIPT),
        ("SEN-005", _files(mode=0o775), "fail", f"{_SCRIPT} is root 0775"),
        ("SEN-005", _files(owner="redis"), "fail", f"{_SCRIPT} is redis 0755"),
        ("SEN-005", {"files": [*_files()["files"], file("/tmp", "script folder", 0o1777)]}, "pass", _SCRIPT),  # noqa: S108 - a folder that all share
        ("SEN-006", {}, "pass", "tls-replication is yes"),
        ("SEN-006", config(port="26379"), "fail", "port 26379 speaks plaintext on 10.1.2.3"),
        ("SEN-006", config(tls_replication="no"), "fail", "tls-replication is not yes"),
        ("SEN-007", _monitored("main 10.1.2.3:6379"), "pass", "main 10.1.2.3:6379"),
        ("SEN-007", _monitored("main 10.1.2.4:6379"), "fail", "main 10.1.2.3:6379 is not declared"),
        ("SEN-007", _monitored(reached="NOQUORUM"), "fail", "a quorum of 2 is not reached"),
        ("SEN-007", _monitored(quorum="1"), "fail", "a quorum of 1 of 3 is no majority"),
        ("SEN-007", {"monitored": [_ROW]}, "info", "does not say"),
        ("SEN-007", {"monitored": [{**_ROW, "quorum": "4"}]}, "fail", "3 Sentinels, and a quorum of 4"),
    ]
    return [Case(check, {**mode, **change}, status, says) for check, change, status, says in table]


CASES = [Case(f"SEN-{number:03d}", {}, "not_applicable", "not a Sentinel") for number in range(1, 8)]
CASES += [case for product, version in SERVERS for case in _cases(product, version)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.products[0]} {case.name}")
def test_sentinel(case: Case) -> None:
    verify(case)
