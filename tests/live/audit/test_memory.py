"""A thousand recorded snapshots are judged in one process without filling the memory of a small controller."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

from ansible_collections.rampart.redis.plugins.modules import redis_config_audit
from ansible_collections.rampart.redis.tests.live.servers import ROOT, running
from ansible_collections.rampart.redis.tests.runner import succeed

if TYPE_CHECKING:
    from pathlib import Path

SNAPSHOTS = 1000
LIMIT_MIB = 500
# Each snapshot is read anew, as from a file of its own, and every report is kept until all are rendered.
JUDGE = """
import json, pathlib, resource, runpy, sys
runpy.run_path("tests/conftest.py")
from ansible_collections.rampart.redis.plugins.module_utils.audit.registry import CHECKS
from ansible_collections.rampart.redis.plugins.module_utils.audit.report import build
from ansible_collections.rampart.redis.plugins.module_utils.audit.outcome import outcome
text = pathlib.Path(sys.argv[1]).read_text()
reports = []
for number in range(int(sys.argv[2])):
    found = json.loads(text)
    subject = {"host": f"host-{number}", "endpoint": "", "collected_at": ""}
    sections = {**found["sections"], "expected": {}, "now": 1800000000.0}
    reports.append(build(sections, found["missing"], CHECKS, subject=subject, proof={}))
worst = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"failed": outcome(reports, "high")["summary"]["fail"], "kib": worst}))
"""


def test_a_thousand_snapshots(server_binaries: dict[str, str], tmp_path: Path) -> None:
    with running(next(iter(server_binaries.values()))) as server:
        options = {"login_unix_socket": server.endpoint.unix_socket, "tls": False, "sections": ["server"]}
        found = succeed(redis_config_audit, {**options, "return_snapshot": True})
    path = tmp_path / "snapshot.json"
    path.write_text(json.dumps(found["snapshot"]), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", JUDGE, str(path), str(SNAPSHOTS)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    said = json.loads(done.stdout)
    assert said["failed"] >= SNAPSHOTS
    assert said["kib"] / 1024 < LIMIT_MIB
