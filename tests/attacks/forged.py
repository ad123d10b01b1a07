# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates that a server must not accept from a client."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

if TYPE_CHECKING:
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes

    from .model import Authority

CLIENT = ExtendedKeyUsageOID.CLIENT_AUTH
SERVER = ExtendedKeyUsageOID.SERVER_AUTH


@dataclass(frozen=True)
class Issuer:
    """Who signs: a CA's name and key."""

    name: x509.Name
    key: CertificateIssuerPrivateKeyTypes


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def foreign_issuer() -> Issuer:
    """Return a CA that nobody knows."""
    return Issuer(_name("a foreign CA"), ec.generate_private_key(ec.SECP256R1()))


def genuine_issuer(authority: Authority) -> Issuer:
    """Return the deployment's own CA."""
    key = serialization.load_pem_private_key(authority.key.read_bytes(), password=None)
    certificate = x509.load_pem_x509_certificate(authority.cert.read_bytes())
    # load_pem_private_key also knows key types that cannot sign certificates; a CA never has one of them.
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{authority.key.name}: an elliptic curve key was expected")
    return Issuer(certificate.subject, key)


def issue(issuer: Issuer, usage: x509.ObjectIdentifier, folder: Path, stem: str) -> tuple[Path, Path]:
    """Sign a leaf certificate for one usage and return the paths of certificate and key (0600)."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(_name(f"attacker {stem}"))
        .issuer_name(issuer.name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(minutes=5))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        .sign(issuer.key, hashes.SHA256())
    )
    cert_file, key_file = folder / f"{stem}-cert.pem", folder / f"{stem}-key.pem"
    cert_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.touch(mode=0o600)
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return cert_file, key_file
