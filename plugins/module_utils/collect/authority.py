"""The files of a certificate authority on the disk of this host, the controller as a rule."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import InputError
from ..host import FileWish, read_bytes
from ..tls import issue
from ..tls.inspect import Certificate, describe, read_certificates, stamp
from ..tls.wish import duration

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from typing import Any

_KEY_MODE = 0o600
_CERT_MODE = 0o644
_KEY_TYPE = "ecdsa-p256"
_LONGEST_NAME = 64


@dataclass(frozen=True)
class Found:
    """What the authority is or will be: its certificate, ``files`` to write for the ``reasons``, and warnings."""

    certificate: Certificate
    files: tuple[FileWish, ...]
    reasons: tuple[str, ...]
    warnings: tuple[str, ...] = ()


def survey(params: Mapping[str, Any], moment: issue.Moment) -> Found:
    """Judge the files of an authority, or make a new one in memory; nothing is written.

    :raises InputError: half an authority is there, or one that cannot sign.
    """
    certificate, key = read_bytes(params["cert_file"]), read_bytes(params["key_file"])
    if params["force"]:
        return _new(params, moment, "a new authority was asked for by force")
    if certificate is None and key is None:
        return _new(params, moment, f"there is no authority {params['cert_file']}")
    if certificate is None or key is None:
        there, gone = ("cert_file", "key_file") if key is None else ("key_file", "cert_file")
        raise InputError(
            f"is there, but {params[gone]} is not",
            where=params[there],
            hint="Bring it back, or make a new authority with force: true",
        )
    return _existing(params, certificate, key, moment.now)


def _new(params: Mapping[str, Any], moment: issue.Moment, reason: str) -> Found:
    if not 0 < len(params["common_name"]) <= _LONGEST_NAME:
        raise InputError(f"is a text of 1 to {_LONGEST_NAME} characters", where="common_name")
    passphrase = params["passphrase"] or None
    key = issue.make_key(_KEY_TYPE, passphrase)
    lifetime = duration(params["valid_for"], "valid_for")
    certificate = issue.make_authority(key, passphrase, params["common_name"], lifetime, moment)
    facts = describe(read_certificates(certificate, "new authority")[0])
    return Found(facts, _files(params, certificate, key), (reason,))


def _existing(params: Mapping[str, Any], certificate: bytes, key: bytes, now: datetime) -> Found:
    authority = issue.load_authority(certificate, key, params["passphrase"] or None, now)
    facts = describe(authority.certificate)
    wrong = tuple(file for file in _files(params, certificate, key) if not file.is_met())
    warnings = []
    if facts.not_after - now <= duration(params["warn_before"], "warn_before"):
        warnings.append(f"the authority {params['cert_file']} ends on {stamp(facts.not_after)}")
    return Found(
        facts, wrong, tuple(f"mode or owner of {file.path} is not as wished" for file in wrong), tuple(warnings)
    )


def _files(params: Mapping[str, Any], certificate: bytes, key: bytes) -> tuple[FileWish, ...]:
    me = (str(os.geteuid()), str(os.getegid()))
    return (
        FileWish(params["key_file"], key, _KEY_MODE, *me),
        FileWish(params["cert_file"], certificate, _CERT_MODE, *me),
    )
