"""Secrets in files of the controller: one per name, made once, readable by nobody else."""

from __future__ import annotations

import os
import re
import secrets
import stat
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..acl import passwords
from ..errors import HostError, InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@-]*")
_BYTES = 32  # 256 bits


@dataclass
class Found:
    """The secrets by name, and what was (or would be) done for them; the values are in no text."""

    secrets: dict[str, str] = field(default_factory=dict, repr=False)
    plan: list[str] = field(default_factory=list)


def read_or_make(folder: str, names: Iterable[str], *, check_mode: bool) -> Found:
    """Return the secret of each name; those that are missing are made.

    In check mode nothing is written: a missing secret is a throwaway value.

    :raises InputError: a name that is no file name, or a file whose content is no password.
    :raises HostError: a file or folder that is not ours, or cannot be written.
    """
    found = Found()
    try:
        _secure_folder(Path(folder), found, check_mode=check_mode)
        for name in names:
            if not _NAME.fullmatch(name):
                raise InputError(
                    f"{name!r} cannot be the name of a secret", where="names", hint="Use letters, digits, . _ @ -"
                )
            found.secrets[name] = _one(Path(folder, name), found, check_mode=check_mode)
    except OSError as error:
        raise HostError(f"cannot be read or written: {error.strerror}", where=str(error.filename or folder)) from error
    return found


def check_provided(provided: Mapping[str, Any]) -> None:
    """Check secrets that come from elsewhere, such as Ansible Vault: a text, or a list of them, by name.

    :raises InputError: with the name and the reason, never with the value.
    """
    for name, value in provided.items():
        for one in value if isinstance(value, list) else [value]:
            if not isinstance(one, str):
                raise InputError("must be a text or a list of texts", where=f"provided secret {name!r}")
            passwords.check(one, f"provided secret {name!r}")


def _secure_folder(folder: Path, found: Found, *, check_mode: bool) -> None:
    if not folder.exists():
        found.plan.append(f"{folder}: is created, mode 0700")
        if not check_mode:
            missing = [one for one in (folder, *folder.parents) if not one.exists()]
            for one in reversed(missing):
                one.mkdir(mode=0o700, exist_ok=True)
        return
    _secure(folder, 0o700, found, check_mode=check_mode)


def _secure(path: Path, mode: int, found: Found, *, check_mode: bool) -> None:
    state = path.stat()
    if state.st_uid != os.geteuid():
        raise HostError("belongs to somebody else, who could read or replace it", where=str(path))
    if stat.S_IMODE(state.st_mode) != mode:
        found.plan.append(f"{path}: mode {stat.S_IMODE(state.st_mode):04o} becomes {mode:04o}")
        if not check_mode:
            path.chmod(mode)


def _one(path: Path, found: Found, *, check_mode: bool) -> str:
    if path.is_symlink():
        raise HostError("is a symbolic link, so it may lead to a file that others can change", where=str(path))
    if path.exists():
        _secure(path, 0o600, found, check_mode=check_mode)
        return _content(path)
    value = secrets.token_urlsafe(_BYTES)
    found.plan.append(f"{path}: is made, mode 0600")
    return value if check_mode else _create(path, value)


def _content(path: Path) -> str:
    value = path.read_text(encoding="utf-8").rstrip("\r\n")
    passwords.check(value, str(path))
    return value


def _create(path: Path, value: str) -> str:
    # Complete before it has its name, and never over another one: tasks for several hosts run side by side here.
    handle, staged = tempfile.mkstemp(dir=path.parent, prefix=".rampart-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(f"{value}\n")
            stream.flush()
            os.fsync(stream.fileno())
        os.link(staged, path)
    except FileExistsError:
        return _content(path)
    finally:
        Path(staged).unlink()
    return value
