"""Two servers whose order other audits get wrong: a weak password in the open, and certificates with users' rights."""

from __future__ import annotations

import hashlib
import socket
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.audit.registry import CHECKS
from ansible_collections.rampart.redis.plugins.module_utils.audit.report import build
from ansible_collections.rampart.redis.plugins.module_utils.collect.snapshot import collect
from ansible_collections.rampart.redis.plugins.module_utils.connection import Endpoint
from ansible_collections.rampart.redis.plugins.module_utils.tls import issue
from ansible_collections.rampart.redis.tests.live.servers import distributions_own, running
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.tls.material import SERIAL, wish

if TYPE_CHECKING:
    from pathlib import Path

PASSWORD = "Zq3vT8mWc5RbYx7NdKp2Lf9HsJg4Ea6U"
HASH = hashlib.sha256(PASSWORD.encode()).hexdigest()
RULES = "resetchannels -@all +ping +info +config|get +acl|list +acl|users +acl|getuser +client|list +module|list"


@pytest.fixture
def binary() -> str:
    return distributions_own()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _pair(folder: Path) -> None:
    moment = issue.Moment(datetime.now(UTC) - timedelta(minutes=1), SERIAL)
    ca_key, key = issue.make_key("ecdsa-p256", None), issue.make_key("ecdsa-p256")
    ca_cert = issue.make_authority(ca_key, None, "live CA", timedelta(days=400), moment)
    authority = issue.load_authority(ca_cert, ca_key, None, datetime.now(UTC))
    wished = wish(subject_alt_names=["127.0.0.1"])
    cert = issue.sign(authority, wished, issue.make_request(key, wished.name), moment).encode()
    for name, data in (("ca.pem", ca_cert), ("cert.pem", cert), ("key.pem", key)):
        (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())


def _findings(endpoint: Endpoint) -> dict[str, set[str]]:
    found = collect(endpoint, server=True, host=False)
    sections: dict[str, Any] = {**found.sections, "expected": {}, "now": time.time()}
    report = build(sections, found.missing, CHECKS, subject={"host": "test"}, proof=found.proof)
    rows = [row for row in report["results"] if row["status"] == "fail"]
    return {word: {row["id"][4:] for row in rows if row["severity"] == word} for word in ("critical", "high")}


def test_a_weak_password_in_the_open_is_critical(binary: str) -> None:
    port = _free_port()
    with running(binary, f"port {port}\nbind * -::*\nprotected-mode no\nrequirepass a"):
        found = _findings(Endpoint(port=port, tls=False, password="a"))
    assert "ACL-006" in found["critical"]
    assert {"NET-002", "NET-004", "TLS-001", "ACL-001", "ACL-010"} <= found["high"]


def test_certificates_and_users_are_not(binary: str, tmp_path: Path) -> None:
    _pair(tmp_path)
    port = _free_port()
    names = ("ca.pem", "cert.pem", "key.pem")
    ca, cert, key = (str(tmp_path / name) for name in names)
    config = (
        f"bind 127.0.0.1\ntls-port {port}\ntls-cert-file {cert}\ntls-key-file {key}\ntls-ca-cert-file {ca}\n"
        "tls-auth-clients yes\ntls-protocols TLSv1.3\ntls-ciphers ECDHE+AESGCM\nmaxmemory 100mb"
    )
    acl = f"user default off resetkeys -@all\nuser auditor on #{HASH} {RULES} +command|info +function|list\n"
    with running(binary, config, acl=f"{acl}user app on #{'ab' * 32} ~app:* resetchannels -@all +get +set\n"):
        endpoint = Endpoint(port=port, user="auditor", password=PASSWORD, ca_certs=ca)
        found = _findings(replace(endpoint, client_cert_file=cert, client_key_file=key))
    assert found == {"critical": set(), "high": set()}
