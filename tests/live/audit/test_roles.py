"""Primary, replica and cluster node are recognised and judged by their own rules."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING, Any

from ansible_collections.rampart.redis.plugins.module_utils.audit.registry import CHECKS
from ansible_collections.rampart.redis.plugins.module_utils.audit.report import build
from ansible_collections.rampart.redis.plugins.module_utils.collect.snapshot import collect
from ansible_collections.rampart.redis.tests.live.servers import running

if TYPE_CHECKING:
    from ansible_collections.rampart.redis.tests.live.servers import Running

SECONDS = 20


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _report(server: Running, **expected: Any) -> dict[str, Any]:  # noqa: ANN401
    found = collect(server.endpoint, server=True, host=False)
    sections = {**found.sections, "expected": expected, "now": time.time()}
    return build(sections, found.missing, CHECKS, subject={"host": "test"}, proof=found.proof)


def _status(report: dict[str, Any]) -> dict[str, str]:
    return {row["id"][4:]: row["status"] for row in report["results"]}


def _await_link(primary: Running) -> None:
    deadline = time.monotonic() + SECONDS
    with primary.session() as session:
        while "connected_slaves:1" not in str(session.command("INFO", "replication")):
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_a_primary_and_its_replica(binary: str) -> None:
    port = _free_port()
    with (
        running(binary, f"port {port}\nbind 127.0.0.1\nrepl-diskless-sync yes\nrepl-diskless-sync-delay 0") as primary,
        running(binary, f"replicaof 127.0.0.1 {port}") as replica,
    ):
        _await_link(primary)
        above, below = _report(primary), _report(replica)
        strict = _report(primary, replica_addresses=["10.0.0.7"])
        declared = _report(replica, primary=f"127.0.0.1:{port}")
    assert (above["server"]["role"], below["server"]["role"]) == ("primary", "replica")
    assert _status(above)["CFG-020"] == "info"
    assert _status(strict)["CFG-020"] == "fail"
    assert next(row for row in strict["results"] if row["id"] == "RDS-CFG-020")["evidence"] == [
        "a replica at 127.0.0.1"
    ]
    assert _status(above)["CFG-019"] == "pass"
    assert _status(below)["CFG-019"] == "info"
    assert _status(declared)["CFG-019"] == "pass"
    assert _status(below)["TLS-004"] == _status(below)["CFG-021"] == "fail"
    assert _status(above)["CFG-021"] == _status(above)["TLS-005"] == "not_applicable"


def test_a_cluster_node(binary: str) -> None:
    # The bus is at the port and 10000 more, so the port has to be a low one.
    port = next(number for number in iter(_free_port, None) if number < 50000)
    with running(binary, f"port {port}\nbind 127.0.0.1\ncluster-enabled yes") as node:
        report = _report(node)
    assert report["server"]["mode"] == "cluster"
    assert _status(report)["TLS-005"] == "fail"
    assert _status(report)["NET-007"] == "not_evaluated"
