"""Module ``redis_secrets``: files on the controller."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.collect import secret_files
from ansible_collections.rampart.redis.plugins.modules import redis_secrets
from ansible_collections.rampart.redis.tests.runner import fail, outcome, succeed

if TYPE_CHECKING:
    from pathlib import Path

GOOD = "kJ8vQ2xZ7pL4mN9bR5tY1wE3"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_made_once_with_256_bits_and_read_ever_after(tmp_path: Path) -> None:
    options = {"path": str(tmp_path / "deep" / "secrets"), "names": ["a", "b"]}
    first = succeed(redis_secrets, options)
    assert first["changed"]
    assert len(set(first["secrets"].values())) == 2
    assert {len(value) for value in first["secrets"].values()} == {43}
    assert [mode(tmp_path / "deep"), mode(tmp_path / "deep/secrets"), mode(tmp_path / "deep/secrets/a")] == [
        0o700,
        0o700,
        0o600,
    ]
    second = succeed(redis_secrets, options)
    assert (second["changed"], second["plan"], second["secrets"]) == (False, [], first["secrets"])


def test_check_mode_gives_throwaway_values_and_writes_nothing(tmp_path: Path) -> None:
    options = {"path": str(tmp_path / "secrets"), "names": ["a"]}
    result = succeed(redis_secrets, options, check_mode=True)
    assert result["changed"]
    assert len(result["secrets"]["a"]) == 43
    assert list(tmp_path.iterdir()) == []
    made = succeed(redis_secrets, options)
    assert made["plan"] == result["plan"]
    again = succeed(redis_secrets, options, check_mode=True)
    assert (again["changed"], again["secrets"]) == (False, made["secrets"])


def test_what_is_provided_is_never_written_nor_returned(tmp_path: Path) -> None:
    options = {"path": str(tmp_path), "names": ["a", "b", "c"], "provided": {"a": GOOD, "b": [GOOD, GOOD[::-1]]}}
    result = succeed(redis_secrets, options)
    assert list(result["secrets"]) == ["c"]
    assert [path.name for path in tmp_path.iterdir()] == ["c"]
    assert GOOD not in repr(result)


@pytest.mark.parametrize(
    ("provided", "reason"),
    [
        ({"a": ""}, "provided secret 'a': the password is empty"),
        ({"a": "${A}"}, "provided secret 'a': the password holds a variable that was never filled in"),
        ({"a": "changeme"}, "provided secret 'a': the password is a placeholder"),
        ({"a": [GOOD, "short"]}, "provided secret 'a': the password has at most"),
        ({"a": 123456}, "provided secret 'a': must be a text or a list of texts"),
        ({"a": None}, "provided secret 'a': must be a text or a list of texts"),
    ],
)
def test_what_is_provided_is_checked(tmp_path: Path, provided: dict[str, Any], reason: str) -> None:
    message = fail(redis_secrets, {"path": str(tmp_path / "x"), "names": ["a", "b"], "provided": provided})
    assert message.startswith(reason)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "reason"), [("", "is empty"), ("changeme\n", "is a placeholder"), ("abc", "at most")]
)
def test_files_that_hold_no_secret_are_refused(tmp_path: Path, content: str, reason: str) -> None:
    (tmp_path / "a").write_text(content)
    message = fail(redis_secrets, {"path": str(tmp_path), "names": ["a"]})
    assert reason in message
    assert str(tmp_path / "a") in message


def test_a_file_made_by_hand_is_read_without_its_line_end(tmp_path: Path) -> None:
    (tmp_path / "a").write_text(f"{GOOD}\r\n")
    assert succeed(redis_secrets, {"path": str(tmp_path), "names": ["a"]})["secrets"] == {"a": GOOD}


def test_wide_modes_are_narrowed(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir(mode=0o755)
    (folder / "a").write_text(GOOD)
    (folder / "a").chmod(0o644)
    options = {"path": str(folder), "names": ["a"]}
    expected = [f"{folder}: mode 0755 becomes 0700", f"{folder}/a: mode 0644 becomes 0600"]
    assert succeed(redis_secrets, options, check_mode=True)["plan"] == expected
    assert mode(folder / "a") == 0o644
    assert succeed(redis_secrets, options)["plan"] == expected
    assert (mode(folder), mode(folder / "a")) == (0o700, 0o600)
    assert not succeed(redis_secrets, options)["changed"]


@pytest.mark.parametrize("name", ["../a", "a/b", "", ".hidden", "-x", "a b"])
def test_names_are_names_of_files(tmp_path: Path, name: str) -> None:
    assert "cannot be the name of a secret" in fail(redis_secrets, {"path": str(tmp_path), "names": [name]})


def test_links_and_foreign_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "real").write_text(GOOD)
    (tmp_path / "a").symlink_to(tmp_path / "real")
    assert "is a symbolic link" in fail(redis_secrets, {"path": str(tmp_path), "names": ["a"]})
    if os.geteuid() == 0:
        os.chown(tmp_path / "real", 1, 1)
        assert "belongs to somebody else" in fail(redis_secrets, {"path": str(tmp_path), "names": ["real"]})


def test_a_folder_that_is_a_file_is_an_error_not_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    result = outcome(redis_secrets, {"path": str(tmp_path / "file" / "secrets"), "names": ["a"]})
    assert result["failed"]
    assert "cannot be read or written: Not a directory" in result["msg"]


def test_of_two_tasks_at_once_the_first_wins(tmp_path: Path) -> None:
    path = tmp_path / "a"
    assert secret_files._create(path, GOOD) == GOOD
    assert secret_files._create(path, GOOD[::-1]) == GOOD
    assert [one.name for one in tmp_path.iterdir()] == ["a"]
