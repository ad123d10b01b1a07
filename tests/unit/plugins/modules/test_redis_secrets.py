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


def test_a_lost_one_is_not_made_where_it_must_be_there(tmp_path: Path) -> None:
    message = fail(redis_secrets, {"path": str(tmp_path), "names": ["a"], "create": False})
    assert message.startswith(f"{tmp_path}/a: there is no password here")
    assert list(tmp_path.iterdir()) == []


def files(folder: Path) -> dict[str, str]:
    """Return what is in the folder: content by name."""
    return {path.name: path.read_text().strip() for path in folder.iterdir()}


def take(folder: Path, step: str, *, check_mode: bool = False, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    options = {"path": str(folder), "names": ["a", "b"], "create": False, "rotating": ["a"], "step": step, **more}
    return succeed(redis_secrets, options, check_mode=check_mode)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "secrets").mkdir(mode=0o700)
    for name, value in (("a", GOOD), ("b", GOOD[::-1])):
        (tmp_path / "secrets" / name).touch(mode=0o600)
        (tmp_path / "secrets" / name).write_text(f"{value}\n")
    return tmp_path / "secrets"


def test_a_whole_rotation(folder: Path) -> None:
    made = take(folder, "make")
    new = made["next"]["a"]
    assert (len(new), mode(folder / "a.next")) == (43, 0o600)
    assert made["accepted"] == {"a": [GOOD, new], "b": [GOOD[::-1]]}
    assert made["diff"] == {"before": "", "after": f"{folder}/a.next: is made, mode 0600\n"}
    assert made["secrets"]["a"] == GOOD
    promoted = take(folder, "promote")
    assert files(folder) == {"a": new, "a.old": GOOD, "b": GOOD[::-1]}
    assert (promoted["accepted"]["a"], promoted["secrets"]["a"], promoted["next"]) == ([new, GOOD], new, {})
    retired = take(folder, "retire")
    assert files(folder) == {"a": new, "a.retired": GOOD, "b": GOOD[::-1]}
    assert retired["accepted"]["a"] == [new]
    forgotten = take(folder, "forget")
    assert files(folder) == {"a": new, "b": GOOD[::-1]}
    stages = [step["stages"]["a"] for step in (made, promoted, retired, forgotten)]
    assert stages == ["made", "open", "retiring", "none"]
    assert {step["stages"]["b"] for step in (made, promoted, retired, forgotten)} == {"none"}


@pytest.mark.parametrize("steps", [["make"], ["make", "promote"], ["make", "promote", "retire"]])
def test_a_step_taken_again_changes_nothing(folder: Path, steps: list[str]) -> None:
    for step in steps:
        first = take(folder, step)
    before = files(folder)
    again = take(folder, steps[-1])
    assert (again["changed"], again["plan"], files(folder)) == (False, [], before)
    assert {key: again[key] for key in ("secrets", "accepted", "stages")} == {
        key: first[key] for key in ("secrets", "accepted", "stages")
    }


def test_while_the_old_one_is_accepted_no_third_is_made(folder: Path) -> None:
    take(folder, "make")
    take(folder, "promote")
    again = take(folder, "make")
    assert (again["changed"], again["next"]) == (False, {})


def test_without_a_step_the_window_is_only_read(folder: Path) -> None:
    take(folder, "make")
    before = files(folder)
    read = succeed(redis_secrets, {"path": str(folder), "names": ["a"]})
    assert (read["changed"], read["stages"], files(folder)) == (False, {"a": "made"}, before)


def test_a_promotion_that_broke_off_is_finished(folder: Path) -> None:
    new = take(folder, "make")["next"]["a"]
    os.link(folder / "a", folder / "a.old")
    assert take(folder, "make")["accepted"]["a"] == [GOOD, new]
    assert take(folder, "promote")["changed"]
    assert files(folder) == {"a": new, "a.old": GOOD, "b": GOOD[::-1]}


@pytest.mark.parametrize("at", range(4))
def test_a_check_says_what_will_be_and_writes_nothing(folder: Path, at: int) -> None:
    steps = ["make", "promote", "retire", "forget"]
    for step in steps[:at]:
        take(folder, step)
    before = files(folder)
    foreseen = take(folder, steps[at], check_mode=True)
    assert files(folder) == before
    done = take(folder, steps[at])
    assert [foreseen[key] for key in ("changed", "plan", "stages")] == [
        done[key] for key in ("changed", "plan", "stages")
    ]
    assert len(foreseen["accepted"]["a"]) == len(done["accepted"]["a"])


def test_a_check_of_two_steps_foresees_both(folder: Path) -> None:
    assert take(folder, "promote", check_mode=True)["stages"]["a"] == "open"
    take(folder, "make")
    take(folder, "promote")
    assert take(folder, "forget", check_mode=True)["stages"]["a"] == "none"


@pytest.mark.parametrize(
    ("before", "step", "reason"),
    [
        ([], "promote", "user 'a': there is no next password. Begin with redis_rotate_phase=add"),
        (
            ["make"],
            "retire",
            "user 'a': its next password is not in use yet. Finish that first: redis_rotate_phase=add",
        ),
        (["make", "promote", "retire"], "make", "user 'a': its old password is being retired. Finish"),
        (["make", "promote"], "forget", "user 'a': it cannot forget a password that is open"),
    ],
)
def test_a_step_that_skips_one_is_refused(folder: Path, before: list[str], step: str, reason: str) -> None:
    for one in before:
        take(folder, one)
    have = files(folder)
    options = {"path": str(folder), "names": ["a"], "rotating": ["a"], "step": step}
    assert fail(redis_secrets, options).startswith(reason)
    assert files(folder) == have


def test_files_that_no_run_leaves_stop_it(folder: Path) -> None:
    for suffix in (".next", ".old"):
        (folder / f"a{suffix}").write_text(GOOD + suffix)
        (folder / f"a{suffix}").chmod(0o600)
    message = fail(redis_secrets, {"path": str(folder), "names": ["a"]})
    assert message.startswith(f"{folder}/a: files ending in .next, .old stand beside one another")


@pytest.mark.parametrize("suffix", [".next", ".old", ".retired"])
def test_a_name_that_is_a_file_of_a_rotation_is_refused(tmp_path: Path, suffix: str) -> None:
    assert "files so named belong to a rotation" in fail(
        redis_secrets, {"path": str(tmp_path), "names": [f"a{suffix}"]}
    )


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
