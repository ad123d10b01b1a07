"""When a server is not told to save."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.evidence.saving import (
    LARGEST,
    Room,
    busy,
    crowded,
    displaced,
)

MIB = 2**20
ROOM = Room(used_memory=100 * MIB, before=50 * MIB, data=(1, 1000 * MIB), bundle=(2, 1000 * MIB), memory=1000 * MIB)


@pytest.mark.parametrize(
    ("info", "reason"),
    [
        ({}, ""),
        ({"loading": "0", "rdb_bgsave_in_progress": "0", "aof_rewrite_in_progress": "0"}, ""),
        ({"rdb_bgsave_in_progress": "1"}, "a save is running"),
        ({"aof_rewrite_in_progress": "1"}, "a save is running"),
        ({"loading": "1"}, "the server is still reading its data"),
    ],
)
def test_busy(info: dict[str, str], reason: str) -> None:
    assert busy(info) == reason


@pytest.mark.parametrize(
    ("running", "configured", "words"),
    [
        ({"dir": "/d", "dbfilename": "dump.rdb"}, {"dir": "/d"}, ""),
        ({"dir": "/d", "dbfilename": "x.rdb"}, {"dir": "/d", "dbfilename": "x.rdb"}, ""),
        ({"dir": "/d", "dbfilename": "dump.rdb"}, {"dir": "/d/"}, ""),
        ({"dir": "/var/spool/cron", "dbfilename": "dump.rdb"}, {"dir": "/d"}, "another place"),
        ({"dir": "/d", "dbfilename": "root"}, {"dir": "/d"}, "another place"),
        ({"dir": "/d", "dbfilename": "dump.rdb"}, {"dir": "/d", "dbfilename": "x.rdb"}, "another place"),
        ({"dir": "/d", "dbfilename": "dump.rdb"}, {}, "names no data folder"),
        ({}, {"dir": "/d"}, "another place"),
    ],
)
def test_displaced(running: dict[str, str], configured: dict[str, str], words: str) -> None:
    reason = displaced(running, configured)
    assert words in reason
    assert bool(words) == bool(reason)


@pytest.mark.parametrize(
    ("room", "words"),
    [
        (ROOM, ""),
        # the data and 32 MiB on its disk; on the other one the same, and what was saved before twice
        (replace(ROOM, data=(1, 132 * MIB), bundle=(2, 232 * MIB)), ""),
        (replace(ROOM, data=(1, 131 * MIB)), "the data may need 132 MiB of disk, and 131 MiB are free"),
        (replace(ROOM, bundle=(2, 231 * MIB)), "the bundle may need 232 MiB of disk"),
        # one disk for both
        (replace(ROOM, data=(1, 314 * MIB), bundle=(1, 314 * MIB)), ""),
        (replace(ROOM, data=(1, 313 * MIB), bundle=(1, 313 * MIB)), "the data and the bundle may need 314 MiB"),
        (replace(ROOM, memory=82 * MIB), ""),
        (replace(ROOM, memory=81 * MIB), "may need 82 MiB of memory, and 81 MiB are free"),
        (replace(ROOM, memory=None), ""),
        (replace(ROOM, before=LARGEST + 1), "copy it yourself first"),
    ],
)
def test_crowded(room: Room, words: str) -> None:
    reason = crowded(room)
    assert words in reason
    assert bool(words) == bool(reason)
