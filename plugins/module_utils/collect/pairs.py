"""Key pairs on the disk of this host: looked at, prepared, and replaced together or not at all.

A private key is made here, waits in ``<key_file>.pending`` for the answer to its request, and never leaves the host.
Files that are in use can be staged as ``<file>.staged`` instead, for the module that makes the server load them.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import HostError, InputError
from ..host import FileWish, ids, read_bytes
from ..host import replace as replace_files
from ..tls import issue, renew
from ..tls.inspect import read_certificates, read_key, same_key
from ..tls.report import NO_AUTHORITY, Entry
from ..tls.wish import duration, parse_wishes
from .waiting import staged as staged_path

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from cryptography.x509 import Certificate as RawCertificate

    from ..tls.wish import CertWish

_TRUST_MODE = 0o644
_PENDING_MODE = 0o600


@dataclass(frozen=True)
class Item:
    """One wish and what is there.

    ``reasons`` to make a new pair, ``repairs`` of the files of a good one, ``leftovers`` of a run that broke off.
    """

    wish: CertWish
    pair: renew.Pair
    reasons: tuple[str, ...]
    repairs: tuple[FileWish, ...] = ()
    leftovers: tuple[str, ...] = ()

    @property
    def is_due(self) -> bool:
        """Tell whether a new certificate is needed."""
        return self.wish.present and bool(self.reasons)

    @property
    def entry(self) -> Entry:
        """Say what is there and what is not as wished."""
        wrong = [f"mode, owner or group of {repair.path} is not as wished" for repair in self.repairs]
        wrong += [f"{path} was left behind by a run that broke off" for path in self.leftovers]
        return Entry(self.wish, self.pair, (*self.reasons, *wrong))


@dataclass(frozen=True)
class Scene:
    """All wishes of a task with what is there, and the trust file when it has to be written."""

    items: tuple[Item, ...]
    authority: RawCertificate | None
    trust: FileWish | None

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What is there and what is not as wished, for the report."""
        return tuple(item.entry for item in self.items)

    @property
    def changes(self) -> bool:
        """Tell whether anything is not as wished."""
        return self.trust is not None or any(entry.sentences for entry in self.entries)

    @property
    def problem(self) -> str:
        """Say why nothing could be compared with the authority, if so."""
        return NO_AUTHORITY if self.authority is None and any(item.wish.present for item in self.items) else ""


def survey(
    params: Mapping[str, Any], now: datetime, *, check_mode: bool, staged: frozenset[str] = frozenset()
) -> Scene:
    """Read the wishes and every file they name; nothing is changed.

    :param staged: paths whose staged file is read instead.
    :raises InputError: a wish is wrong, or a key is there that cannot be read.
    """
    exchange = params["exchange"] or {}
    pem = exchange.get("authority")
    authority = read_certificates(pem.encode(), "CA certificate")[0] if pem else None
    wishes = [_moved(wish, staged) for wish in parse_wishes(params)]
    if authority is None and not check_mode and any(wish.present for wish in wishes):
        raise InputError("the authority's certificate is missing", where="ca_cert")
    rules = renew.Rules(now, duration(params["renew_before"], "renew_before"), params["force"])
    items = tuple(_item(wish, authority, rules) for wish in wishes)
    return Scene(items, authority, _trust(_place(params["ca_file"], staged), exchange.get("trust")))


def requests(scene: Scene) -> dict[str, str]:
    """Make a new key for everything that is due and return the requests by name; the pairs in use are not touched."""
    due = [item.wish for item in scene.items if item.is_due]
    for wish in due:
        _require_place(wish)
    keys = {wish.name: issue.make_key(wish.key_type) for wish in due}
    me = (str(os.geteuid()), str(os.getegid()))
    replace_files([FileWish(_pending(wish), keys[wish.name], _PENDING_MODE, *me) for wish in due])
    return {name: issue.make_request(key, name) for name, key in keys.items()}


def install(
    scene: Scene, answers: Mapping[str, str], params: Mapping[str, Any], now: datetime
) -> tuple[Scene, tuple[str, ...]]:
    """Bring all files to what is wished, with the answers to the requests.

    Return what is there then, and the paths of those files that were only staged: with the option ``stage`` all of
    them, unless none of them was there before.

    :raises HostError: an answer does not fit, a file could not be written or removed, or what was written is not what
        was wished; the files are as they were.
    """
    files = [scene.trust] if scene.trust else []
    for item in scene.items:
        files += _answered(item, answers, scene) if item.is_due else item.repairs
    waiting = params["stage"] and any(Path(file.path).exists() for file in files)
    paths = frozenset(file.path for file in files) if waiting else frozenset()
    done = replace_files([replace(file, path=_place(file.path, paths)) for file in files])
    try:
        after = _confirmed(params, now, paths)
        for item in scene.items:
            _tidy(item, paths)
    except HostError:
        done.undo()
        raise
    return after, tuple(sorted(paths))


def _confirmed(params: Mapping[str, Any], now: datetime, staged: frozenset[str]) -> Scene:
    after = survey({**params, "force": False}, now, check_mode=False, staged=staged)
    left = [sentence for item in after.items if item.wish.present for sentence in _unfulfilled(item)]
    if left:
        raise HostError(f"the new files are not as wished: {'; '.join(left)}", hint="The old ones are back")
    return after


def _unfulfilled(item: Item) -> tuple[str, ...]:
    return replace(item, leftovers=()).entry.sentences


def _tidy(item: Item, staged: frozenset[str]) -> None:
    if item.is_due:
        _remove(_pending(item.wish))
    for path in (item.wish.key_file, item.wish.cert_file):
        if path not in staged:
            _remove(staged_path(path))
        if not item.wish.present:
            _remove(path)


def _item(wish: CertWish, authority: RawCertificate | None, rules: renew.Rules) -> Item:
    certificate, key = read_bytes(wish.cert_file), read_bytes(wish.key_file)
    if not wish.present:
        there = [path for path, data in ((wish.cert_file, certificate), (wish.key_file, key)) if data is not None]
        nothing = renew.Pair(None, "", has_key=False, fits_key=None, is_ours=None)
        return Item(wish, nothing, tuple(f"{path} is there, wished is that it is not" for path in there))
    try:
        pair = renew.look_at(wish, certificate, key, authority)
    except InputError as error:
        if not rules.force:
            raise InputError(
                error.what, where=error.where, hint="Repair it, or replace it and its certificate with force: true"
            ) from error
        pair = replace(renew.look_at(wish, certificate, None, authority), problem=str(error))
    reasons = renew.reasons(wish, pair, rules)
    if authority is None:
        reasons.append(NO_AUTHORITY)
    repairs = () if reasons else _repairs(wish, certificate or b"", key or b"")
    waiting = map(staged_path, (wish.key_file, wish.cert_file))
    leftovers = () if reasons else tuple(path for path in waiting if Path(path).exists())
    return Item(wish, pair, tuple(reasons), repairs, leftovers)


def _repairs(wish: CertWish, certificate: bytes, key: bytes) -> tuple[FileWish, ...]:
    both = (_key_file(wish, key), _cert_file(wish, certificate))
    return tuple(file for file in both if not file.is_met())


def _answered(item: Item, answers: Mapping[str, str], scene: Scene) -> list[FileWish]:
    wish = item.wish
    where = f"certificate {wish.name!r}"
    key = read_bytes(_pending(wish))
    if key is None or wish.name not in answers:
        raise HostError("there is no new key with an answer to its request", where=where, hint="Run the task again")
    answer = answers[wish.name].encode()
    raw = read_certificates(answer, where)[0]
    fits = same_key(raw.public_key(), read_key(key, _pending(wish)).public_key())
    if not fits or scene.authority is None or renew.look_at(wish, answer, key, scene.authority).is_ours is False:
        raise HostError("the answer does not belong to the new key and the authority", where=where)
    return [_key_file(wish, key), _cert_file(wish, answer)]


def _key_file(wish: CertWish, data: bytes) -> FileWish:
    return FileWish(wish.key_file, data, wish.key_mode, *_account(wish.key_file, wish))


def _cert_file(wish: CertWish, data: bytes) -> FileWish:
    return FileWish(wish.cert_file, data, wish.cert_mode, *_account(wish.cert_file, wish))


def _account(path: str, wish: CertWish) -> tuple[str, str]:
    try:
        found = Path(path).stat()
        have = (found.st_uid, found.st_gid)
    except FileNotFoundError:
        have = (os.geteuid(), os.getegid())
    return wish.owner or str(have[0]), wish.group or str(have[1])


def _trust(path: str | None, text: str | None) -> FileWish | None:
    if not path or not text:
        return None
    file = FileWish(path, text.encode(), _TRUST_MODE, str(os.geteuid()), str(os.getegid()))
    return None if file.is_met() else file


def _place(path: str, staged: frozenset[str]) -> str:
    return staged_path(path) if path in staged else path


def _moved(wish: CertWish, staged: frozenset[str]) -> CertWish:
    return replace(wish, key_file=_place(wish.key_file, staged), cert_file=_place(wish.cert_file, staged))


def _pending(wish: CertWish) -> str:
    return f"{wish.key_file}.pending"


def _require_place(wish: CertWish) -> None:
    ids(*_account(wish.key_file, wish))
    for path in (wish.key_file, wish.cert_file):
        folder = Path(path).parent
        if not folder.is_dir():
            raise HostError("there is no such folder", where=str(folder), hint=f"Certificate {wish.name!r} needs it")


def _remove(path: str) -> None:
    try:
        Path(path).unlink(missing_ok=True)
    except OSError as error:
        raise HostError(f"cannot be removed: {error.strerror}", where=path) from error
