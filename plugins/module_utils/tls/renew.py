"""Why a key pair has to be made anew: sentences, none when it is as wished."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import InputError
from .inspect import Certificate, describe, is_issued_by, read_certificates, read_key, same_key, stamp

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, timedelta

    from cryptography.x509 import Certificate as RawCertificate

    from .wish import CertWish

_WEAK_HASHES = ("md5", "sha1")


@dataclass(frozen=True)
class Pair:
    """What is there.

    ``certificate`` is None when it is missing or broken, and ``problem`` says which.
    ``fits_key`` and ``is_ours`` (issued by the wished authority) are None when there is nothing to compare with.
    """

    certificate: Certificate | None
    problem: str
    has_key: bool
    fits_key: bool | None
    is_ours: bool | None


@dataclass(frozen=True)
class Rules:
    """When to renew: ``before`` the end, or in any case."""

    now: datetime
    before: timedelta
    force: bool = False


def look_at(wish: CertWish, certificate: bytes | None, key: bytes | None, authority: RawCertificate | None) -> Pair:
    """Judge the content of a pair's files (None: no such file).

    :raises InputError: there is a key that cannot be read; it may be in use, so it is not simply replaced.
    """
    raw, found, problem = _certificate(wish, certificate)
    public = None if key is None else read_key(key, wish.key_file).public_key()
    return Pair(
        certificate=found,
        problem=problem,
        has_key=key is not None,
        fits_key=None if raw is None or public is None else same_key(raw.public_key(), public),
        is_ours=None if raw is None or authority is None else is_issued_by(raw, authority),
    )


def reasons(wish: CertWish, pair: Pair, rules: Rules) -> list[str]:
    """List why the pair has to be made anew."""
    found = [*_missing(wish, pair), *_foreign(wish, pair)]
    if pair.certificate:
        found += [*_timing(pair.certificate, rules), *_content(wish, pair.certificate)]
    if rules.force and not found:
        found.append("a new pair was asked for by force")
    return found


def _certificate(wish: CertWish, pem: bytes | None) -> tuple[RawCertificate | None, Certificate | None, str]:
    if pem is None:
        return None, None, f"there is no certificate {wish.cert_file}"
    try:
        raw = read_certificates(pem, wish.cert_file)[0]
        return raw, describe(raw, wish.cert_file), ""
    except InputError as error:
        return None, None, str(error)


def _missing(wish: CertWish, pair: Pair) -> Iterator[str]:
    if pair.problem:
        yield pair.problem
    if not pair.has_key:
        yield f"there is no key {wish.key_file}"


def _foreign(wish: CertWish, pair: Pair) -> Iterator[str]:
    if pair.fits_key is False:
        yield f"the certificate does not belong to the key {wish.key_file}"
    if pair.is_ours is False and pair.certificate:
        yield f"it was issued by another authority ({pair.certificate.issuer})"


def _timing(found: Certificate, rules: Rules) -> Iterator[str]:
    if rules.now < found.not_before:
        yield f"it is not valid before {stamp(found.not_before)}"
    if found.not_after <= rules.now:
        yield f"it expired on {stamp(found.not_after)}"
    elif found.not_after - rules.now <= rules.before:
        yield f"it expires on {stamp(found.not_after)}"


def _content(wish: CertWish, found: Certificate) -> Iterator[str]:
    names = frozenset(wish.alt_names)
    if found.alt_names != names:
        yield f"its names are {_listed(found.alt_names)}, wished are {_listed(names)}"
    if found.usages != wish.usages:
        yield f"it is good for {_listed(found.usages)}, wished is {_listed(wish.usages)}"
    if found.key_type != wish.key_type:
        yield f"its key is {found.key_type}, wished is {wish.key_type}"
    if found.signature_hash in _WEAK_HASHES:
        yield f"it is signed with the weak hash {found.signature_hash}"
    if found.is_ca:
        yield "it is the certificate of an authority, not of a server or client"


def _listed(values: frozenset[object] | frozenset[str]) -> str:
    return ", ".join(sorted(map(str, values))) or "none"
