"""TLS."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.audit.cases import (
    CERTIFICATE,
    DAY,
    NOW,
    Case,
    config,
    file,
    verify,
)

_KEY = "/etc/redis/tls/k.pem"


def _certificate(**more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"certificates": [{**CERTIFICATE, **more}]}


def _key(mode: int, **more: str) -> dict[str, Any]:
    return {"files": [file(_KEY, "key", mode, **more)]}


def _private(ca: str, *, unreadable: bool = False) -> dict[str, Any]:
    return {"private_keys": [{"path": _KEY, "ca": ca, "unreadable": unreadable}]}


CASES = [
    Case("TLS-001", {}, "pass", "6379"),
    Case("TLS-001", config(tls_port="0", port="6379"), "fail", "tls-port is 0"),
    Case("TLS-001", config(tls_port="0", port="6379", bind="127.0.0.1"), "not_applicable", "only this host"),
    Case("TLS-001", config(tls_port="0", port="6379", bind=""), "fail", "every interface"),
    Case("TLS-002", {}, "pass", "TLSv1.2"),
    Case("TLS-002", config(tls_protocols=""), "pass", "empty"),
    Case("TLS-002", config(tls_protocols="TLSv1 TLSv1.1 TLSv1.2"), "fail", "TLSv1.1"),
    Case("TLS-002", config(tls_port="0"), "not_applicable", "no TLS port"),
    Case("TLS-003", {}, "pass", "yes"),
    Case("TLS-003", config(tls_auth_clients="no"), "fail", "is no"),
    Case("TLS-003", config(tls_auth_clients="optional"), "fail", "optional"),
    Case("TLS-003", config(tls_port="0"), "not_applicable", "no TLS port"),
    Case("TLS-006", {}, "pass", "200 days"),
    Case("TLS-006", _certificate(not_after=NOW - 3 * DAY), "fail", "expired 3 days ago", "critical"),
    Case("TLS-006", _certificate(not_after=NOW + 3 * DAY), "fail", "in 3 days", "high"),
    Case("TLS-006", _certificate(not_after=NOW + 29 * DAY), "fail", "in 29 days", "medium"),
    Case("TLS-006", _certificate(not_before=NOW + DAY), "fail", "not valid yet", "high"),
    Case("TLS-006", {"certificates": []}, "not_applicable", "no certificate"),
    Case("TLS-009", {}, "pass", "Private CA"),
    Case("TLS-009", _certificate(self_signed=True), "fail", "self-signed"),
    Case("TLS-009", _certificate(ca=True), "fail", "CA:TRUE"),
    Case("TLS-009", _certificate(role="ca", ca=True, self_signed=True), "not_applicable", "no server certificate"),
    Case("TLS-011", {}, "pass", "root:redis 0640"),
    Case("TLS-011", _key(0o600, owner="redis"), "pass", "redis:redis 0600"),
    Case("TLS-011", _key(0o644), "fail", "0644"),
    Case("TLS-011", _key(0o660), "fail", "0660"),
    Case("TLS-011", _key(0o640, group="users"), "fail", "group that may read"),
    Case("TLS-011", _key(0o600, owner="bob"), "fail", "bob"),
    Case("TLS-011", {"files": []}, "not_applicable", "no private key"),
    Case("TLS-013", {}, "pass", "1 keys"),
    Case("TLS-013", _private("/etc/redis/tls/ca-cert.pem"), "fail", "ca-cert.pem"),
    Case("TLS-013", _private("", unreadable=True), "not_evaluated", "cannot be read"),
    Case("TLS-013", {"private_keys": []}, "not_applicable", "no TLS directory"),
    Case("TLS-014", {}, "pass", "ECDHE"),
    Case("TLS-014", config(tls_ciphers="ALL:@SECLEVEL=0"), "fail", "SECLEVEL"),
    Case("TLS-014", config(tls_ciphers="ECDHE-RSA-DES-CBC3-SHA"), "fail", "DES"),
    Case("TLS-014", config(tls_ciphers=""), "fail", "empty"),
    Case("TLS-014", config(tls_port="0"), "not_applicable", "no TLS port"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_tls(case: Case) -> None:
    verify(case)
