"""Replicas and persistence."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.audit.cases import (
    CLOSED,
    NOW,
    OPEN,
    SECTIONS,
    Case,
    config,
    verify,
)

_LINK = {"addr": "10.1.2.8:4000", "flags": "S", "user": "replica"}
_PRIMARY = {"replication": {"role": "master", "connected_slaves": "1", "slave0": "ip=10.1.2.7,port=6379,state=online"}}
_ATTACHED = {**_PRIMARY, "clients": [_LINK]}
_SLAVE = {"replication": {"role": "slave"}}


def _replicas(*addresses: str) -> dict[str, Any]:
    return {"expected": {"replica_addresses": list(addresses)}}


def _persistence(**more: str) -> dict[str, Any]:
    return {"persistence": {**SECTIONS["persistence"], **more}}


_LATE = _persistence(rdb_last_save_time=str(int(NOW) - 90000))

CASES = [
    Case("CFG-020", {}, "pass", "no replica"),
    Case("CFG-020", _ATTACHED, "info", "replicas at 10.1.2.8"),
    Case("CFG-020", {**_PRIMARY, "clients": None}, "info", "replicas at 10.1.2.7"),
    Case("CFG-020", {**_ATTACHED, **_replicas("10.1.2.8")}, "pass", "at 10.1.2.8"),
    Case("CFG-020", {**_ATTACHED, **_replicas("10.1.2.7")}, "fail", "a replica at 10.1.2.8", "critical"),
    Case("CFG-020", {**_ATTACHED, **_replicas()}, "fail", "10.1.2.8"),
    Case("CFG-021", {}, "not_applicable", "a primary"),
    Case("CFG-021", {**_SLAVE, **config(masteruser="replica")}, "pass", "masteruser is replica"),
    Case("CFG-021", {**_SLAVE, "users": [OPEN]}, "fail", "logs in as the default user"),
    Case("CFG-021", {**_SLAVE, "users": [CLOSED]}, "fail", "replication has stopped"),
    Case("CFG-021", {**_SLAVE, **config(masteruser="default")}, "fail", "masteruser is default"),
    Case("CFG-022", {}, "not_applicable", "no primary"),
    Case("CFG-022", _replicas("10.1.2.8"), "fail", "min-replicas-to-write is 0"),
    Case("CFG-022", {**_replicas("10.1.2.8"), **config(min_replicas_to_write="1")}, "pass", "is 1"),
    Case("CFG-023", {}, "pass", "3 changes since"),
    Case("CFG-023", _persistence(rdb_last_bgsave_status="err"), "fail", "rdb_last_bgsave_status is err"),
    Case("CFG-023", _LATE, "fail", "the last save was 25 hours ago"),
    Case("CFG-023", {**_LATE, "expected": {"rpo_seconds": 100000}}, "pass", "saved"),
    Case("CFG-023", {**_LATE, **config(appendonly="yes")}, "pass", "saved"),
    Case("CFG-023", config(save=""), "fail", "nothing is ever saved"),
    Case("CFG-023", {**config(save=""), "expected": {"cache": True}}, "not_applicable", "a cache"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_copies(case: Case) -> None:
    verify(case)
