"""Who has come to this host, from a /proc made by hand."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.collect import arrivals, process
from ansible_collections.rampart.redis.plugins.module_utils.firewall.wish import Session

if TYPE_CHECKING:
    from pathlib import Path

SHELL, SUDO = 500, 501
HEAD = "  sl  local_address rem_address   st ...\n"
OTHERS = " 00000000:00000000 00:00000000 00000000  0 0 1 1\n"


@pytest.fixture
def proc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(process, "PROC", tmp_path)
    (tmp_path / "self" / "net").mkdir(parents=True)
    return tmp_path


def _process(proc: Path, pid: int, parent: int, environ: bytes) -> None:
    folder = proc / str(pid)
    folder.mkdir()
    (folder / "environ").write_bytes(environ)
    (folder / "stat").write_text(f"{pid} (a name) S {parent} 1 1")


def test_the_session_is_found_behind_sudo(proc: Path) -> None:
    _process(proc, SHELL, 1, b"HOME=/root\0SSH_CONNECTION=203.0.113.9 50000 10.0.0.1 2222\0")
    _process(proc, SUDO, SHELL, b"HOME=/root\0")
    _process(proc, os.getpid(), SUDO, b"SUDO_USER=ann\0")
    assert arrivals.session() == Session("203.0.113.9", 2222)


@pytest.mark.parametrize(
    "environ", [b"", b"SSH_CONNECTION=\0", b"SSH_CONNECTION=broken\0", b"XSSH_CONNECTION=1 2 3 4\0"]
)
def test_whoever_came_otherwise_has_none(proc: Path, environ: bytes) -> None:
    _process(proc, os.getpid(), 1, environ)
    assert arrivals.session() is None


def test_a_process_above_that_is_gone_ends_the_search(proc: Path) -> None:
    _process(proc, os.getpid(), 777, b"")
    assert arrivals.session() is None


def test_connections_to_ports_that_listen(proc: Path) -> None:
    # 10.0.0.1:6379 listens; 10.0.0.9 is connected to it; our own way out to 10.0.0.9:443 is none of theirs.
    rows = [
        "0: 0100000A:18EB 00000000:0000 0A",
        "1: 0100000A:18EB 0900000A:C350 01",
        "2: 0100000A:C351 0900000A:01BB 01",
    ]
    (proc / "self" / "net" / "tcp").write_text(HEAD + "".join(row + OTHERS for row in rows))
    assert list(arrivals.connected()) == [("10.0.0.9", 6379)]
    assert list(arrivals.listening()) == [("10.0.0.1", 6379)]
