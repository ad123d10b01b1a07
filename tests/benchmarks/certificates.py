"""Goal P3: an authority and fifty certificates cost little more than an empty playbook, made and looked at."""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
from pathlib import Path
from typing import Any

from . import acl_site

CERTIFICATES = 50
ROUNDS = 5
LIMIT = 1.5
# performance.md: the chain of community.crypto's tasks for the same certificates, in runs of ours.
PEER = 72.0
EMPTY, NOTHING, FIRST, SECOND = "empty playbook", "one task that does nothing", "first run", "second run"


def measure() -> dict[str, Any]:
    """Return the verdict: of medians of interleaved runs, the worse ratio of first and second to an empty playbook.

    ``ratios`` are of elapsed time, ``cpu`` of CPU time, which a busy machine disturbs less.
    """
    runs: dict[str, list[tuple[float, float]]] = {kind: [] for kind in (EMPTY, NOTHING, FIRST, SECOND)}
    with tempfile.TemporaryDirectory(prefix="rampart-bench-") as name:
        folder = Path(name)
        for _round in range(ROUNDS):
            tasks = _tasks(folder / "certificates")
            runs[EMPTY].append(_run(folder, [], 0))
            runs[NOTHING].append(_run(folder, [{"ansible.builtin.ping": {}}], 0))
            runs[FIRST].append(_run(folder, tasks, len(tasks)))
            runs[SECOND].append(_run(folder, tasks, 0))
    elapsed = {kind: statistics.median(seconds for seconds, _cpu in values) for kind, values in runs.items()}
    cpu = {kind: statistics.median(used for _seconds, used in values) for kind, values in runs.items()}
    for kind, seconds in elapsed.items():
        print(f"{kind}: median {seconds:.2f} s, {cpu[kind]:.2f} s of CPU")
    ratios, cpu_ratios = (
        {kind: round(median / medians[EMPTY], 2) for kind, median in medians.items()} for medians in (elapsed, cpu)
    )
    value = max(ratios[FIRST], ratios[SECOND])
    met = value <= LIMIT
    return {"goal": "P3", "value": value, "limit": LIMIT, "peer": PEER, "met": met, "ratios": ratios, "cpu": cpu_ratios}


def _run(folder: Path, tasks: list[dict[str, Any]], changed: int) -> tuple[float, float]:
    """Return seconds and CPU seconds of a playbook that has to change so many tasks."""
    before = os.times()
    done = acl_site.play(folder, tasks)
    after = os.times()
    if done.changed != changed:
        raise RuntimeError(f"{done.changed} tasks changed something, expected were {changed}")
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return done.seconds, used


def _tasks(folder: Path) -> list[dict[str, Any]]:
    """Return the tasks, with nothing made yet."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    authority = {"cert_file": str(folder / "ca-cert.pem"), "key_file": str(folder / "ca-key.pem")}
    wished = [
        {"name": f"node-{number}", "subject_alt_names": [f"node-{number}.example.com", f"10.0.0.{number + 1}"]}
        for number in range(CERTIFICATES)
    ]
    certificates = {
        "certificates": wished,
        "directory": str(folder),
        "ca_cert": authority["cert_file"],
        "ca_key": authority["key_file"],
    }
    return [{"rampart.redis.redis_tls_ca": authority}, {"rampart.redis.redis_tls_cert": certificates}]
