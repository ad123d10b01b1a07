"""Further settings."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.audit.cases import (
    BUG,
    SECRET,
    SECTIONS,
    UNIT,
    USERS,
    Case,
    config,
    user,
    verify,
)


def _server(version: str, product: str = "redis") -> dict[str, Any]:
    return {"server": {"product": product, "version": version, "mode": "standalone"}}


def _written(**directives: str) -> dict[str, Any]:
    found = {name.replace("_", "-"): [value] for name, value in directives.items()}
    return {"directives": {**SECTIONS["directives"], **found}}


_RESTORER = {"users": [*USERS, user("web", f"on #{SECRET} +restore")]}
_CRASHES = {"bugs": [{**BUG, "id": "CVE-2026-130822"}]}
_SLAVE = {"replication": {"role": "slave"}}

CASES = [
    Case("CFG-007", {}, "pass", "no functions"),
    Case("CFG-007", {"functions": ["mylib"]}, "fail", "library mylib"),
    Case("CFG-007", {"functions": ["mylib"], "expected": {"functions": ["mylib"]}}, "pass", "all expected"),
    Case("CFG-008", {}, "pass", "4 directives"),
    Case("CFG-008", _written(maxmemory="2gb"), "fail", "maxmemory is 1073741824, the file says 2gb"),
    Case("CFG-008", _written(save="3600 1 300 100 60 10000", dir="./", timeout="0"), "pass", "7 directives"),
    Case("CFG-008", {"directives": {"save": ["3600 1", "300 100", "60 10000"]}}, "pass", "1 directives"),
    Case("CFG-008", {"directives": {"bind": ["10.1.2.3", "127.0.0.1"]}}, "fail", "bind is"),
    Case("CFG-008", {"directives": {}, **_server("8.2.10")}, "fail", "without a configuration file"),
    Case("CFG-008", {"directives": {}, **_server("9.1.4", "valkey")}, "fail", "without a configuration file"),
    Case("CFG-010", {}, "not_applicable", "does not say"),
    Case("CFG-010", {"expected": {"eviction_policy": "noeviction"}}, "pass", "noeviction"),
    Case("CFG-010", {"expected": {"eviction_policy": "allkeys-lru"}}, "fail", "not allkeys-lru"),
    Case("CFG-011", {}, "pass", "normal 268435456 67108864"),
    Case("CFG-011", config(client_output_buffer_limit="normal 0 0 0 slave 1 1 60 pubsub 1 1 60"), "fail", "normal 0 0"),
    Case("CFG-012", {}, "pass", "536870912"),
    Case("CFG-012", config(proto_max_bulk_len="4294967296"), "fail", "proto-max-bulk-len is 4294967296"),
    Case("CFG-012", config(client_query_buffer_limit=None), "pass", "536870912"),
    Case("CFG-013", {}, "pass", "is 0"),
    Case("CFG-013", config(maxmemory_clients=None), "not_applicable", "no maxmemory-clients"),
    Case("CFG-013", config(maxmemory_clients="5%"), "pass", "5%"),
    Case("CFG-013", {**config(maxmemory_clients="5%"), **_CRASHES}, "fail", "this build has CVE-2026-130822"),
    Case("CFG-014", {**_server("8.2.10")}, "pass", "only administrators"),
    Case("CFG-014", {**_server("8.1.1", "valkey")}, "pass", "only administrators"),
    Case("CFG-014", {**_server("9.1.4", "valkey")}, "not_applicable", "always checks"),
    Case("CFG-014", {**_server("6.0.16")}, "not_applicable", "no such switch"),
    Case("CFG-014", {**_server("8.2.10"), **_RESTORER}, "fail", "web may run RESTORE"),
    Case("CFG-014", {**_server("8.1.1", "valkey"), **_RESTORER}, "fail", "web may run RESTORE"),
    Case("CFG-014", {**_server("8.2.10"), **config(sanitize_dump_payload="clients")}, "pass", "clients"),
    Case("CFG-015", {}, "pass", "loglevel is notice"),
    Case("CFG-015", config(loglevel="warning"), "fail", "loglevel is warning"),
    Case("CFG-015", config(logfile="/dev/null"), "fail", "/dev/null"),
    Case("CFG-015", config(logfile="", syslog_enabled="no"), "pass", "journal"),
    Case("CFG-015", {**config(logfile="", syslog_enabled="no"), "unit": {}}, "fail", "goes to a terminal"),
    Case("CFG-015", {**config(logfile="", syslog_enabled="no"), "unit": None}, "pass", "notice"),
    Case("CFG-016", {}, "pass", "is yes"),
    Case("CFG-016", config(hide_user_data_from_log="no"), "fail", "is no"),
    Case("CFG-016", config(hide_user_data_from_log=None), "not_applicable", "no hide-user-data-from-log"),
    Case("CFG-017", {}, "pass", "is no"),
    Case("CFG-017", config(lua_enable_deprecated_api="yes"), "fail", "lua-enable-deprecated-api is yes"),
    Case("CFG-017", config(lua_enable_insecure_api="yes"), "fail", "lua-enable-insecure-api is yes"),
    Case("CFG-017", config(lua_enable_deprecated_api=None), "not_applicable", "does not have it"),
    Case("CFG-018", {}, "pass", "is yes"),
    Case("CFG-018", config(replica_read_only="no"), "fail", "once this primary", "low"),
    Case("CFG-018", {**config(replica_read_only="no"), **_SLAVE}, "fail", "is no", "high"),
    Case("CFG-024", {}, "not_applicable", "no import-mode"),
    Case("CFG-024", config(import_mode="no"), "pass", "no"),
    Case("CFG-024", config(import_mode="yes"), "fail", "yes"),
    Case("CFG-025", {}, "not_applicable", "no gopher-enabled"),
    Case("CFG-025", config(gopher_enabled="no"), "pass", "no"),
    Case("CFG-025", config(gopher_enabled="yes"), "fail", "yes"),
    Case("CFG-026", {}, "not_applicable", "cluster-enabled is no"),
    Case("CFG-026", config(cluster_enabled="yes"), "not_applicable", "no cluster-bus"),
    Case("CFG-026", config(cluster_enabled="yes", cluster_bus_port_protected_mode="yes"), "pass", "yes"),
    Case("CFG-026", config(cluster_enabled="yes", cluster_bus_port_protected_mode="no"), "fail", "no"),
    Case("CFG-027", {}, "pass", '""'),
    Case("CFG-027", config(ignore_warnings="ARM64-COW-BUG"), "fail", "ARM64-COW-BUG"),
]


def test_the_sections_run_in_a_unit() -> None:
    assert SECTIONS["unit"] == UNIT


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_settings(case: Case) -> None:
    verify(case)
