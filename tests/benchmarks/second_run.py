"""Goal P7: the second run of harden.yml costs at most three times that of a role that only installs Redis."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml

from tests import containers
from tools.demo import recap

ROOT = Path(__file__).resolve().parents[2]
HARDENED, MINIMAL = "rampart-bench-hardened", "rampart-bench-minimal"
PLAYBOOKS = {HARDENED: "playbooks/harden.yml", MINIMAL: "tests/benchmarks/minimal.yml"}
ROUNDS = 7
LIMIT = 3.0
# performance.md: a second run of dev-sec's os_hardening against the same yardstick.
PEER = 21.0


def measure() -> dict[str, Any]:
    """Return the verdict: the ratio of the medians of interleaved second runs."""
    containers.remove(*PLAYBOOKS)
    try:
        with tempfile.TemporaryDirectory(prefix="rampart-bench-") as folder:
            seconds = _second_runs(Path(folder))
    finally:
        containers.remove(*PLAYBOOKS)
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    for name, values in seconds.items():
        print(f"{PLAYBOOKS[name]}: median {medians[name]:.2f} s of {', '.join(f'{value:.2f}' for value in values)}")
    value = round(medians[HARDENED] / medians[MINIMAL], 2)
    return {"goal": "P7", "value": value, "limit": LIMIT, "peer": PEER, "met": value <= LIMIT}


def _second_runs(folder: Path) -> dict[str, list[float]]:
    for name in PLAYBOOKS:
        containers.start(name)
        containers.wait(name)
        _write_inventory(folder / f"{name}.yml", name, folder / "controller")
        _play(folder, name)
    seconds: dict[str, list[float]] = {name: [] for name in PLAYBOOKS}
    for _round in range(ROUNDS):
        for name, playbook in PLAYBOOKS.items():
            started = time.monotonic()
            output = _play(folder, name)
            seconds[name].append(time.monotonic() - started)
            if any(counts["changed"] for counts in recap.counts(output.splitlines()).values()):
                raise RuntimeError(f"the second run of {playbook} changed something:\n{output}")
    return seconds


def _write_inventory(path: Path, name: str, controller: Path) -> None:
    host = {"ansible_connection": "rampart_docker", "redis_server_controller_dir": str(controller)}
    path.write_text(yaml.safe_dump({"redis": {"hosts": {name: host}}}), encoding="utf-8")


def _play(folder: Path, name: str) -> str:
    program = Path(sys.executable).with_name("ansible-playbook")
    done = subprocess.run(
        [str(program), "-i", str(folder / f"{name}.yml"), PLAYBOOKS[name]],
        cwd=ROOT,
        env={**os.environ, "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "ANSIBLE_NOCOLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{PLAYBOOKS[name]} failed:\n{done.stdout}{done.stderr}")
    return done.stdout
