"""Is a staged redis.conf one that the server of this host can start with? The shadow server says so."""

from __future__ import annotations

import grp
import os
import pwd
from contextlib import suppress
from pathlib import Path

from .. import host
from ..conf import merge
from ..conf.syntax import Document, parse
from ..errors import HostError, MissingLibraryError, ShadowError
from ..shadow import shadow

_FILES = ("aclfile", "tls-cert-file", "tls-key-file", "tls-ca-cert-file", "tls-dh-params-file")
_MAX_DEPTH = 8
_SHADOW_LINE = "redis.conf line "


def judge(document: Document, user: str, binary: str | None, *, check_mode: bool) -> tuple[bool, str | None]:
    """Let a shadow server judge the staged file. Returns (validated, why not).

    :param user: account of the real server.
    :param check_mode: what is not there yet is then a reason, not an error.
    :raises ShadowError: the server would not start. :raises HostError: something it needs is missing.
    """
    doubt = _obstacle(document, user, binary)
    if doubt and check_mode:
        return False, doubt
    if doubt:
        raise HostError(doubt, where=document.where)
    if document.directives("loadmodule"):
        return False, "the file loads modules, which a shadow server must not"
    try:
        with shadow(str(binary), config=expanded(document), acl=_acl(document), run_as=_account(user)):
            return True, None
    except MissingLibraryError as error:
        if check_mode:
            return False, str(error)
        raise
    except ShadowError as error:
        raise _placed(error, document) from error


def _obstacle(document: Document, user: str, binary: str | None) -> str | None:
    """Say what a server needs that is not there (yet)."""
    if binary is None:
        return "package not installed: there is no server binary"
    named = {name: merge.lines_of(document, name) for name in _FILES}
    paths = [lines[-1][0] for lines in named.values() if lines and lines[-1] and lines[-1][0]]
    for path in paths:
        if not Path(path).is_file():
            return f"{path} is not there"
        if not _readable(path, user):
            return f"{path} cannot be read by {user}"
    return None


def _readable(path: str, user: str) -> bool:
    """Judge by owner, group and mode, as the kernel would for this account; the folders above are not looked at."""
    account = _account(user)
    if account is None:
        return True
    found, entry = Path(path).stat(), pwd.getpwnam(account)
    groups = {entry.pw_gid, *(group.gr_gid for group in grp.getgrall() if account in group.gr_mem)}
    if found.st_uid == entry.pw_uid:
        return bool(found.st_mode & 0o400)
    return bool(found.st_mode & (0o040 if found.st_gid in groups else 0o004))


def _account(user: str) -> str | None:
    """Return the account when we can become it."""
    with suppress(KeyError):
        return pwd.getpwnam(user).pw_name if os.geteuid() == 0 else None
    return None


def _acl(document: Document) -> str | None:
    lines = merge.lines_of(document, "aclfile")
    return host.read_text(lines[-1][0]) if lines and lines[-1] and lines[-1][0] else None


def expanded(document: Document, depth: int = 0) -> str:
    """Return the text with the included files in place, as the server reads it.

    :raises HostError: a file that is included is not there.
    """
    if depth > _MAX_DEPTH:
        raise HostError("includes itself", where=document.where)
    parts: list[str] = []
    for line in document.lines:
        if line.name != "include":
            parts.append(line.raw)
            continue
        for path in _included(line.arguments[0]):
            text = host.read_text(path)
            if text is None:
                raise HostError("includes a file that is not there", where=f"{document.where} line {line.number}")
            parts.append(expanded(parse(text, path), depth + 1))
    return "\n".join(parts)


def _included(pattern: str) -> list[str]:
    """Return the files that an include names; a pattern without a match is a name."""
    path = Path(pattern)
    if not path.is_absolute():
        return [pattern]
    found = Path(path.anchor).glob(str(path.relative_to(path.anchor)))
    return sorted(map(str, found)) or [pattern]


def _placed(error: ShadowError, document: Document) -> ShadowError:
    """Name the real file instead of the shadow's; with included files the line would be of neither."""
    included = bool(document.directives("include"))
    line = error.where[len(_SHADOW_LINE) :]
    place = f"{document.where} and its included files" if included else f"{document.where} line {line}"
    where = place if error.where.startswith(_SHADOW_LINE) else error.where
    return ShadowError(error.what, where=where, hint=error.hint or "Nothing was changed")
