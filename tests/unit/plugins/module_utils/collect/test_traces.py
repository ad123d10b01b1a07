"""Logs and backups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.collect import traces
from ansible_collections.rampart.redis.plugins.module_utils.errors import HostError

if TYPE_CHECKING:
    from pathlib import Path


def test_attacks_in_the_log_are_counted(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"x\n" + b"1:M # " + traces.ATTACK + b". It seems like somebody is sending POST\n")
    assert traces.read_log(str(log), "redis-server.service") == {"source": str(log), "attacks": 1}


def test_only_the_end_of_a_long_log_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "log"
    log.write_bytes(traces.ATTACK + b"." * 200)
    monkeypatch.setattr(traces, "_TAIL", 100)
    assert traces.read_log(str(log), "")["attacks"] == 0


def test_a_log_that_is_nowhere(tmp_path: Path) -> None:
    with pytest.raises(HostError, match="cannot be read"):
        traces.read_log(str(tmp_path / "absent"), "")
    with pytest.raises(HostError, match="not written to a file"):
        traces.read_log("/dev/null", "")


def test_backups(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    for name, text in (("a.rdb", b"REDIS0011"), ("b.age", b"age-encryption.org/v1\n")):
        (tmp_path / name).write_bytes(text)
        (tmp_path / name).chmod(0o600)
    rows = traces.read_backups(str(tmp_path))
    assert [(row["path"].rpartition("/")[2], row["mode"], row["encrypted"]) for row in rows] == [
        ("a.rdb", 0o600, False),
        ("b.age", 0o600, True),
    ]
    assert all(row["changed"] > 0 for row in rows)
    with pytest.raises(HostError, match="cannot be looked into"):
        traces.read_backups(str(tmp_path / "absent"))
