"""What authorities and leaves say, and which requests and authorities are refused."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.errors import InputError
from ansible_collections.rampart.redis.plugins.module_utils.tls import issue
from ansible_collections.rampart.redis.plugins.module_utils.tls.inspect import describe, is_issued_by, read_key
from ansible_collections.rampart.redis.plugins.module_utils.tls.wish import KEY_TYPES
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.tls.material import (
    NOW,
    SERIAL,
    authority,
    authority_pems,
    pair,
    raw,
    wish,
)
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

if TYPE_CHECKING:
    from datetime import datetime

Extension = TypeVar("Extension", bound=x509.ExtensionType)
LEAF_KINDS = [kind for kind in KEY_TYPES if kind != "rsa-4096"]  # the same code as rsa-3072, and seconds of waiting


def extension(certificate: x509.Certificate, kind: type[Extension]) -> tuple[bool, Extension]:
    found = certificate.extensions.get_extension_for_class(kind)
    return found.critical, found.value


def key_usages(certificate: x509.Certificate) -> tuple[bool, set[str]]:
    critical, value = extension(certificate, x509.KeyUsage)
    names = ("digital_signature", "content_commitment", "key_encipherment", "key_cert_sign", "crl_sign")
    return critical, {name for name in names if getattr(value, name)}


def test_an_authority_signs_leaves_and_nothing_else() -> None:
    certificate = raw(authority_pems()[0])
    assert extension(certificate, x509.BasicConstraints) == (True, x509.BasicConstraints(ca=True, path_length=0))
    assert key_usages(certificate) == (True, {"key_cert_sign", "crl_sign"})
    facts = describe(certificate)
    assert (facts.subject, facts.issuer, facts.serial) == ("CN=test CA", "CN=test CA", SERIAL)
    assert (facts.not_before, facts.not_after) == (NOW - timedelta(minutes=5), NOW + timedelta(days=1825))
    assert is_issued_by(certificate, certificate)


@pytest.mark.parametrize("kind", LEAF_KINDS)
def test_a_leaf_says_what_was_wished(kind: str) -> None:
    certificate = raw(pair(key_type=kind)[0])
    facts = describe(certificate)
    assert facts.key_type == kind
    assert facts.subject == "CN=node"
    assert {str(name) for name in facts.alt_names} == {"DNS:redis.example.com", "IP:10.0.0.5"}
    assert facts.usages == {"server", "client"}
    assert (facts.not_before, facts.not_after) == (NOW - timedelta(minutes=5), NOW + timedelta(days=90))
    assert facts.serial == SERIAL
    assert extension(certificate, x509.BasicConstraints) == (True, x509.BasicConstraints(ca=False, path_length=None))
    encipher = {"key_encipherment"} if kind.startswith("rsa") else set()
    assert key_usages(certificate) == (True, {"digital_signature"} | encipher)


@pytest.mark.parametrize("kind", ["ecdsa-p256", "ecdsa-p384", "ed25519", "rsa-3072"])
def test_an_authority_of_any_kind_signs(kind: str) -> None:
    signer = authority(name=f"{kind} CA", kind=kind)
    key = issue.make_key("ecdsa-p256")
    leaf = raw(issue.sign(signer, wish(), issue.make_request(key, "node"), issue.Moment(NOW, 1)).encode())
    assert is_issued_by(leaf, signer.certificate)
    own = extension(signer.certificate, x509.SubjectKeyIdentifier)[1].digest
    assert extension(leaf, x509.AuthorityKeyIdentifier)[1].key_identifier == own


def test_a_client_has_no_server_usage_and_no_names() -> None:
    facts = describe(raw(pair(usages=["client"], subject_alt_names=[])[0]))
    assert (sorted(facts.usages), list(facts.alt_names)) == (["client"], [])


def test_a_leaf_never_outlives_its_authority() -> None:
    signer = authority(name="short CA", days=90)
    request = issue.make_request(issue.make_key("ecdsa-p256"), "node")
    late = issue.Moment(NOW + timedelta(seconds=1), 1)
    last = issue.sign(signer, wish(), request, issue.Moment(NOW, 1))
    assert describe(raw(last.encode())).not_after == NOW + timedelta(days=90)
    with pytest.raises(InputError, match=r"^certificate 'node': would outlive its authority, which ends on 2027-02-22"):
        issue.sign(signer, wish(), request, late)


def test_a_leaf_does_not_begin_before_its_authority() -> None:
    certificate, _key = pair()
    assert describe(raw(certificate)).not_before == describe(raw(authority_pems()[0])).not_before


def test_an_authority_lives_ten_years_at_most() -> None:
    key = issue.make_key("ecdsa-p256")
    with pytest.raises(InputError, match="at most ten years"):
        issue.make_authority(key, None, "old CA", timedelta(days=3653), issue.Moment(NOW, 1))


def test_the_host_cannot_choose_its_names() -> None:
    request = issue.make_request(issue.make_key("ecdsa-p256"), "evil")
    facts = describe(raw(issue.sign(authority(), wish(), request, issue.Moment(NOW, 1)).encode()))
    assert facts.subject == "CN=node"


@pytest.mark.parametrize(
    ("request_pem", "complaint"),
    [
        ("", "cannot be read"),
        (issue.make_request(issue.make_key("ecdsa-p256"), "node").replace("REQUEST", "SECRET"), "cannot be read"),
        (issue.make_request(issue.make_key("ed25519"), "node"), "is not signed with a new key of the wished type"),
    ],
)
def test_a_bad_request_is_refused(request_pem: str, complaint: str) -> None:
    with pytest.raises(InputError, match=f"^certificate 'node': the host's request {complaint}"):
        issue.sign(authority(), wish(), request_pem, issue.Moment(NOW, 1))


def test_a_request_with_a_stolen_public_key_is_refused() -> None:
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    mine = read_key(issue.make_key("ed25519"), "test")
    der = bytearray(builder.sign(mine, None).public_bytes(Encoding.DER))
    der[-1] ^= 1  # the signature no longer fits
    spoiled = x509.load_der_x509_csr(bytes(der)).public_bytes(Encoding.PEM).decode()
    with pytest.raises(InputError, match="not signed with a new key"):
        issue.sign(authority(), wish(key_type="ed25519"), spoiled, issue.Moment(NOW, 1))


@pytest.mark.parametrize(
    ("certificate", "key", "passphrase", "complaint"),
    [
        (b"", authority_pems()[1], None, "CA certificate: is empty"),
        (b"hello", authority_pems()[1], None, "CA certificate: has no certificate in it"),
        (authority_pems()[0], b"", None, "CA key: is empty"),
        (authority_pems()[0], b"hello", None, "CA key: is not a private key in PEM form"),
        (authority_pems()[0], authority_pems("other CA")[1], None, "CA certificate: does not belong to the CA key"),
        (authority_pems()[0], authority_pems()[1], "x", "CA key: is not encrypted, but a passphrase is given"),
        (*authority_pems("locked", passphrase="right"), None, "CA key: is encrypted, and no passphrase is given"),
        (*authority_pems("locked", passphrase="right"), "wrong", "CA key: cannot be read with this passphrase"),
        (*pair(), None, "CA certificate: is not the certificate of an authority"),
    ],
)
def test_no_authority(certificate: bytes, key: bytes, passphrase: str | None, complaint: str) -> None:
    with pytest.raises(InputError, match=f"^{complaint}"):
        issue.load_authority(certificate, key, passphrase, NOW)


@pytest.mark.parametrize("now", [NOW - timedelta(minutes=6), NOW + timedelta(days=1825)])
def test_no_authority_at_this_time(now: datetime) -> None:
    certificate, key = authority_pems()
    with pytest.raises(InputError, match=r"is valid from .*, but now it is .*Check the clock"):
        issue.load_authority(certificate, key, None, now)


def test_of_a_bundle_the_certificate_that_fits_the_key_signs() -> None:
    bundle = b"# two authorities\n" + authority_pems("old CA")[0] + b"\n" + authority_pems("new CA")[0]
    loaded = issue.load_authority(bundle, authority_pems("new CA")[1], None, NOW)
    assert describe(loaded.certificate).subject == "CN=new CA"
    assert loaded.trust == bundle
    assert loaded.pem.encode() == authority_pems("new CA")[0]


def test_a_passphrase_opens_its_key() -> None:
    certificate, key = authority_pems("locked", passphrase="right")
    assert b"ENCRYPTED" in key
    assert describe(issue.load_authority(certificate, key, "right", NOW).certificate).subject == "CN=locked"


def test_serial_numbers_are_never_zero() -> None:
    request = issue.make_request(issue.make_key("ecdsa-p256"), "node")
    assert describe(raw(issue.sign(authority(), wish(), request, issue.Moment(NOW, 0)).encode())).serial == 1
