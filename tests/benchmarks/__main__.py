"""Run one benchmark: ``python -m tests.benchmarks P7``."""

from __future__ import annotations

import json
import sys

# Makes the checkout importable as a collection. pylint: disable-next=unused-import
import tests.conftest  # noqa: F401 - for what it does

from . import acl_stall, acl_users, certificates, data_path, fleet_audit, handshake, second_run, snapshots

GOALS = {
    "P1": data_path.measure,
    "P2": handshake.measure,
    "P3": certificates.measure,
    "P4": acl_users.measure,
    "P5": acl_stall.measure,
    "P6": fleet_audit.measure,
    "P7": second_run.measure,
    "snapshots": snapshots.measure,
}


def main(argv: list[str]) -> int:
    """Measure the goal named on the command line; the last line printed is its verdict."""
    if len(argv) != 1 or argv[0] not in GOALS:
        sys.stderr.write(f"usage: make bench GOAL={'|'.join(GOALS)}\n")
        return 2
    print(json.dumps(GOALS[argv[0]]()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
