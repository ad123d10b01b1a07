"""Files are replaced together or not at all, and never readable by others on the way."""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils import host
from ansible_collections.rampart.redis.plugins.module_utils.errors import HostError


def _wish(path: Path, data: bytes = b"new", mode: int = 0o640) -> host.FileWish:
    return host.FileWish(str(path), data, mode, path.parent.owner(), path.parent.group())


def test_a_file_is_made_as_wished_and_then_met(tmp_path: Path) -> None:
    wish = _wish(tmp_path / "file")
    assert not wish.is_met()
    host.replace([wish])
    assert wish.is_met()
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize(("data", "mode"), [(b"other", 0o640), (b"new", 0o600)])
def test_content_and_mode_both_count(tmp_path: Path, data: bytes, mode: int) -> None:
    host.replace([_wish(tmp_path / "file")])
    assert not _wish(tmp_path / "file", data, mode).is_met()


def test_undo_puts_everything_back(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.write_bytes(b"before")
    old.chmod(0o604)
    done = host.replace([_wish(old), _wish(tmp_path / "fresh")])
    done.undo()
    assert old.read_bytes() == b"before"
    assert stat.S_IMODE(old.stat().st_mode) == 0o604
    assert not (tmp_path / "fresh").exists()


def test_if_one_cannot_be_written_none_is(tmp_path: Path) -> None:
    one = tmp_path / "one"
    one.write_bytes(b"before")
    with pytest.raises(HostError, match="cannot be written"):
        host.replace([_wish(one), replace(_wish(one), path=str(tmp_path / "no-folder" / "two"))])
    assert one.read_bytes() == b"before"
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


@pytest.mark.parametrize(
    ("number", "hint"),
    [(errno.ENOSPC, "Make room on that file system"), (errno.EROFS, "mounted read-only"), (errno.EIO, "output error$")],
)
def test_a_disk_that_fails_at_the_second_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, hint: str
) -> None:
    files = [tmp_path / "one", tmp_path / "two"]
    for file in files:
        file.write_bytes(b"before")
    inodes = [file.stat().st_ino for file in files]
    calls = iter([None, OSError(number, os.strerror(number))])

    def fsync(_handle: int) -> None:
        error = next(calls)
        if error:
            raise error

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(HostError, match=f"two: cannot be written: .*{hint}") as caught:
        host.replace([_wish(file) for file in files])
    assert str(caught.value).startswith(f"{tmp_path}/two: cannot be written")
    assert [file.stat().st_ino for file in files] == inodes, "none was touched"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "two"]


def test_a_place_that_cannot_be_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_bytes(b"before")
    take = Path.replace

    def refuse(self: Path, target: Any) -> Path:  # noqa: ANN401 - as pathlib has it
        if str(target) == str(two):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        return take(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(HostError, match="two: cannot be written: Read-only file system"):
        host.replace([_wish(one), _wish(two)])
    assert one.read_bytes() == b"before"
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


def test_an_unknown_account_is_named(tmp_path: Path) -> None:
    with pytest.raises(HostError, match="nobody-like-that"):
        host.replace([replace(_wish(tmp_path / "file"), owner="nobody-like-that")])


def test_data_never_shows() -> None:
    assert "planted" not in repr(host.FileWish("/x", b"planted", 0o600))


def test_bytes_that_are_no_text_survive(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"a\xffb\r\n")
    text = host.read_text(str(path))
    assert text is not None
    assert text.encode("utf-8", "surrogateescape") == b"a\xffb\r\n"
    assert host.read_text(str(tmp_path / "none")) is None


def test_a_folder_cannot_be_read_as_a_file(tmp_path: Path) -> None:
    with pytest.raises(HostError, match="cannot be read"):
        host.read_bytes(str(tmp_path))


def test_programs() -> None:
    assert host.run_ok(["printf", "%s", "out"]) == "out"
    assert host.run(["sh", "-c", "exit 3"]).returncode == 3
    assert host.run(["cat"], stdin=b"in").stdout == b"in"
    assert host.run_ok(["sh", "-c", "echo $LC_ALL"]) == "C\n"


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["sh", "-c", "echo why >&2; exit 3"], "ended with status 3: why"),
        (["/no/such/program"], "no such program"),
    ],
)
def test_programs_that_fail(argv: list[str], message: str) -> None:
    with pytest.raises(HostError, match=message):
        host.run_ok(argv)


def test_a_program_that_does_not_end_is_stopped() -> None:
    with pytest.raises(HostError, match=r"did not end within 0.1 s"):
        host.run(["sleep", "60"], timeout=0.1)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_owner_and_group_are_set(tmp_path: Path) -> None:
    wish = replace(_wish(tmp_path / "file"), owner="nobody")
    host.replace([wish])
    assert wish.is_met()
    assert (tmp_path / "file").owner() == "nobody"
