"""Run one benchmark: ``python -m tests.benchmarks P7``."""

from __future__ import annotations

import json
import sys

from . import second_run

GOALS = {"P7": second_run.measure}


def main(argv: list[str]) -> int:
    """Measure the goal named on the command line; the last line printed is its verdict."""
    if len(argv) != 1 or argv[0] not in GOALS:
        sys.stderr.write(f"usage: make bench GOAL={'|'.join(GOALS)}\n")
        return 2
    print(json.dumps(GOALS[argv[0]]()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
