"""The running configuration."""

from __future__ import annotations

import pytest
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.audit.cases import (
    CONFIG,
    SECTIONS,
    Case,
    config,
    verify,
)

_REPLICA = {"role": "slave", "master_host": "10.1.2.4", "master_port": "6379"}


def _module(path: str, name: str = "vectorset") -> dict[str, object]:
    return {"modules": [{"name": name, "path": path}]}


def _without(name: str) -> dict[str, object]:
    return {"config": {key: value for key, value in CONFIG.items() if key != name}}


CASES = [
    Case("CFG-001", {}, "pass", "is no"),
    Case("CFG-001", config(enable_debug_command="yes"), "fail", "is yes", "high"),
    Case("CFG-001", config(enable_debug_command="local"), "fail", "is local", "medium"),
    Case("CFG-001", _without("enable-debug-command"), "not_applicable", "Redis 7.0"),
    Case("CFG-002", {}, "pass", "is no"),
    Case("CFG-002", config(enable_module_command="yes"), "fail", "MODULE LOAD", "high"),
    Case("CFG-003", {}, "pass", "is no"),
    Case("CFG-003", config(enable_protected_configs="yes"), "fail", "dbfilename", "high"),
    Case("CFG-004", {}, "pass", "/var/lib/redis"),
    Case("CFG-004", config(dir="/etc/cron.d"), "fail", "/etc/cron.d"),
    Case("CFG-004", config(dir="/srv/x/.ssh"), "fail", ".ssh"),
    Case("CFG-004", config(dbfilename="authorized_keys"), "fail", "authorized_keys"),
    Case("CFG-004", config(dir="/data/redis"), "info", "not one of"),
    Case("CFG-004", {**config(dir="/home/r"), "expected": {"data_dirs": ["/home/r"]}}, "pass", "/home/r"),
    Case("CFG-005", {}, "pass", "no rename-command"),
    Case("CFG-005", {"directives": {"rename-command": ["DEL "]}}, "fail", "DEL is disabled", "low"),
    Case("CFG-005", {"directives": {"rename-command": ["config s3cret"]}}, "fail", "config has another name", "medium"),
    Case("CFG-006", {}, "pass", "no module"),
    Case("CFG-006", {**_module(""), "server": SECTIONS["server"]}, "pass", "all expected"),
    Case("CFG-006", _module("/opt/x.so"), "fail", "/opt/x.so"),
    Case("CFG-006", {**_module("/opt/j.so", "json"), "expected": {"modules": ["json"]}}, "pass", "1 modules"),
    Case("CFG-006", {**_module(""), "server": {"product": "valkey"}}, "fail", "unknown path"),
    Case("CFG-009", {}, "pass", "1024 MiB, 25 %"),
    Case("CFG-009", config(maxmemory="0"), "fail", "no limit"),
    Case("CFG-009", config(maxmemory=str(4 * 2**30)), "fail", "100 %"),
    Case("CFG-009", {"memory": None}, "pass", "1024 MiB"),
    Case("CFG-019", {}, "pass", "primary"),
    Case("CFG-019", {"replication": _REPLICA}, "info", "10.1.2.4:6379"),
    Case("CFG-019", {"replication": _REPLICA, "expected": {"primary": "10.1.2.4:6379"}}, "pass", "10.1.2.4"),
    Case("CFG-019", {"replication": _REPLICA, "expected": {"primary": "10.1.2.5:6379"}}, "fail", "not 10.1.2.5"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_config(case: Case) -> None:
    verify(case)
