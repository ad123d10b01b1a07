"""Certificates and keys that exist: what they say, and whether they belong together.

Everything the other files know about a certificate goes through ``describe``, so what changed between cryptography 38
and 50 is handled here and nowhere else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from .library import ec, ed25519, exceptions, hashes, padding, rsa, serialization, x509
from .names import DNS, IP, AltName
from .wish import CLIENT, SERVER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cryptography.x509 import Certificate as RawCertificate

_BLOCK = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_USAGE_OIDS = {"1.3.6.1.5.5.7.3.1": SERVER, "1.3.6.1.5.5.7.3.2": CLIENT}
_CURVES = {"secp256r1": "ecdsa-p256", "secp384r1": "ecdsa-p384", "secp521r1": "ecdsa-p521"}


@dataclass(frozen=True)
class Certificate:
    """What one certificate says. Times are in UTC; ``fingerprint`` is the SHA-256 of the DER form in lower case hex."""

    subject: str
    issuer: str
    serial: int
    fingerprint: str
    not_before: datetime
    not_after: datetime
    alt_names: frozenset[AltName]
    usages: frozenset[str]
    key_type: str
    is_ca: bool
    signature_hash: str | None

    @property
    def facts(self) -> dict[str, Any]:
        """The part of it that goes into a task's result."""
        return {
            "fingerprint": self.fingerprint,
            "serial": f"{self.serial:032x}",
            "subject": self.subject,
            "issuer": self.issuer,
            "not_before": stamp(self.not_before),
            "not_after": stamp(self.not_after),
            "subject_alt_names": sorted(map(str, self.alt_names)),
            "usages": sorted(self.usages),
            "key_type": self.key_type,
        }


def stamp(moment: datetime) -> str:
    """Write a time in UTC as ``2026-01-31T12:00:00Z``."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_certificates(pem: bytes, where: str) -> list[RawCertificate]:
    """Read every certificate of a PEM file; other text between them is allowed.

    :raises InputError: there is none, or one cannot be read.
    """
    blocks = _BLOCK.findall(pem)
    if not blocks:
        what = "has no certificate in it" if pem.strip() else "is empty"
        raise InputError(what, where=where)
    try:
        return [x509.load_pem_x509_certificate(block) for block in blocks]
    except ValueError as error:
        raise InputError(f"has a certificate that cannot be read: {error}", where=where) from error


def read_key(pem: bytes, where: str, passphrase: str | None = None) -> Any:  # noqa: ANN401 - four kinds of keys
    """Read a private key.

    :raises InputError: empty, broken, encrypted without a passphrase, or not with this one.
    """
    if not pem.strip():
        raise InputError("is empty", where=where)
    secret = passphrase.encode() if passphrase else None
    if secret and b"ENCRYPTED" not in pem:
        raise InputError("is not encrypted, but a passphrase is given", where=where)
    try:
        return serialization.load_pem_private_key(pem, secret)
    except TypeError as error:
        raise InputError("is encrypted, and no passphrase is given", where=where) from error
    except (ValueError, exceptions.UnsupportedAlgorithm) as error:
        what = "cannot be read with this passphrase" if secret else "is not a private key in PEM form"
        raise InputError(what, where=where) from error


def describe(raw: RawCertificate, where: str = "certificate") -> Certificate:
    """Say in plain data what a certificate says.

    :raises InputError: it is of a kind that cryptography does not know, such as an exotic curve.
    """
    try:
        return _describe(raw)
    except (ValueError, exceptions.UnsupportedAlgorithm) as error:
        raise InputError(f"has a certificate of an unknown kind: {error}", where=where) from error


def _describe(raw: RawCertificate) -> Certificate:
    hashing = raw.signature_hash_algorithm
    return Certificate(
        subject=raw.subject.rfc4514_string(),
        issuer=raw.issuer.rfc4514_string(),
        serial=raw.serial_number,
        fingerprint=raw.fingerprint(hashes.SHA256()).hex(),
        not_before=_utc(raw, "not_valid_before"),
        not_after=_utc(raw, "not_valid_after"),
        alt_names=_alt_names(raw),
        usages=_usages(raw),
        key_type=key_type(raw.public_key()),
        is_ca=_is_ca(raw),
        signature_hash=hashing.name if hashing else None,
    )


def key_type(public: Any) -> str:  # noqa: ANN401
    """Name the kind of a public key as the option ``key_type`` does; kinds that cannot be wished for get a name too."""
    if isinstance(public, rsa.RSAPublicKey):
        return f"rsa-{public.key_size}"
    if isinstance(public, ec.EllipticCurvePublicKey):
        return _CURVES.get(public.curve.name, f"ecdsa-{public.curve.name}")
    return "ed25519" if isinstance(public, ed25519.Ed25519PublicKey) else "unknown"


def same_key(left: Any, right: Any) -> bool:  # noqa: ANN401
    """Tell whether two public keys are one."""
    return public_der(left) == public_der(right)


def public_der(public: Any) -> bytes:  # noqa: ANN401
    """Write a public key in the form it has inside a certificate."""
    der: bytes = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return der


def is_issued_by(raw: RawCertificate, authority: RawCertificate) -> bool:
    """Tell whether the authority's key signed this certificate (cryptography 38 has no method for it)."""
    if raw.issuer != authority.subject:
        return False
    public: Any = authority.public_key()
    extra: tuple[Any, ...] = ()
    if isinstance(public, rsa.RSAPublicKey):
        extra = (padding.PKCS1v15(), raw.signature_hash_algorithm)
    elif isinstance(public, ec.EllipticCurvePublicKey):
        extra = (ec.ECDSA(raw.signature_hash_algorithm or hashes.SHA256()),)
    try:
        public.verify(raw.signature, raw.tbs_certificate_bytes, *extra)
    except (exceptions.InvalidSignature, TypeError):
        # TypeError: signed with another kind of key than the authority's, so without the hash that its kind asks for.
        return False
    return True


def is_trusted(raw: RawCertificate, chain: Sequence[RawCertificate], authorities: Sequence[RawCertificate]) -> bool:
    """Tell whether signatures lead from a certificate, over those of its chain, to an authority; times do not count."""
    seen = raw
    # Longer than any chain is, and an end for one that goes round in a circle.
    for _step in range(len(chain) + 1):
        if any(seen == one or is_issued_by(seen, one) for one in authorities):
            return True
        above = next((one for one in chain if _is_ca(one) and is_issued_by(seen, one) and one != seen), None)
        if above is None:
            return False
        seen = above
    return False


def parameter_bits(pem: bytes, where: str) -> int:
    """Return the size of the prime of a file of DH parameters.

    :raises InputError: it is none.
    """
    try:
        size: int = serialization.load_pem_parameters(pem).parameter_numbers().p.bit_length()
    except (ValueError, AttributeError, exceptions.UnsupportedAlgorithm) as error:
        raise InputError("has no DH parameters in it", where=where) from error
    return size


def _utc(raw: RawCertificate, name: str) -> datetime:
    # cryptography < 42 has only the naive attributes, later ones warn about them.
    aware = getattr(raw, f"{name}_utc", None)
    moment: datetime = aware or getattr(raw, name).replace(tzinfo=timezone.utc)
    return moment


def _extension(raw: RawCertificate, kind: Any) -> Any:  # noqa: ANN401
    try:
        return raw.extensions.get_extension_for_class(kind).value
    except (x509.ExtensionNotFound, ValueError):
        return None


def _alt_names(raw: RawCertificate) -> frozenset[AltName]:
    names = _extension(raw, x509.SubjectAlternativeName)
    if names is None:
        return frozenset()
    dns = (AltName(DNS, value.lower()) for value in names.get_values_for_type(x509.DNSName))
    addresses = (AltName(IP, str(value)) for value in names.get_values_for_type(x509.IPAddress))
    return frozenset((*dns, *addresses))


def _usages(raw: RawCertificate) -> frozenset[str]:
    found = _extension(raw, x509.ExtendedKeyUsage) or ()
    return frozenset(_USAGE_OIDS.get(usage.dotted_string, usage.dotted_string) for usage in found)


def _is_ca(raw: RawCertificate) -> bool:
    constraints = _extension(raw, x509.BasicConstraints)
    return constraints is not None and bool(constraints.ca)
