"""Decisions about restarts."""

from __future__ import annotations

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.conf.restart import (
    Keys,
    count,
    loss,
    needs_snapshot,
    reasons,
    refusal,
)

RDB = {"appendonly": "no", "dir": "/data", "dbfilename": "dump.rdb", "appenddirname": "appendonlydir"}
AOF = {**RDB, "appendonly": "yes"}
FILE = {"dir": (("/data",),)}
FILE_AOF = {**FILE, "appendonly": (("yes",),)}
HEALTHY = {"loading": "0", "aof_rewrite_in_progress": "0", "aof_last_write_status": "ok"}


@pytest.mark.parametrize(
    ("given", "modified", "started", "reload", "expected"),
    [
        ([], {}, 100.0, False, []),
        ([], {"/x": 99.0}, 100.0, False, []),
        ([], {"/x": 100.04}, 100.0, False, []),
        ([], {"/x": 101.0}, 100.0, False, ["/x is newer than the process"]),
        (["aclfile differs"], {}, 100.0, False, ["aclfile differs"]),
        ([], {}, 100.0, True, ["the unit was changed since it was loaded"]),
        ([], {"/x": 1.0}, None, False, ["the server does not run"]),
    ],
)
def test_reasons(
    given: list[str], modified: dict[str, float], started: float | None, reload: bool, expected: list[str]
) -> None:
    assert reasons(given, modified, started, needs_reload=reload) == expected


@pytest.mark.parametrize(
    ("info", "running", "configured", "expected"),
    [
        (HEALTHY, RDB, FILE, None),
        (HEALTHY, AOF, FILE_AOF, None),
        (HEALTHY, RDB, {}, None),
        (HEALTHY, RDB, {"dir": (("/data/",),)}, None),
        ({**HEALTHY, "loading": "1"}, RDB, FILE, "still reading its data"),
        (HEALTHY, RDB, FILE_AOF, "runs with appendonly no, but would start with yes"),
        (HEALTHY, AOF, FILE, "runs with appendonly yes, but would start with no"),
        (HEALTHY, RDB, {"dir": (("/other",),)}, "runs with dir /data, but would start with /other"),
        (HEALTHY, RDB, {**FILE, "dbfilename": (("x.rdb",),)}, "runs with dbfilename dump.rdb"),
        (HEALTHY, {**RDB, "dbfilename": "x.rdb"}, FILE, "would start with dump.rdb"),
        ({**HEALTHY, "aof_rewrite_in_progress": "1"}, AOF, FILE_AOF, "is being rewritten"),
        ({**HEALTHY, "aof_rewrite_scheduled": "1"}, AOF, FILE_AOF, "is being rewritten"),
        ({**HEALTHY, "aof_last_write_status": "err"}, AOF, FILE_AOF, "aof_last_write_status is err"),
        ({**HEALTHY, "aof_last_bgrewrite_status": "err"}, AOF, FILE_AOF, "aof_last_bgrewrite_status is err"),
        ({**HEALTHY, "aof_last_write_status": "err"}, RDB, FILE, None),
    ],
)
def test_refusal(
    info: dict[str, str],
    running: dict[str, str],
    configured: dict[str, tuple[tuple[str, ...], ...]],
    expected: str | None,
) -> None:
    found = refusal(info, running, configured)
    assert (found is None) == (expected is None)
    assert expected is None or expected in str(found)


@pytest.mark.parametrize(
    ("info", "running", "expected"),
    [
        ({"db0": "keys=3,expires=0,avg_ttl=0"}, RDB, True),
        ({"db0": "keys=3,expires=0,avg_ttl=0"}, AOF, False),
        ({}, RDB, False),
    ],
)
def test_a_snapshot_is_needed_for_data_without_append_only_file(
    info: dict[str, str], running: dict[str, str], expected: bool
) -> None:
    assert needs_snapshot(info, running) is expected


def test_keys_of_all_databases_are_counted() -> None:
    info = {
        "db0": "keys=3,expires=1,avg_ttl=0",
        "db11": "keys=4,expires=2,avg_ttl=5,subexpiry=0",
        "dbx": "?",
        "loading": "0",
    }
    assert count(info) == Keys(7, 3)


@pytest.mark.parametrize(
    ("before", "after", "lost"),
    [
        (Keys(0, 0), Keys(0, 0), False),
        (Keys(5, 5), Keys(0, 0), False),
        (Keys(5, 0), Keys(0, 0), True),
        (Keys(5, 0), Keys(5, 0), False),
        (Keys(5000, 1000), Keys(4000, 0), False),
        (Keys(5000, 0), Keys(4960, 0), False),
        (Keys(5000, 0), Keys(4900, 0), True),
        (Keys(10, 0), Keys(20, 0), False),
    ],
)
def test_loss(before: Keys, after: Keys, lost: bool) -> None:
    assert (loss(before, after) is not None) is lost
