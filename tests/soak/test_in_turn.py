"""On one host, each run of harden.yml dies when it has changed one thing, and the next one goes on from there.

What changes nothing leaves the host as it was, so these are all the states in which a killed controller can leave it
between two tasks. The middle of tasks is for ``test_killed``.
"""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from .site import careless_image, careless_site

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.docker

NAME = "rampart-in-turn"
# Fewer than there are: a run that ends early shows that nothing was killed.
LEAST = 10
# More than there are: a change that every run makes anew would never end.
MOST = 60


def test_what_is_closed_stays_closed_and_the_last_run_finishes(tmp_path: Path) -> None:
    with careless_image(NAME) as image, careless_site(NAME, image, tmp_path) as site:
        killed = 0
        closed = False
        status = -signal.SIGKILL
        while status == -signal.SIGKILL:
            status, output = site.play(RAMPART_KILL_CHANGED=1)
            assert status in {0, -signal.SIGKILL}, (killed, output[-3000:])
            was_closed, closed = closed, site.is_closed()
            assert closed or not was_closed, f"the old door was open again after {killed} changes"
            killed += status == -signal.SIGKILL
            assert killed < MOST, output[-3000:]
        assert killed > LEAST
        assert closed
        site.finish()
