"""Make keys, requests and certificates. Serial numbers and the time come in as arguments."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from .inspect import describe, key_type, read_certificates, read_key, same_key, stamp
from .library import ec, ed25519, hashes, rsa, serialization, x509
from .names import IP
from .wish import CLIENT, SERVER

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from cryptography.x509 import Certificate as RawCertificate

    from .names import AltName
    from .wish import CertWish

# Clocks of two hosts are never the same: a certificate is valid from a little before it was made.
CLOCK_SKEW = timedelta(minutes=5)
LONGEST_CA = timedelta(days=3652)

_RSA_EXPONENT = 65537
_USAGE_OIDS = {SERVER: "1.3.6.1.5.5.7.3.1", CLIENT: "1.3.6.1.5.5.7.3.2"}
_KEY_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


def _make_ed25519() -> Any:  # noqa: ANN401
    return ed25519.Ed25519PrivateKey.generate()


# Calls that wait, because the library may be missing when this file is loaded.
_MAKERS: dict[str, Callable[[], Any]] = {
    "ecdsa-p256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "ecdsa-p384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "ed25519": _make_ed25519,
    "rsa-3072": lambda: rsa.generate_private_key(_RSA_EXPONENT, 3072),
    "rsa-4096": lambda: rsa.generate_private_key(_RSA_EXPONENT, 4096),
}


@dataclass(frozen=True)
class Moment:
    """What a certificate takes from outside: the time (UTC) and a serial number of 128 random bits."""

    now: datetime
    serial: int


@dataclass(frozen=True)
class Authority:
    """A certificate authority that can sign; ``trust`` is the whole trust file, which may hold further authorities."""

    certificate: RawCertificate
    key: Any
    trust: bytes

    @property
    def pem(self) -> str:
        """Its own certificate."""
        return _pem(self.certificate).decode()


def make_key(kind: str, passphrase: str | None = None) -> bytes:
    """Make a private key of one of ``KEY_TYPES`` and return it as PKCS #8 PEM, encrypted when there is a passphrase."""
    return _key_pem(_MAKERS[kind](), passphrase)


def make_request(key_pem: bytes, name: str) -> str:
    """Ask for a certificate: the public key, and the proof that the asker has the private one.

    The request carries no names or usages: the signer takes them from the wish, not from the host that asks.
    """
    key = read_key(key_pem, f"new key of {name}")
    builder = x509.CertificateSigningRequestBuilder().subject_name(_subject(name))
    return builder.sign(key, _hash_for(key)).public_bytes(serialization.Encoding.PEM).decode()


def load_authority(certificate: bytes, key: bytes, passphrase: str | None, now: datetime) -> Authority:
    """Load an authority; of a trust file with several certificates the one that fits the key signs.

    :raises InputError: wrong passphrase, no certificate fits the key, it is no authority, or it is not valid now.
    """
    signer = read_key(key, "CA key", passphrase)
    fitting = [
        raw
        for raw in read_certificates(certificate, "CA certificate")
        if same_key(raw.public_key(), signer.public_key())
    ]
    if not fitting:
        raise InputError("does not belong to the CA key", where="CA certificate")
    facts = describe(fitting[0])
    if not facts.is_ca:
        raise InputError("is not the certificate of an authority (basicConstraints CA:TRUE)", where="CA certificate")
    if not facts.not_before <= now < facts.not_after:
        raise InputError(
            f"is valid from {stamp(facts.not_before)} to {stamp(facts.not_after)}, but now it is {stamp(now)}",
            where="CA certificate",
            hint="Check the clock, or make a new authority",
        )
    return Authority(fitting[0], signer, certificate)


def make_authority(key_pem: bytes, passphrase: str | None, name: str, lifetime: timedelta, when: Moment) -> bytes:
    """Return the self-signed certificate of a new authority that may sign leaves only, as PEM."""
    if lifetime > LONGEST_CA:
        raise InputError("an authority lives at most ten years", where="valid_for")
    key = read_key(key_pem, "CA key", passphrase)
    public = key.public_key()
    own_id = x509.SubjectKeyIdentifier.from_public_key(public)
    subject = _subject(name)
    builder = (
        _builder(subject, subject, public, when)
        .not_valid_before(when.now - CLOCK_SKEW)
        .not_valid_after(when.now + lifetime)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage("key_cert_sign", "crl_sign"), critical=True)
        .add_extension(own_id, critical=False)
    )
    return _pem(builder.sign(key, _hash_for(key)))


def sign(authority: Authority, wish: CertWish, request: str, when: Moment) -> str:
    """Answer a request with a certificate that says what the wish says.

    :raises InputError: the request is broken or of another key type, or the certificate would outlive its authority.
    """
    where = f"certificate {wish.name!r}"
    public = _requested_key(wish, request)
    issuer = authority.certificate
    limits = describe(issuer)
    end = when.now + wish.lifetime
    if end > limits.not_after:
        raise InputError(
            f"would outlive its authority, which ends on {stamp(limits.not_after)}",
            where=where,
            hint="Make valid_for shorter, or make a new authority",
        )
    builder = (
        _builder(_subject(wish.name), issuer.subject, public, when)
        .not_valid_before(max(when.now - CLOCK_SKEW, limits.not_before))
        .not_valid_after(end)
    )
    for extension, critical in _leaf_extensions(wish, public, issuer):
        builder = builder.add_extension(extension, critical=critical)
    return _pem(builder.sign(authority.key, _hash_for(authority.key))).decode()


def _requested_key(wish: CertWish, request: str) -> Any:  # noqa: ANN401
    where = f"certificate {wish.name!r}"
    try:
        asked = x509.load_pem_x509_csr(request.encode())
        proven = asked.is_signature_valid
        public = asked.public_key()
    except ValueError as error:
        raise InputError(f"the host's request cannot be read: {error}", where=where) from error
    if not proven or key_type(public) != wish.key_type:
        raise InputError("the host's request is not signed with a new key of the wished type", where=where)
    return public


def _builder(subject: Any, issuer: Any, public: Any, when: Moment) -> Any:  # noqa: ANN401
    # Serial numbers must be positive; 0 has the odds of any other 128-bit number.
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer)
    return builder.public_key(public).serial_number(when.serial or 1)


def _leaf_extensions(wish: CertWish, public: Any, issuer: RawCertificate) -> list[tuple[Any, bool]]:  # noqa: ANN401
    # key_encipherment is for the RSA key exchange of TLS 1.2; it is what verifiers expect to see with an RSA key.
    usages = ("digital_signature", *(["key_encipherment"] if wish.key_type.startswith("rsa") else []))
    purposes = [x509.ObjectIdentifier(_USAGE_OIDS[usage]) for usage in sorted(wish.usages)]
    extensions: list[tuple[Any, bool]] = [
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (_key_usage(*usages), True),
        (x509.ExtendedKeyUsage(purposes), False),
        (x509.SubjectKeyIdentifier.from_public_key(public), False),
        (_authority_id(issuer), False),
    ]
    if wish.alt_names:
        extensions.append((x509.SubjectAlternativeName([_general_name(name) for name in wish.alt_names]), False))
    return extensions


def _authority_id(issuer: RawCertificate) -> Any:  # noqa: ANN401
    try:
        own = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    except x509.ExtensionNotFound:
        return x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key())  # type: ignore[arg-type]
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own)


def _general_name(name: AltName) -> Any:  # noqa: ANN401
    return x509.IPAddress(ipaddress.ip_address(name.value)) if name.kind == IP else x509.DNSName(name.value)


def _key_usage(*usages: str) -> Any:  # noqa: ANN401
    return x509.KeyUsage(**{usage: usage in usages for usage in _KEY_USAGES})


def _subject(name: str) -> Any:  # noqa: ANN401
    return x509.Name([x509.NameAttribute(x509.ObjectIdentifier("2.5.4.3"), name)])


def _hash_for(key: Any) -> Any:  # noqa: ANN401
    # Ed25519 has its own hash inside and refuses another one.
    return None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()


def _key_pem(key: Any, passphrase: str | None) -> bytes:  # noqa: ANN401
    encryption: Any = (
        serialization.BestAvailableEncryption(passphrase.encode()) if passphrase else serialization.NoEncryption()
    )
    pem: bytes = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
    return pem


def _pem(raw: Any) -> bytes:  # noqa: ANN401
    pem: bytes = raw.public_bytes(serialization.Encoding.PEM)
    return pem
