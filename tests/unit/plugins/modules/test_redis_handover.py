"""Module ``redis_handover``: files with secrets, all or none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.rampart.redis.plugins.modules import redis_handover
from ansible_collections.rampart.redis.tests.runner import fail, succeed

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "n0t-to-be-seen"


def options(*paths: Path, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"files": [{"path": str(path), "content": f"{SECRET} {path.name}\n"} for path in paths], **more}


def test_files_and_folders_are_for_their_owner_only(tmp_path: Path) -> None:
    env, key = tmp_path / "etc" / "shop" / "redis.env", tmp_path / "etc" / "shop" / "key.pem"
    result = succeed(redis_handover, options(env, key))
    assert result["changed"]
    assert env.read_text() == f"{SECRET} redis.env\n"
    assert [path.stat().st_mode & 0o7777 for path in (env, key, env.parent)] == [0o600, 0o600, 0o700]
    assert result["plan"] == [
        f"{tmp_path}/etc: is made, mode 0700",
        f"{tmp_path}/etc/shop: is made, mode 0700",
        f"{env}: is written, mode 0600",
        f"{key}: is written, mode 0600",
    ]
    assert SECRET not in json.dumps(result["diff"])


def test_the_second_run_changes_nothing(tmp_path: Path) -> None:
    env = tmp_path / "redis.env"
    succeed(redis_handover, options(env))
    before = env.stat().st_ino
    result = succeed(redis_handover, options(env))
    assert (result["changed"], result["plan"], result["diff"]) == (False, [], [])
    assert env.stat().st_ino == before


def test_check_mode_tells_the_truth_and_does_nothing(tmp_path: Path) -> None:
    env = tmp_path / "new" / "redis.env"
    predicted = succeed(redis_handover, options(env), check_mode=True)
    assert not env.parent.exists()
    done = succeed(redis_handover, options(env))
    assert {name: predicted[name] for name in ("changed", "plan", "diff")} == {
        name: done[name] for name in ("changed", "plan", "diff")
    }


@pytest.mark.parametrize(("content", "mode"), [("other\n", 0o600), (f"{SECRET} redis.env\n", 0o644)])
def test_what_was_changed_by_hand_is_put_right(tmp_path: Path, content: str, mode: int) -> None:
    env = tmp_path / "redis.env"
    env.write_text(content)
    env.chmod(mode)
    result = succeed(redis_handover, options(env))
    assert result["plan"] == [f"{env}: is replaced, mode 0600"]
    assert (env.read_text(), env.stat().st_mode & 0o7777) == (f"{SECRET} redis.env\n", 0o600)
    assert SECRET not in json.dumps(result["diff"])


def test_one_that_cannot_be_written_keeps_the_others_from_it(tmp_path: Path) -> None:
    env, folder = tmp_path / "redis.env", tmp_path / "folder"
    env.write_text("before\n")
    folder.mkdir()
    message = fail(redis_handover, options(env, folder))
    assert SECRET not in message
    assert env.read_text() == "before\n"


@pytest.mark.parametrize(
    ("mode", "message"), [("0644", "lets everybody at"), ("0602", "lets everybody at"), ("rw", "not an octal mode")]
)
def test_a_mode_that_is_none_or_too_open_is_refused(tmp_path: Path, mode: str, message: str) -> None:
    wanted = options(tmp_path / "redis.env")
    wanted["files"][0]["mode"] = mode
    assert message in fail(redis_handover, wanted)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_owner_is_named(tmp_path: Path) -> None:
    assert "nobody-of-that-name" in fail(redis_handover, options(tmp_path / "a", owner="nobody-of-that-name"))
    assert list(tmp_path.iterdir()) == []
