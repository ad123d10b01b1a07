"""Configuration files read, and files looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.collect import files
from ansible_collections.rampart.redis.plugins.module_utils.errors import HostError

if TYPE_CHECKING:
    from pathlib import Path


def _write(path: Path, text: str, mode: int = 0o640) -> str:
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return str(path)


def test_directives_with_includes_and_without_secrets(tmp_path: Path) -> None:
    _write(tmp_path / "more.conf", 'rename-command DEL ""\nuser app on >secret ~*\n')
    text = f"dir /data\nmasterauth secret\nrequirepass secret\ninclude {tmp_path}/more*.conf\nRENAME-COMMAND KEYS k\n"
    found = files.read_directives(_write(tmp_path / "redis.conf", text))
    assert found == {
        "dir": ["/data"],
        "include": [f"{tmp_path}/more*.conf"],
        "rename-command": ["DEL ", "KEYS k"],
        "user": ["app"],
    }


def test_a_file_that_includes_itself_ends(tmp_path: Path) -> None:
    path = tmp_path / "redis.conf"
    assert "port" in files.read_directives(_write(path, f"port 1\ninclude {path}\n"))


@pytest.mark.parametrize(
    ("text", "message"), [(None, "there is no such file"), ('dir "x\n', "quotes are not balanced")]
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, text: str | None, message: str) -> None:
    path = tmp_path / "redis.conf"
    if text is not None:
        _write(path, text)
    with pytest.raises(HostError, match=message) as caught:
        files.read_directives(str(path))
    assert str(path) in str(caught.value)


def test_rows_say_who_may_touch_what(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    acl = _write(tmp_path / "users.acl", "user default off\nuser app on >secret ~*\n", 0o600)
    _write(tmp_path / "dump.rdb", "", 0o604)
    logs = tmp_path / "appendonlydir"
    logs.mkdir(mode=0o700)
    _write(logs / "a.aof", "")
    path = _write(tmp_path / "redis.conf", f"masterauth secret\ndir {tmp_path}\n", 0o644)
    rows = files.read_files(path, files.read_directives(path), {"aclfile": acl, "unixsocket": ""})
    found = {row["path"].removeprefix(f"{tmp_path}"): (row["role"], row["mode"], row["clear"]) for row in rows}
    assert found == {
        "/redis.conf": ("config", 0o644, ["line 1 (masterauth)"]),
        "/users.acl": ("acl", 0o600, ["line 2 (user app)"]),
        "": ("data", 0o755, []),
        "/dump.rdb": ("data", 0o604, []),
        "/appendonlydir": ("data", 0o700, []),
        "/appendonlydir/a.aof": ("data", 0o640, []),
    }
    assert next(row["sheltered"] for row in rows if row["path"].endswith("a.aof"))


def test_a_server_without_a_file_has_no_row_for_it() -> None:
    assert files.read_files("", {}, {}) == []
