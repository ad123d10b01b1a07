"""INFO cut into sections, and the proof of harmlessness."""

from __future__ import annotations

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.collect import info

REDIS = {
    "redis_version": "7.0.15",
    "redis_mode": "standalone",
    "process_id": "42",
    "config_file": "/x",
    "role": "master",
}
VALKEY = {"redis_version": "7.2.4", "valkey_version": "8.1.1", "server_name": "valkey", "server_mode": "sentinel"}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            REDIS,
            {"product": "redis", "version": "7.0.15", "mode": "standalone", "process_id": "42", "config_file": "/x"},
        ),
        (VALKEY, {"product": "valkey", "version": "8.1.1", "mode": "sentinel"}),
    ],
)
def test_server(fields: dict[str, str], expected: dict[str, str]) -> None:
    assert info.server(fields) == expected


def test_replication_and_memory() -> None:
    fields = {
        "role": "slave",
        "master_host": "10.0.0.1",
        "used_memory_human": "1M",
        "total_system_memory": "9",
        "x": "y",
    }
    assert info.replication(fields) == {"role": "slave", "master_host": "10.0.0.1"}
    assert info.memory(fields) == {"used_memory_human": "1M", "total_system_memory": "9"}


def test_proof_counts_what_happened_between() -> None:
    before = {"cmdstat_get": "calls=5,usec=1", "errorstat_NOPERM": "count=2", "db0": "keys=3,expires=0"}
    after = {
        "cmdstat_get": "calls=7,usec=1",
        "cmdstat_info": "calls=1,usec=1",
        "cmdstat_set": "calls=0,usec=0",
        "errorstat_NOPERM": "count=3",
        "errorstat_WRONGPASS": "count=1",
        "db0": "keys=3,expires=0",
        "db5": "keys=1,expires=0",
    }
    assert info.proof(before, after) == {
        "commandstats": {"get": 2, "info": 1},
        "denials": 2,
        "keys_before": 3,
        "keys_after": 4,
    }


def test_persistence_and_counters() -> None:
    fields = {"rdb_saves": "3", "aof_enabled": "0", "loading": "0", "used_memory": "1", "errorstat_NOAUTH": "count=1"}
    assert info.persistence(fields) == {"rdb_saves": "3", "aof_enabled": "0", "loading": "0"}
    assert info.stats({**fields, "connected_clients": "2"}) == {"errorstat_NOAUTH": "count=1", "connected_clients": "2"}


def test_replicas_are_kept() -> None:
    fields = {"role": "master", "connected_slaves": "1", "slave0": "ip=10.0.0.2,port=6379", "slave_read_only": "1"}
    assert info.replication(fields) == {name: fields[name] for name in ("role", "connected_slaves", "slave0")}
