"""Goal P3: an authority and fifty certificates cost little more than an empty playbook, made and looked at."""

from __future__ import annotations

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


def measure() -> dict[str, Any]:
    """Return the verdict: of medians of interleaved runs, the worse ratio of first and second to an empty playbook."""
    kinds = ("empty", "one task that does nothing", "first", "second")
    seconds: dict[str, list[float]] = {kind: [] for kind in kinds}
    with tempfile.TemporaryDirectory(prefix="rampart-bench-") as name:
        folder = Path(name)
        for _round in range(ROUNDS):
            seconds["empty"].append(acl_site.play(folder, []).seconds)
            seconds["one task that does nothing"].append(acl_site.play(folder, [{"ansible.builtin.ping": {}}]).seconds)
            tasks = _tasks(folder / "certificates")
            for kind, changed in (("first", len(tasks)), ("second", 0)):
                done = acl_site.play(folder, tasks)
                if done.changed != changed:
                    raise RuntimeError(f"the {kind} run changed {done.changed} tasks")
                seconds[kind].append(done.seconds)
    medians = {kind: statistics.median(values) for kind, values in seconds.items()}
    ratios = {kind: round(median / medians["empty"], 2) for kind, median in medians.items()}
    for kind, median in medians.items():
        print(f"{kind}: median {median:.2f} s, {ratios[kind]} times an empty playbook")
    value = max(ratios["first"], ratios["second"])
    return {"goal": "P3", "value": value, "limit": LIMIT, "peer": PEER, "met": value <= LIMIT, "ratios": ratios}


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
