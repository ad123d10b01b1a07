"""The controller is killed at a task of harden.yml; the next run finishes the work, and nothing is lost.

In CI at five of the tasks that change something, in the middle of each. ``make soak`` (``RAMPART_KILLS=all``) kills in
the middle of, and right after, each task that changes something, every time on a host never hardened before: between
two such tasks the host is the same, so there is no other state to die in. Then at each task in turn on one host.
"""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from .site import careless_image, careless_site

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.docker

NAME = f"rampart-killed-{os.environ.get('PYTEST_XDIST_WORKER', 'gw0')}"
# A module call takes some 0.4 s: by then the module is on the host and at work.
IN_THE_MIDDLE = 0.3
FEW = 5
ALL = os.environ.get("RAMPART_KILLS") == "all"


@pytest.fixture(scope="module")
def image() -> Iterator[str]:
    with careless_image(NAME) as tag:
        yield tag


@pytest.fixture(scope="module")
def changing(image: str, tmp_path_factory: pytest.TempPathFactory) -> list[int]:
    """Return the numbers of the tasks that change something in a first run."""
    with careless_site(NAME, image, tmp_path_factory.mktemp("count")) as whole:
        return whole.tasks()["changed"]


def spread(numbers: list[int], count: int) -> list[int]:
    """Return ``count`` of the numbers, spread evenly."""
    return [numbers[index * len(numbers) // count] for index in range(count)]


def test_the_next_run_finishes_the_work(
    image: str, changing: list[int], tmp_path_factory: pytest.TempPathFactory, subtests: pytest.Subtests
) -> None:
    assert len(changing) > FEW
    middle = [(number, IN_THE_MIDDLE) for number in (changing if ALL else spread(changing, FEW))]
    after = [(number + 1, 0.0) for number in changing] if ALL else []
    for number, delay in middle + after:
        with (
            subtests.test(number=number, delay=delay),
            careless_site(NAME, image, tmp_path_factory.mktemp("killed")) as site,
        ):
            killed = site.play(RAMPART_KILL_AT=number, RAMPART_KILL_AFTER=delay)
            assert killed.returncode == -signal.SIGKILL, killed.stdout[-3000:]
            site.finish()


@pytest.mark.skipif(not ALL, reason="half an hour: make soak")
def test_killed_at_each_task_in_turn(image: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    with careless_site(NAME, image, tmp_path_factory.mktemp("turn")) as site:
        number = 0
        closed = False
        status = -signal.SIGKILL
        while status == -signal.SIGKILL:
            number += 1
            done = site.play(RAMPART_KILL_AT=number)
            status = done.returncode
            assert status in {0, -signal.SIGKILL}, (number, done.stdout[-3000:])
            refused = "Connection refused" in site.old_door()
            assert refused or not closed, f"the old door was open again after task {number}"
            closed = refused
        assert number > FEW
        assert closed
        site.finish()
