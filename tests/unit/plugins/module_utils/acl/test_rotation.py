"""Stages and steps of a password in rotation, and whose passwords can be rotated."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.acl import rotation
from ansible_collections.rampart.redis.plugins.module_utils.errors import InputError

STAGES = ("none", "made", "open", "retiring")


@pytest.mark.parametrize(
    ("present", "stage"), [([], "none"), ([".next"], "made"), ([".old"], "open"), ([".retired"], "retiring")]
)
def test_the_files_tell_the_stage(present: list[str], stage: str) -> None:
    assert rotation.stage(present) == stage


def test_a_promotion_that_broke_off_is_one_still_to_come() -> None:
    assert rotation.stage([".next", ".old"], broke_off=True) == "made"


@pytest.mark.parametrize("present", [pair for number in (2, 3) for pair in combinations(rotation.SUFFIXES, number)])
def test_files_that_no_run_leaves_are_refused(present: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match="beside one another"):
        rotation.stage(present)


# Per step: what happens at each stage. "go" takes it, "done" leaves all as it is, the rest is part of the refusal.
TABLE = {
    "make": ("go", "done", "done", "is being retired"),
    "promote": ("there is no next password", "go", "done", "cannot promote"),
    "retire": ("done", "not in use yet", "go", "done"),
    "forget": ("done", "cannot forget", "cannot forget", "go"),
}


@pytest.mark.parametrize(
    ("step", "stage", "answer"),
    [(step, stage, answer) for step, row in TABLE.items() for stage, answer in zip(STAGES, row, strict=True)],
)
def test_each_step_at_each_stage(step: str, stage: str, answer: str) -> None:
    if answer in ("go", "done"):
        assert rotation.is_due(step, stage, check_mode=False) == (answer == "go")
    else:
        with pytest.raises(InputError, match=answer):
            rotation.is_due(step, stage, check_mode=False)


def test_a_check_foresees_what_the_step_before_would_have_left() -> None:
    assert rotation.is_due("promote", "none", check_mode=True)
    assert rotation.is_due("forget", "open", check_mode=True)
    with pytest.raises(InputError, match="not in use yet"):
        rotation.is_due("retire", "made", check_mode=True)


DECLARED: list[dict[str, Any]] = [
    {"name": "operator", "preset": "operator"},
    {"name": "admin", "preset": "admin"},
    {"name": "app", "preset": "application", "prefix": "app:"},
    {"name": "paused", "enabled": False},
    {"name": "gone", "state": "absent"},
    {"name": "vaulted", "preset": "exporter"},
    {"name": "hashed", "password_hashes": ["x"]},
]


def test_all_are_those_that_can_be_rotated() -> None:
    chosen, reasons = rotation.choose(DECLARED, [], ["vaulted"])
    assert chosen == ["operator", "app"]
    assert sorted(text.partition(":")[0] for text in reasons) == ["admin", "gone", "hashed", "paused", "vaulted"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("default", "nobody logs in as it"),
        ("admin", "break_glass.yml"),
        ("paused", "it is off"),
        ("gone", "declared absent"),
        ("vaulted", "redis_acl_passwords: give [new, old] there"),
        ("hashed", "its entry in redis_acl_users"),
        ("stranger", "not declared"),
    ],
)
def test_others_are_refused_with_the_reason(name: str, reason: str) -> None:
    chosen, reasons = rotation.choose(DECLARED, ["app", name], ["vaulted"])
    assert chosen == ["app"]
    (said,) = reasons
    assert said.startswith(f"{name}: ")
    assert reason in said
