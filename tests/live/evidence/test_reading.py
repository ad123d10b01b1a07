"""Reading a host that may be hostile: limits of size and time, pipes, links, and no values of an environment."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.collect.evidence_reading import (
    open_regular,
    read,
    read_end,
    server_process,
)
from ansible_collections.rampart.redis.plugins.module_utils.errors import HostError
from ansible_collections.rampart.redis.plugins.module_utils.evidence.pieces import FILE, PROGRAM, TREE, Piece


def _program(*argv: str, limit: int = 1000, seconds: float = 5.0) -> Piece:
    return Piece("host/x.txt", "x", PROGRAM, argv, limit, seconds)


def test_a_program_that_says_too_much_is_cut() -> None:
    answer = read(_program("yes"))
    assert (len(answer.data), answer.truncated, answer.note) == (1000, True, "cut at 1000 bytes")


def test_a_program_that_takes_too_long_is_stopped() -> None:
    began = time.monotonic()
    answer = read(_program("sh", "-c", "echo begun; exec sleep 30", seconds=0.5))
    assert time.monotonic() - began < 5.0
    assert (answer.data, answer.truncated, answer.note) == (b"begun\n", True, "stopped after 0.5 s")


def test_a_status_that_is_no_failure_is_a_note() -> None:
    answer = read(_program("sh", "-c", "echo differs; echo why >&2; exit 2"))
    assert (answer.data, answer.truncated, answer.note) == (b"differs\n", False, "ended with status 2, why")


@pytest.mark.parametrize(
    ("argv", "words"), [(("no-such-program",), "no such program"), (("sh", "-c", "exit 3"), "ended with status 3")]
)
def test_a_program_that_is_missing_or_fails_is_told(argv: tuple[str, ...], words: str) -> None:
    with pytest.raises(HostError, match=words):
        read(_program(*argv))


def test_of_a_large_file_the_end_is_kept(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("old\n" * 1000 + "new\n")
    answer = read_end(str(tmp_path / "log"), 8)
    assert (answer.data, answer.truncated) == (b"old\nnew\n", True)


def test_a_pipe_that_nobody_writes_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "log")
    with pytest.raises(HostError, match="no regular file"):
        read(Piece("files/log", "log", FILE, (str(tmp_path / "log"),)))


def test_a_link_is_followed_only_where_it_may_be(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("text")
    (tmp_path / "link").symlink_to("real")
    assert f"is {tmp_path}/real" in read_end(str(tmp_path / "link"), 10).note
    with pytest.raises(HostError):
        open_regular(str(tmp_path / "link"), follow=False)


def test_reading_leaves_the_time_of_access(tmp_path: Path) -> None:
    (tmp_path / "redis.conf").write_text("port 0")
    os.utime(tmp_path / "redis.conf", (1_000_000, 1_000_000))
    read_end(str(tmp_path / "redis.conf"), 100)
    assert (tmp_path / "redis.conf").stat().st_atime == 1_000_000


def test_names_show_what_is_hidden_and_where_links_go(tmp_path: Path) -> None:
    (tmp_path / ".hidden").write_text("* * * * * evil")
    (tmp_path / "link").symlink_to("/etc/passwd")
    (tmp_path / "folder").mkdir()
    rows = {Path(row["path"]).name: row for row in read(Piece("host/t.json", "t", TREE, (f"{tmp_path}/*",))).rows}
    assert rows.keys() == {".hidden", "link", "folder"}
    assert len(rows[".hidden"]["sha256"]) == 64
    assert rows["link"]["target"] == "/etc/passwd"
    assert stat.S_ISDIR(int(rows["folder"]["mode"], 8))
    assert "sha256" not in rows["link"]


def test_of_an_environment_only_names_are_kept(tmp_path: Path) -> None:
    environment = {"REDISCLI_AUTH": "a-secret-value", "PATH": os.environ["PATH"]}
    (tmp_path / "open").touch()
    with (tmp_path / "open").open() as stream:
        waiting = subprocess.Popen(
            [sys.executable, "-c", "import sys; print(flush=True); sys.stdin.read()"],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=(stream.fileno(),),
        )
        with waiting:
            assert waiting.stdout
            waiting.stdout.readline()
            found = server_process(waiting.pid)
            waiting.communicate()
    assert "REDISCLI_AUTH" in found["environment_names"]
    assert "a-secret-value" not in json.dumps(found)
    assert str(tmp_path / "open") in found["open_files"].values()


def test_a_process_that_is_gone_is_told() -> None:
    with pytest.raises(HostError, match="process 4194305"):
        server_process(4194305)
