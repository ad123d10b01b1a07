"""Certificates the server was told to use, and private keys that lie beside them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import HostError, InputError
from ..host import read_bytes
from ..tls import library
from ..tls.inspect import (
    describe,
    is_issued_by,
    is_trusted,
    parameter_bits,
    public_der,
    read_certificates,
    read_key,
    same_key,
    stamp,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cryptography.x509 import Certificate as RawCertificate

_ROLES = {"tls-cert-file": "server", "tls-client-cert-file": "client", "tls-ca-cert-file": "ca"}
_PAIRS = {"tls-cert-file": "tls-key-file", "tls-client-cert-file": "tls-client-key-file"}
_KEY_MARK = b"PRIVATE KEY-----"
# A file bigger than this is no key; bundles of public CAs are.
_LIMIT = 64 * 1024


def read(config: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return a row for each certificate of the configured files; times in seconds since the epoch.

    :raises HostError: a configured file is missing or holds no certificate.
    """
    library.require()
    files = {role: (config[name], _load(config[name])) for name, role in _ROLES.items() if config.get(name)}
    trusted = [*files.get("ca", ("", []))[1], *_folder(config.get("tls-ca-cert-dir", ""))]
    rows = []
    for role, (path, raws) in files.items():
        rows += [_row(raw, path, role) for raw in raws]
        if role != "ca":
            # Only the first certificate of a file is the server's own; the others are its chain.
            rows[-len(raws)]["verified"] = is_trusted(raws[0], raws[1:], trusted) if trusted else None
    return rows


def read_pairs(config: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return a row for each certificate with a key: ``cert``, ``key``, and whether they are the ``same`` key's.

    ``same`` is None for a key that cannot be read, which has a passphrase. Parameters for DH are a row with ``bits``.

    :raises HostError: a configured file is missing or holds something else.
    """
    library.require()
    rows: list[dict[str, Any]] = []
    for cert, key in _PAIRS.items():
        paths = config.get(cert, ""), config.get(key, "")
        if all(paths):
            rows.append({"cert": paths[0], "key": paths[1], "same": _same(*paths)})
    path = config.get("tls-dh-params-file", "")
    if path:
        rows.append({"parameters": path, "bits": parameter_bits(_bytes(path), path)})
    return rows


def _same(cert: str, key: str) -> bool | None:
    raw = _load(cert)[0]
    try:
        return same_key(read_key(_bytes(key), key).public_key(), raw.public_key())
    except InputError:
        return None


def _bytes(path: str) -> bytes:
    data = read_bytes(path)
    if data is None:
        raise HostError("there is no such file", where=path)
    return data


def _folder(path: str) -> Iterable[RawCertificate]:
    for file in sorted(Path(path).glob("*")) if path else ():
        data = read_bytes(str(file)) if file.is_file() else None
        if data and b"BEGIN CERTIFICATE" in data:
            yield from _load(str(file))


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
    try:
        return read_certificates(_bytes(path), path)
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
        "fingerprint": about.fingerprint,
        "signature": about.signature_hash,
        "usages": sorted(about.usages),
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
