"""The controller is killed at each task of harden.yml in turn, before the task begins, on one host."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from .site import careless_image, careless_site

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.docker

NAME = "rampart-in-turn"
# Far fewer than there are: a run that ends early shows that nothing was killed.
LEAST = 20


def test_what_is_closed_stays_closed_and_the_last_run_finishes(tmp_path: Path) -> None:
    with careless_image(NAME) as image, careless_site(NAME, image, tmp_path) as site:
        number = 0
        closed = False
        status = -signal.SIGKILL
        while status == -signal.SIGKILL:
            number += 1
            status, output = site.play(RAMPART_KILL_AT=number)
            assert status in {0, -signal.SIGKILL}, (number, output[-3000:])
            was_closed, closed = closed, site.is_closed()
            assert closed or not was_closed, f"the old door was open again after task {number}"
        assert number > LEAST
        assert closed
        site.finish()
