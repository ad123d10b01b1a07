"""Servers besides ours, from a /proc made by hand."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.collect import process, surroundings

if TYPE_CHECKING:
    from pathlib import Path

OURS, CHILD, UNIT, HAND, BOXED, SHADOW, SENTINEL, OTHER = range(100, 108)


def _process(proc: Path, pid: int, name: str, *, parent: int = 1, group: str = "/", space: str = "host") -> None:
    folder = proc / str(pid)
    (folder / "ns").mkdir(parents=True)
    (folder / "comm").write_text(f"{name}\n")
    (folder / "cmdline").write_bytes(b"redis-server\0/tmp/rampart-shadow-x\0" if pid == SHADOW else b"redis-server\0")
    (folder / "status").write_text(f"Name:\t{name}\nPPid:\t{parent}\n")
    (folder / "cgroup").write_text(f"0::{group}\n")
    (folder / "ns" / "pid").symlink_to(f"pid:[{space}]")


@pytest.fixture
def proc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(process, "PROC", tmp_path)
    (tmp_path / "self" / "ns").mkdir(parents=True)
    (tmp_path / "self" / "ns" / "pid").symlink_to("pid:[host]")
    return tmp_path


def test_neighbours(proc: Path) -> None:
    _process(proc, OURS, "redis-server", group="/system.slice/redis-server.service")
    _process(proc, CHILD, "redis-server", parent=OURS)
    _process(proc, UNIT, "valkey-server", group="/docker/x/system.slice/system-valkey.slice/valkey-server@b.service")
    _process(proc, HAND, "redis-server", group="/user.slice/session-1.scope")
    _process(proc, BOXED, "redis-server", group="/docker/abc", space="other")
    _process(proc, SHADOW, "redis-server")
    _process(proc, SENTINEL, "redis-sentinel")
    _process(proc, OTHER, "bash")
    (proc / "999").mkdir()  # ended while we look
    found = surroundings.neighbours(OURS)
    assert sorted(found.here) == [f"process {UNIT} of valkey-server@b.service", f"process {HAND}"]
    assert found.containers == [f"process {BOXED}"]


def test_without_a_server_of_ours_all_are_others(proc: Path) -> None:
    _process(proc, OURS, "redis-server")
    assert surroundings.neighbours(None) == ([f"process {OURS}"], [])


def test_room_on_the_disk(tmp_path: Path) -> None:
    assert (surroundings.free(str(tmp_path)) or 0) > 0
    assert surroundings.free(str(tmp_path / "none")) is None
    assert surroundings.free(None) is None


def test_read_only(tmp_path: Path) -> None:
    assert surroundings.read_only([str(tmp_path), str(tmp_path / "none"), None]) == []


def test_read_only_as_the_kernel_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.statvfs(tmp_path)
    sealed = os.statvfs_result((*real[:8], real.f_flag | os.ST_RDONLY, real[9]))
    monkeypatch.setattr(os, "statvfs", lambda path: sealed if path == "/sealed" else real)
    assert surroundings.read_only(["/sealed", str(tmp_path), "/sealed"]) == ["/sealed"]
