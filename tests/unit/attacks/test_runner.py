# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The runner: a failure counts only where the server went on serving its rightful users."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.attacks import runner
from tests.attacks.model import Attack, CannotRunError, Outcome, Target

BEFORE = Target("box", "192.0.2.1", "192.0.2.2", "before", Path())
AFTER = Target("box", "192.0.2.1", "192.0.2.2", "after", Path())


class World:
    """A server as the runner sees it."""

    def __init__(self) -> None:
        self.planted = 0
        self.alive = True
        self.pid = "1"

    def plant(self, _target: Target) -> None:
        self.planted += 1
        self.alive = True


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    world = World()
    monkeypatch.setattr("tests.attacks.canary.plant", world.plant)
    monkeypatch.setattr("tests.attacks.canary.alive", lambda _target: world.alive)
    monkeypatch.setattr(runner, "main_pid", lambda _container, _unit: world.pid)
    return world


def _attack(world: World, *, succeeded: bool, kills_data: bool = False, new_pid: str = "1") -> Attack:
    def run(_target: Target) -> Outcome:
        world.alive = not kills_data
        world.pid = new_pid
        return Outcome(succeeded, "evidence")

    return Attack(2, "title", "open", run)


def test_data_is_planted_again_after_a_success_before(world: World) -> None:
    outcome = runner.run(_attack(world, succeeded=True, kills_data=True), BEFORE)
    assert outcome.succeeded
    assert (world.planted, world.alive) == (2, True)


def test_nothing_is_planted_after_hardening(world: World) -> None:
    assert not runner.run(_attack(world, succeeded=False), AFTER).succeeded
    assert world.planted == 0


def test_a_failure_that_destroyed_the_data_is_no_failure(world: World) -> None:
    with pytest.raises(CannotRunError, match=r"attack 2 \(open\) on box: .* missing after"):
        runner.run(_attack(world, succeeded=False, kills_data=True), AFTER)


def test_without_data_nothing_is_proved(world: World) -> None:
    world.alive = False
    with pytest.raises(CannotRunError, match="missing before"):
        runner.run(_attack(world, succeeded=False), AFTER)


def test_a_crash_is_no_refusal(world: World) -> None:
    with pytest.raises(CannotRunError, match="restarted during the attack"):
        runner.run(_attack(world, succeeded=False, new_pid="2"), AFTER)


def test_every_outcome_is_told(world: World) -> None:
    told: list[int] = []
    attacks = [_attack(world, succeeded=True), _attack(world, succeeded=False)]
    results = runner.run_all(attacks, BEFORE, lambda attack, _outcome: told.append(attack.id))
    assert told == [2, 2]
    assert [outcome.succeeded for _attack, outcome in results] == [True, False]
