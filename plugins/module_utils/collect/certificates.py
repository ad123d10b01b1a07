"""Certificates the server was told to use, and private keys that lie beside them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import HostError, InputError
from ..host import read_bytes
from ..tls import library
from ..tls.inspect import describe, is_issued_by, public_der, read_certificates, read_key, stamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cryptography.x509 import Certificate as RawCertificate

_ROLES = {"tls-cert-file": "server", "tls-client-cert-file": "client", "tls-ca-cert-file": "ca"}
_KEY_MARK = b"PRIVATE KEY-----"
# A file bigger than this is no key; bundles of public CAs are.
_LIMIT = 64 * 1024


def read(config: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return a row for each certificate of the configured files; times in seconds since the epoch.

    :raises HostError: a configured file is missing or holds no certificate.
    """
    library.require()
    rows = []
    for name, role in _ROLES.items():
        path = config.get(name, "")
        if path:
            rows += [_row(raw, path, role) for raw in _load(path)]
    return rows


def read_keys(config: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return a row for each private key in the directories of the configured files; ``ca``: whose key it is, or ``""``.

    :raises HostError: a configured file cannot be read.
    """
    library.require()
    named = [config[name] for name in (*_ROLES, "tls-key-file") if config.get(name)]
    folders = {Path(path).parent for path in named}
    authorities = {path: _load(path) for path in named if path == config.get("tls-ca-cert-file")}
    owners = {public_der(raw.public_key()): path for path, raws in authorities.items() for raw in raws}
    paths = sorted({path for folder in folders for path in folder.glob("*") if path.is_file()})
    return [row for path in paths for row in _key(path, owners)]


def _load(path: str) -> list[RawCertificate]:
    data = read_bytes(path)
    if data is None:
        raise HostError("there is no such file", where=path)
    try:
        return read_certificates(data, path)
    except InputError as error:
        raise HostError(error.what, where=path) from error


def _row(raw: RawCertificate, path: str, role: str) -> dict[str, Any]:
    about = describe(raw, path)
    return {
        "path": path,
        "role": role,
        "subject": about.subject,
        "issuer": about.issuer,
        "not_before": about.not_before.timestamp(),
        "not_after": about.not_after.timestamp(),
        "until": stamp(about.not_after),
        "ca": about.is_ca,
        "self_signed": is_issued_by(raw, raw),
        "key": about.key_type,
        "names": sorted(map(str, about.alt_names)),
    }


def _key(file: Path, owners: Mapping[bytes, str]) -> Iterable[dict[str, Any]]:
    path = str(file)
    if file.stat().st_size > _LIMIT:
        return
    data = read_bytes(path) or b""
    if _KEY_MARK not in data:
        return
    try:
        owner = owners.get(public_der(read_key(data, path).public_key()), "")
    except InputError:
        yield {"path": path, "ca": "", "unreadable": True}
    else:
        yield {"path": path, "ca": owner, "unreadable": False}
