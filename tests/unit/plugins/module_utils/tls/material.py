"""Wishes, authorities and certificates for the tests of ``tls``; the clock stands still."""

from __future__ import annotations

import functools
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from ansible_collections.rampart.redis.plugins.module_utils.tls import issue
from ansible_collections.rampart.redis.plugins.module_utils.tls.inspect import read_certificates
from ansible_collections.rampart.redis.plugins.module_utils.tls.wish import (
    CERTIFICATE_OPTIONS,
    CertWish,
    parse_wishes,
)

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SERIAL = 0x80000000000000000000000000000001


def options(**changed: object) -> dict[str, Any]:
    """Return the options of one certificate as the module's argument spec hands them over."""
    plain = {name: spec.get("default") for name, spec in CERTIFICATE_OPTIONS.items()}
    return {**plain, "name": "node", "subject_alt_names": ["redis.example.com", "10.0.0.5"], **changed}


def wish(**changed: object) -> CertWish:
    """Return one parsed wish whose files lie in /tls."""
    params = {"certificates": [options(**changed)], "directory": "/tls", "renew_before": "1m"}
    return parse_wishes(params)[0]


@functools.cache
def authority_pems(
    name: str = "test CA", days: int = 1825, kind: str = "ecdsa-p256", passphrase: str | None = None
) -> tuple[bytes, bytes]:
    """Return (certificate, key) of an authority that begins at ``NOW``."""
    key = issue.make_key(kind, passphrase)
    moment = issue.Moment(NOW, SERIAL)
    return issue.make_authority(key, passphrase, name, timedelta(days=days), moment), key


def authority(name: str = "test CA", days: int = 1825, kind: str = "ecdsa-p256") -> issue.Authority:
    """Return an authority that can sign."""
    certificate, key = authority_pems(name, days, kind)
    return issue.load_authority(certificate, key, None, NOW)


@functools.cache
def _issued(wished: CertWish, name: str, at: datetime) -> tuple[bytes, bytes]:
    key = issue.make_key(wished.key_type)
    request = issue.make_request(key, wished.name)
    return issue.sign(authority(name), wished, request, issue.Moment(at, SERIAL)).encode(), key


def pair(*, name: str = "test CA", at: datetime = NOW, **changed: object) -> tuple[bytes, bytes]:
    """Return (certificate, key) as PEM, signed at ``at`` by the authority ``name``."""
    return _issued(wish(**changed), name, at)


def raw(certificate: bytes) -> Certificate:
    """Return the first certificate of a PEM as cryptography's object."""
    return read_certificates(certificate, "test")[0]
