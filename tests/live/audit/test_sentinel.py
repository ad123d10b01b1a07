"""A Sentinel is recognised, asked what it can answer, and judged by its own rules."""

from __future__ import annotations

import hashlib
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.audit.registry import CHECKS
from ansible_collections.rampart.redis.plugins.module_utils.audit.report import build
from ansible_collections.rampart.redis.plugins.module_utils.collect.session import knock
from ansible_collections.rampart.redis.plugins.module_utils.collect.snapshot import Places, Snapshot, collect
from ansible_collections.rampart.redis.plugins.module_utils.connection import Endpoint
from ansible_collections.rampart.redis.tests.live.servers import version_of

if TYPE_CHECKING:
    from collections.abc import Iterator

PASSWORD = "Zq3vT8mWc5RbYx7NdKp2Lf9HsJg4Ea6U"
HASH = hashlib.sha256(PASSWORD.encode()).hexdigest()
# The least that the audit of a Sentinel needs.
RULES = (
    "resetchannels -@all +ping +info +acl|list +acl|getuser +acl|users +client|list +command "
    "+sentinel|masters +sentinel|ckquorum"
)
MONITOR = "sentinel monitor main 127.0.0.1 1 2\n"


def _port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


@contextmanager
def _sentinel(binary: str, config: str) -> Iterator[tuple[Endpoint, Path]]:
    folder = Path(tempfile.mkdtemp(prefix="rampart-live-"))
    endpoint = Endpoint(port=_port(), tls=False)
    conf = folder / "sentinel.conf"
    conf.write_text(f"port {endpoint.port}\ndir {folder}\nlogfile {folder}/log\n{MONITOR}{config}", encoding="utf-8")
    process = subprocess.Popen([binary, str(conf), "--sentinel"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 10
        while knock(endpoint)["result"] == "unknown":
            assert time.monotonic() < deadline, (folder / "log").read_text()
            time.sleep(0.02)
        yield endpoint, conf
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder)


def _judged(found: Snapshot, conf: Path | None) -> dict[str, str]:
    sections = {**found.sections, "expected": {}, "now": time.time()}
    report = build(sections, found.missing, CHECKS, subject={"host": "test"}, proof=found.proof)
    assert conf is None or str(conf) not in str(report["missing"])
    return {row["id"][4:]: row["status"] for row in report["results"]}


def test_an_open_sentinel_is_found(binary: str) -> None:
    with _sentinel(binary, "") as (endpoint, conf):
        found = collect(endpoint, Places(str(conf)), server=True, host=True)
    judged = _judged(found, conf)
    assert found.sections["server"]["mode"] == "sentinel"
    assert found.sections["monitored"] == [
        {"name": "main", "address": "127.0.0.1:1", "quorum": "2", "others": "0", "reached": "NOQUORUM"}
    ]
    assert {judged[ident] for ident in ("NET-005", "SEN-001", "SEN-002", "SEN-006", "SEN-007")} == {"fail"}
    assert judged["SEN-004"] == "pass"
    assert judged["CFG-001"] == judged["CFG-009"] == judged["ACL-023"] == "not_applicable"
    assert found.proof["denials"] == 0
    assert found.proof["refused"] == []


def test_an_auditor_of_its_own_is_enough(binary: str) -> None:
    if not version_of(binary).since((7, 0)):
        pytest.skip("before 7.0 a Sentinel's rules have no subcommands to take away")
    users = f"user default off\nuser auditor on #{HASH} {RULES}\n"
    with _sentinel(binary, users) as (endpoint, _conf):
        login = Endpoint(port=endpoint.port, tls=False, user="auditor", password=PASSWORD)
        found = collect(login, server=True, host=False)
    judged = _judged(found, None)
    assert found.proof["refused"] == []
    assert judged["SEN-001"] == judged["ACL-034"] == "pass"
    assert judged["SEN-002"] == "not_evaluated"
