"""Certificates and keys on disk: an authority, a server, and the mistakes people make with them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.collect import certificates
from ansible_collections.rampart.redis.plugins.module_utils.errors import HostError
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.oid.NameOID.COMMON_NAME, text)])


def _certificate(
    subject: str, key: ec.EllipticCurvePrivateKey, issuer: str, signer: ec.EllipticCurvePrivateKey
) -> bytes:
    builder = x509.CertificateBuilder().subject_name(_name(subject)).issuer_name(_name(issuer))
    builder = builder.public_key(key.public_key()).serial_number(7)
    builder = builder.not_valid_before(NOW).not_valid_after(NOW + timedelta(days=90))
    builder = builder.add_extension(x509.BasicConstraints(ca=subject == issuer, path_length=None), critical=True)
    return builder.sign(signer, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def _pem(key: ec.EllipticCurvePrivateKey, passphrase: bytes | None = None) -> bytes:
    how = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, how)


@pytest.fixture
def tls(tmp_path: Path) -> dict[str, str]:
    authority, server = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    (tmp_path / "ca-key.pem").write_bytes(_pem(authority))
    (tmp_path / "locked.pem").write_bytes(_pem(server, b"secret"))
    (tmp_path / "key.pem").write_bytes(_pem(server))
    (tmp_path / "ca.pem").write_bytes(_certificate("CA", authority, "CA", authority))
    (tmp_path / "cert.pem").write_bytes(_certificate("redis", server, "CA", authority))
    named = {"tls-cert-file": "cert.pem", "tls-ca-cert-file": "ca.pem", "tls-key-file": "key.pem"}
    return {name: str(tmp_path / file) for name, file in named.items()}


def test_what_certificates_say(tls: dict[str, str]) -> None:
    server, authority = certificates.read(tls)
    assert (server["role"], server["subject"], server["issuer"]) == ("server", "CN=redis", "CN=CA")
    assert (server["self_signed"], server["ca"]) == (False, False)
    assert (authority["self_signed"], authority["ca"]) == (True, True)
    assert server["not_after"] - server["not_before"] == 90 * 86400
    assert server["until"] == "2027-02-22T00:00:00Z"


def test_the_key_of_the_authority_is_recognised(tls: dict[str, str]) -> None:
    rows = {row["path"].rpartition("/")[2]: (row["ca"], row["unreadable"]) for row in certificates.read_keys(tls)}
    authority = tls["tls-ca-cert-file"]
    assert rows == {"ca-key.pem": (authority, False), "key.pem": ("", False), "locked.pem": ("", True)}


@pytest.mark.parametrize("text", [None, "no certificate"])
def test_a_file_without_a_certificate_is_named(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "cert.pem"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(HostError, match=str(path)):
        certificates.read({"tls-cert-file": str(path)})


def test_no_tls_no_rows() -> None:
    assert certificates.read({}) == []
    assert certificates.read_keys({}) == []
