"""A thousand recorded snapshots, judged in one process that keeps all reports: the memory it takes.

The snapshots are of a real server with 50 users, each written to a file of its own, as they lie in a folder.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from ansible_collections.rampart.redis.plugins.module_utils.audit import snapshots
from ansible_collections.rampart.redis.plugins.module_utils.audit.registry import CHECKS
from ansible_collections.rampart.redis.plugins.module_utils.audit.report import build
from ansible_collections.rampart.redis.plugins.module_utils.collect.snapshot import collect
from ansible_collections.rampart.redis.tests.live.servers import find_binaries, running

ROOT = Path(__file__).resolve().parents[2]
SNAPSHOTS, USERS = 1000, 50
# A process of its own, so that nothing else is in its memory; tests.conftest makes the checkout importable.
CHILD = "import sys, tests.conftest; from tests.benchmarks import snapshots; print(snapshots.judge(sys.argv[1]))"
LIMIT_MB = 500


def measure() -> dict[str, Any]:
    """Return the verdict: megabytes at most."""
    binary = next(iter(find_binaries().values()))
    with tempfile.TemporaryDirectory(prefix="rampart-bench-") as folder:
        _record(binary, Path(folder))
        started = time.monotonic()
        command = [sys.executable, "-c", CHILD, folder]
        said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        print(f"{SNAPSHOTS} snapshots of {USERS} users: {time.monotonic() - started:.1f} s, {said.strip()} MB at most")
    value = int(said)
    return {"goal": "snapshots", "value": value, "limit": LIMIT_MB, "met": value <= LIMIT_MB}


def _record(binary: str, folder: Path) -> None:
    users = "".join(f"user app{number} on #{number:064x} ~app{number}:* +@read +@write\n" for number in range(USERS))
    with running(binary, acl=f"user default on nopass ~* &* +@all\n{users}") as server:
        found = collect(server.endpoint, server=True, host=True)
        for number in range(SNAPSHOTS):
            # One server stands for all; the snapshots differ by name.
            subject = {"host": f"redis-{number}", "endpoint": "10.0.0.1:6379", "collected_at": "2026-11-24T10:00:00Z"}
            sections = {**found.sections, "now": time.time()}
            saved = snapshots.save(sections, found.missing, subject=subject, proof=found.proof, salt=b"s" * 32)
            (folder / f"{number}.json").write_text(json.dumps(saved), encoding="utf-8")


def judge(folder: str) -> int:
    """Judge every snapshot of a folder, keep all reports, and return the megabytes this process took at most."""
    reports = []
    for path in sorted(Path(folder).glob("*.json")):
        kept = snapshots.read(json.loads(path.read_text(encoding="utf-8")), str(path))
        sections = {**kept["sections"], "expected": {}}
        subject = {name: kept[name] for name in ("host", "endpoint", "collected_at")}
        reports.append(build(sections, kept["missing"], CHECKS, subject=subject, proof=kept["proof"]))
    assert len(reports) == SNAPSHOTS
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
