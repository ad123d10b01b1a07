"""Reasons to renew, one row each; no reason for a good pair."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.errors import InputError
from ansible_collections.rampart.redis.plugins.module_utils.tls import issue, renew
from ansible_collections.rampart.redis.plugins.module_utils.tls.inspect import is_issued_by
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.tls.material import (
    NOW,
    authority,
    pair,
    raw,
    wish,
)
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

BEFORE = timedelta(days=30)


def why(
    certificate: bytes | None,
    key: bytes | None,
    *,
    now: datetime = NOW,
    force: bool = False,
    ca: str | None = "test CA",
    **wished: object,
) -> list[str]:
    signer = authority(ca).certificate if ca else None
    wanted = wish(**wished)
    found = renew.look_at(wanted, certificate, key, signer)
    return renew.reasons(wanted, found, renew.Rules(now, BEFORE, force))


def test_a_good_pair_stays() -> None:
    assert why(*pair()) == []
    assert why(*pair(), ca=None) == []
    assert why(*pair(), subject_alt_names=["IP:10.0.0.5", "DNS:Redis.Example.com"]) == []


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (timedelta(minutes=-6), ["it is not valid before 2026-11-24T11:55:00Z"]),
        (timedelta(days=59, hours=23), []),
        (timedelta(days=60), ["it expires on 2027-02-22T12:00:00Z"]),
        (timedelta(days=89), ["it expires on 2027-02-22T12:00:00Z"]),
        (timedelta(days=90), ["it expired on 2027-02-22T12:00:00Z"]),
        (timedelta(days=400), ["it expired on 2027-02-22T12:00:00Z"]),
    ],
)
def test_time(age: timedelta, expected: list[str]) -> None:
    assert why(*pair(), now=NOW + age) == expected


@pytest.mark.parametrize(
    ("wished", "expected"),
    [
        (
            {"subject_alt_names": ["redis.example.com"]},
            "its names are DNS:redis.example.com, IP:10.0.0.5, wished are DNS:redis.example.com",
        ),
        ({"usages": ["server"]}, "it is good for client, server, wished is server"),
        ({"key_type": "ed25519"}, "its key is ecdsa-p256, wished is ed25519"),
    ],
)
def test_the_wish_changed(wished: dict[str, Any], expected: str) -> None:
    assert why(*pair(), **wished) == [expected]


@pytest.mark.parametrize(
    ("certificate", "key", "expected"),
    [
        (None, None, ["there is no certificate /tls/node-cert.pem", "there is no key /tls/node-key.pem"]),
        (None, pair()[1], ["there is no certificate /tls/node-cert.pem"]),
        (pair()[0], None, ["there is no key /tls/node-key.pem"]),
        (b"", pair()[1], ["/tls/node-cert.pem: is empty"]),
        (b"hello", pair()[1], ["/tls/node-cert.pem: has no certificate in it"]),
        (pair()[0], pair(key_type="ed25519")[1], ["the certificate does not belong to the key /tls/node-key.pem"]),
    ],
)
def test_files(certificate: bytes | None, key: bytes | None, expected: list[str]) -> None:
    assert why(certificate, key) == expected


def test_a_damaged_certificate() -> None:
    certificate, key = pair()
    damaged = re.sub(rb"(?s)(BEGIN CERTIFICATE-----\n).{40}", rb"\1" + b"A" * 40, certificate, count=1)
    [reason] = why(damaged, key)
    assert reason.startswith("/tls/node-cert.pem: has a certificate that cannot be read")


def test_another_authority() -> None:
    assert why(*pair(), ca="other CA") == ["it was issued by another authority (CN=test CA)"]


def test_an_authority_of_the_same_name_is_another_one() -> None:
    wanted = wish()
    key = issue.make_key("ecdsa-p256")
    moment = issue.Moment(NOW, 7)
    twin = raw(issue.make_authority(key, None, "test CA", timedelta(days=100), moment))
    found = renew.look_at(wanted, *pair(), twin)
    assert found.is_ours is False
    for kind in ("ed25519", "rsa-3072"):
        other = raw(issue.make_authority(issue.make_key(kind), None, "test CA", timedelta(days=100), moment))
        assert not is_issued_by(raw(pair()[0]), other)


@pytest.mark.parametrize(
    ("key", "complaint"),
    [
        (b"", "/tls/node-key.pem: is empty"),
        (b"hello", "/tls/node-key.pem: is not a private key in PEM form"),
        (issue.make_key("ecdsa-p256", "secret"), "/tls/node-key.pem: is encrypted, and no passphrase is given"),
    ],
)
def test_a_key_that_cannot_be_read_is_not_replaced(key: bytes, complaint: str) -> None:
    with pytest.raises(InputError, match=f"^{complaint}"):
        why(pair()[0], key)


def test_force_is_a_reason_of_its_own_only() -> None:
    assert why(*pair(), force=True) == ["a new pair was asked for by force"]
    assert why(None, None, force=True) == why(None, None)


def _selfmade(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, *, ca: bool = False) -> bytes:
    name = x509.Name([x509.NameAttribute(x509.ObjectIdentifier("2.5.4.3"), "node")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(5)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


def test_a_certificate_like_the_guide_makes_them() -> None:
    key = rsa.generate_private_key(65537, 2048)
    reasons = why(_selfmade(key, ca=True), pair()[1])
    assert reasons == [
        "the certificate does not belong to the key /tls/node-key.pem",
        "it was issued by another authority (CN=node)",
        "its names are none, wished are DNS:redis.example.com, IP:10.0.0.5",
        "it is good for none, wished is client, server",
        "its key is rsa-2048, wished is ecdsa-p256",
        "it is the certificate of an authority, not of a server or client",
    ]


def test_kinds_that_cannot_be_wished_for_have_names() -> None:
    for key, expected in (
        (ec.generate_private_key(ec.SECP521R1()), "ecdsa-p521"),
        (ec.generate_private_key(ec.SECP256K1()), "ecdsa-secp256k1"),
    ):
        found = renew.look_at(wish(), _selfmade(key), pair()[1], None)
        assert found.certificate is not None
        assert found.certificate.key_type == expected


def test_a_weak_signature() -> None:
    found = renew.look_at(wish(), *pair(), authority().certificate)
    assert found.certificate is not None
    weak = replace(found, certificate=replace(found.certificate, signature_hash="sha1"))
    assert renew.reasons(wish(), weak, renew.Rules(NOW, BEFORE)) == ["it is signed with the weak hash sha1"]
