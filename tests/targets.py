"""On which servers a test with containers runs."""

from __future__ import annotations

import os

from tools.demo.machines import MACHINES

ALL = os.environ.get("RAMPART_TARGETS") == "all"


def on(*names: str) -> tuple[str, ...]:
    """Return the targets of a test: the named ones in CI, every one in ``make soak`` (``RAMPART_TARGETS=all``)."""
    return tuple(MACHINES) if ALL else names
