"""Certificates as they are."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.audit.cases import (
    AUTHORITY,
    CERTIFICATE,
    DAY,
    NOW,
    SECTIONS,
    Case,
    config,
    verify,
)


def _certificate(**more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"certificates": [{**CERTIFICATE, **more}, AUTHORITY]}


def _replica(laddr: str = "10.1.2.3:6379", **more: str) -> dict[str, Any]:
    row = {"addr": "10.1.2.8:4000", "laddr": laddr, "flags": "S", "user": "replica"}
    return {"replication": {"role": "master", "connected_slaves": "1"}, "clients": [row], **config(**more)}


def _pair(**more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"pairs": [{**SECTIONS["pairs"][0], **more}]}


_NONE: dict[str, Any] = {"certificates": []}
_SLAVE = {"replication": {"role": "slave", "master_host": "10.1.2.8", "master_port": "6379"}}
_CLUSTER = {"cluster_enabled": "yes"}

CASES = [
    Case("TLS-004", {}, "not_applicable", "no replication"),
    Case("TLS-004", _SLAVE, "pass", "tls-replication is yes"),
    Case("TLS-004", {**_SLAVE, **config(tls_replication="no")}, "fail", "tls-replication is no"),
    Case("TLS-004", _replica(port="6380"), "pass", "no replica came"),
    Case("TLS-004", _replica(laddr="10.1.2.3:6380", port="6380"), "fail", "10.1.2.8:4000 came over plaintext"),
    Case("TLS-005", {}, "not_applicable", "cluster-enabled is no"),
    Case("TLS-005", config(**_CLUSTER), "fail", "tls-cluster is no"),
    Case("TLS-005", config(**_CLUSTER, tls_cluster="yes"), "pass", "tls-cluster is yes"),
    Case("TLS-007", {}, "pass", "ecdsa-p256"),
    Case("TLS-007", _NONE, "not_applicable", "no certificate"),
    Case("TLS-007", _certificate(key="rsa-1024"), "fail", "key rsa-1024"),
    Case("TLS-007", _certificate(key="rsa-2048"), "info", "3072"),
    Case("TLS-007", _certificate(key="rsa-4096"), "pass", "rsa-4096"),
    Case("TLS-007", _certificate(key="ed25519"), "pass", "ed25519"),
    Case("TLS-007", _certificate(key="ecdsa-secp192r1"), "fail", "secp192r1"),
    Case("TLS-007", _certificate(signature="sha1"), "fail", "signature sha1"),
    Case("TLS-007", _certificate(signature="sha1", self_signed=True), "pass", "ecdsa"),
    Case("TLS-008", {}, "pass", "redis-1.example.com"),
    Case("TLS-008", _NONE, "not_applicable", "no certificate"),
    Case("TLS-008", _certificate(names=[]), "fail", "no subjectAltName"),
    Case("TLS-008", {"expected": {"tls_names": ["redis-1.example.com", "10.1.2.3"]}}, "pass", "10.1.2.3"),
    Case("TLS-008", {"expected": {"tls_names": ["redis-2.example.com"]}}, "fail", "lacks redis-2"),
    Case("TLS-010", {}, "pass", "signed by the configured CA"),
    Case("TLS-010", _NONE, "not_applicable", "no certificate"),
    Case("TLS-010", _certificate(verified=False), "fail", "is issued by CN=Private CA"),
    Case("TLS-010", _certificate(verified=None), "not_evaluated", "no CA"),
    Case("TLS-012", {}, "pass", "all fit"),
    Case("TLS-012", {"pairs": []}, "not_applicable", "no private key"),
    Case("TLS-012", _pair(same=False), "fail", "is not the key of"),
    Case("TLS-012", _pair(same=None), "not_evaluated", "passphrase"),
    Case("TLS-012", {"pairs": [{"parameters": "/etc/redis/dh.pem", "bits": 1024}]}, "fail", "1024 bits"),
    Case("TLS-012", {"pairs": [{"parameters": "/etc/redis/dh.pem", "bits": 2048}]}, "pass", "all fit"),
    Case("TLS-015", {}, "pass", "at most 201 days"),
    Case("TLS-015", _NONE, "not_applicable", "no certificate"),
    Case("TLS-015", _certificate(not_after=NOW + 3649 * DAY), "fail", "3650 days"),
    Case("TLS-015", {"expected": {"certificate_days": 90}}, "fail", "201 days"),
    Case("TLS-016", {}, "pass", "client and server"),
    Case("TLS-016", _NONE, "not_applicable", "no certificate"),
    Case("TLS-016", _certificate(usages=[]), "pass", "everything"),
    Case("TLS-016", _certificate(usages=["client"]), "fail", "not for a server"),
    Case("TLS-016", {**_certificate(usages=["server"]), **_SLAVE}, "fail", "not for a client"),
    Case(
        "TLS-016",
        {**_certificate(usages=["server"]), **_SLAVE, **config(tls_client_cert_file="/etc/redis/tls/c.pem")},
        "pass",
        "server",
    ),
    Case("TLS-017", {}, "pass", "the one of the file"),
    Case("TLS-017", _NONE, "not_applicable", "no certificate"),
    Case("TLS-017", {"presented": []}, "not_evaluated", "did not come over TLS"),
    Case("TLS-017", _certificate(fingerprint="00" * 32), "fail", "presents another one"),
    Case(
        "TLS-017",
        {"presented": [{"door": "10.1.2.3:6379 (TLS)", "fingerprint": "", "error": "no TLS handshake"}]},
        "not_evaluated",
        "no TLS handshake",
    ),
    Case("TLS-018", {}, "pass", "no passphrase"),
    Case("TLS-018", config(tls_key_file_pass="(set)"), "fail", "tls-key-file-pass is set"),
    Case("TLS-019", {}, "pass", "1 CAs"),
    Case("TLS-019", config(tls_port="0"), "not_applicable", "no client certificate"),
    Case("TLS-019", config(tls_auth_clients="no"), "not_applicable", "no client certificate"),
    Case("TLS-019", config(tls_ca_cert_file="/etc/ssl/certs/ca-certificates.crt"), "fail", "public CAs"),
    Case("TLS-019", {"certificates": [CERTIFICATE, *[AUTHORITY] * 11]}, "fail", "has 11 CAs"),
    Case("TLS-020", {}, "pass", "tls-session-caching is yes"),
    Case("TLS-020", config(tls_session_caching="no"), "fail", "tls-session-caching is no"),
    Case("TLS-020", config(tls_session_caching="no", tls_auth_clients="no"), "not_applicable", "no client"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_certificates(case: Case) -> None:
    verify(case)
