"""The controller is killed at a task of harden.yml; the next run finishes the work, and nothing is lost.

In the middle of five of the tasks that change something, or of all of them (``RAMPART_KILLS=all``), every time on a
host never hardened before.
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
        return whole.changing()


def spread(numbers: list[int], count: int) -> list[int]:
    """Return ``count`` of the numbers, spread evenly."""
    return [numbers[index * len(numbers) // count] for index in range(count)]


def test_the_next_run_finishes_the_work(
    image: str, changing: list[int], tmp_path_factory: pytest.TempPathFactory, subtests: pytest.Subtests
) -> None:
    assert len(changing) > FEW
    for number in changing if ALL else spread(changing, FEW):
        with (
            subtests.test(number=number),
            careless_site(NAME, image, tmp_path_factory.mktemp("killed")) as site,
        ):
            status, output = site.play(RAMPART_KILL_AT=number, RAMPART_KILL_AFTER=IN_THE_MIDDLE)
            assert status == -signal.SIGKILL, output[-3000:]
            site.finish()
