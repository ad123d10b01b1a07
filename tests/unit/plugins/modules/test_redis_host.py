"""Module ``redis_host``: the host's account, modes, files and kernel values; root is needed for none of these tests."""

from __future__ import annotations

import errno
import grp
import os
import pwd
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils import host
from ansible_collections.rampart.redis.plugins.module_utils.collect import preparing
from ansible_collections.rampart.redis.plugins.modules import redis_host
from ansible_collections.rampart.redis.tests.runner import fail, succeed

ME = {"owner": pwd.getpwuid(os.geteuid()).pw_name, "group": grp.getgrgid(os.getegid()).gr_name}
SETTING = "[Service]\nLimitCORE=0\n"


@pytest.fixture
def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that stands for ``/proc/sys``."""
    values = tmp_path / "sys"
    (values / "vm").mkdir(parents=True)
    (values / "vm" / "overcommit_memory").write_text("0\n")
    monkeypatch.setattr(preparing, "_KERNEL", str(values))
    return values


def accounts(monkeypatch: pytest.MonkeyPatch, **shells: str) -> list[list[str]]:
    """Let these accounts be all there are; return the list of the programs that are then run."""
    ran: list[list[str]] = []

    def found(name: str) -> pwd.struct_passwd:
        return pwd.struct_passwd((name, "x", 1, 1, "", "/", shells[name]))

    monkeypatch.setattr(pwd, "getpwnam", found)
    monkeypatch.setattr(host, "run_ok", ran.append)
    return ran


def drop_in(folder: Path) -> dict[str, Any]:
    return {"files": [{"path": str(folder / "50.conf"), "content": SETTING, **ME}]}


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o7777


def test_everything_at_once_and_then_nothing(tmp_path: Path, kernel: Path) -> None:
    private, folder = tmp_path / "data", tmp_path / "unit.d"
    private.mkdir(mode=0o755)
    (private / "dump.rdb").touch()
    (private / "dump.rdb").chmod(0o664)
    wishes = {"private": [str(private)], "kernel": {"vm.overcommit_memory": 1}, **drop_in(folder)}

    predicted = succeed(redis_host, wishes, check_mode=True)
    assert (mode(private), folder.exists(), (kernel / "vm/overcommit_memory").read_text()) == (0o755, False, "0\n")

    done = succeed(redis_host, wishes)
    assert {name: done[name] for name in ("changed", "plan", "kernel_left", "diff")} == {
        name: predicted[name] for name in ("changed", "plan", "kernel_left", "diff")
    }
    assert done["plan"] == [
        str(private),
        str(private / "dump.rdb"),
        str(folder),
        str(folder / "50.conf"),
        "vm.overcommit_memory",
    ]
    assert [mode(path) for path in (private, private / "dump.rdb", folder, folder / "50.conf")] == [
        0o750,
        0o660,
        0o755,
        0o644,
    ]
    assert ((folder / "50.conf").read_text(), (kernel / "vm/overcommit_memory").read_text()) == (SETTING, "1\n")

    again = succeed(redis_host, wishes)
    assert (again["changed"], again["plan"], again["diff"]) == (False, [], [])


def test_the_diff_tells_before_and_after(tmp_path: Path) -> None:
    (tmp_path / "50.conf").write_text("[Service]\n")
    difference = succeed(redis_host, drop_in(tmp_path), check_mode=True)["diff"][-1]
    assert (difference["before"], difference["after"]) == ("[Service]\n", SETTING)


def test_a_folder_that_others_may_write_is_taken_back(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    succeed(redis_host, drop_in(tmp_path))
    assert mode(tmp_path) == 0o755


def test_a_stricter_folder_stays(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    assert succeed(redis_host, drop_in(tmp_path))["plan"] == [str(tmp_path / "50.conf")]
    assert mode(tmp_path) == 0o700


def test_links_are_not_followed(tmp_path: Path) -> None:
    outside, private = tmp_path / "passwd", tmp_path / "data"
    outside.touch()
    outside.chmod(0o644)
    private.mkdir(mode=0o700)
    (private / "link").symlink_to(outside)
    (tmp_path / "elsewhere").symlink_to(private)
    wishes = {"private": [str(private), str(tmp_path / "elsewhere"), str(tmp_path / "missing")]}
    assert not succeed(redis_host, wishes)["changed"]
    assert mode(outside) == 0o644


def test_what_becomes_a_link_after_the_look_leads_nowhere(tmp_path: Path) -> None:
    outside = tmp_path / "passwd"
    outside.touch()
    outside.chmod(0o644)
    (tmp_path / "link").symlink_to(outside)
    preparing._close(tmp_path / "link", 0o600)
    preparing._close(tmp_path / "gone", 0o600)
    assert mode(outside) == 0o644


@pytest.mark.parametrize(
    ("shells", "ran"),
    [
        ({"redis": "/usr/sbin/nologin"}, []),
        ({"redis": "/bin/sh"}, [["usermod", "--shell", "/usr/sbin/nologin", "redis"]]),
        ({}, [["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", "redis"]]),
    ],
)
def test_the_account_has_no_shell(
    shells: dict[str, str], ran: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = accounts(monkeypatch, **shells)
    assert succeed(redis_host, {"account": "redis"}, check_mode=True)["changed"] is bool(ran)
    assert programs == []
    assert succeed(redis_host, {"account": "redis"})["changed"] is bool(ran)
    assert programs == ran


def test_a_kernel_value_that_cannot_be_set_is_said(kernel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda _path, _what: False)
    wishes = {"kernel": {"vm.overcommit_memory": 1, "net.core.somaxconn": 1024}}
    result = succeed(redis_host, wishes)
    assert (result["changed"], result["kernel_left"]) == (False, ["vm.overcommit_memory"])
    assert (kernel / "vm/overcommit_memory").read_text() == "0\n"


def test_a_value_the_kernel_refuses_is_named(kernel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_path: object, _text: str, **_options: str) -> None:
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

    monkeypatch.setattr(Path, "write_text", refuse)
    message = fail(redis_host, {"kernel": {"vm.overcommit_memory": 1}})
    assert message == f"{kernel}/vm/overcommit_memory: cannot be set to 1: Invalid argument"


def test_a_folder_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    message = fail(redis_host, drop_in(tmp_path / "file" / "unit.d"))
    assert f"{tmp_path}/file/unit.d: cannot be looked at: Not a directory" in message
