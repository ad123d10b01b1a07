"""Secrets in files of the controller: one per name, made once, readable by nobody else; more while it is rotated."""

from __future__ import annotations

import os
import re
import secrets
import stat
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..acl import passwords, rotation
from ..errors import HostError, InputError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@-]*")
_BYTES = 32  # 256 bits


@dataclass
class Found:
    """The secrets by name, and what was (or would be) done for them; the values are in no text.

    :param secrets: those in use. ``accepted``: all that servers shall accept, the one in use first. ``next``: those
        made for a rotation and not in use yet. ``stages``: how far the rotation is.
    """

    secrets: dict[str, str] = field(default_factory=dict, repr=False)
    accepted: dict[str, list[str]] = field(default_factory=dict, repr=False)
    next: dict[str, str] = field(default_factory=dict, repr=False)
    stages: dict[str, str] = field(default_factory=dict)
    plan: list[str] = field(default_factory=list)


@dataclass
class _Family:
    """The files of one secret: content by suffix, ``""`` for the one in use; in check mode also what would be."""

    path: Path
    values: dict[str, str] = field(repr=False)

    @property
    def stage(self) -> str:
        others = [suffix for suffix in rotation.SUFFIXES if suffix in self.values]
        try:
            return rotation.stage(others, broke_off=self.values.get(rotation.OLD) == self.values[""])
        except InputError as error:
            raise HostError(error.what, where=str(self.path)) from error

    def file(self, suffix: str) -> Path:
        return self.path.with_name(self.path.name + suffix)


@dataclass(frozen=True)
class Wish:
    """What is asked for: names, whether missing ones are made, and a step for those in rotation."""

    names: Collection[str]
    create: bool = True
    step: str | None = None
    rotating: Collection[str] = ()


def read_or_make(folder: str, wish: Wish, *, check_mode: bool) -> Found:
    """Return the secret of each name; those that are missing are made.

    In check mode nothing is written: a missing secret is a throwaway value.

    :raises InputError: a name that is no file name, a file whose content is no password, a step that skips another.
    :raises HostError: a file or folder that is not ours, or cannot be written.
    """
    found = Found()
    try:
        _check_names(wish)
        _secure_folder(Path(folder), found, check_mode=check_mode)
        for name in wish.names:
            path = Path(folder, name)
            family = _Family(path, {"": _one(path, found, create=wish.create, check_mode=check_mode)})
            _add_others(family, found, check_mode=check_mode)
            if wish.step and name in wish.rotating:
                _take(family, wish.step, found, check_mode=check_mode)
            _report(family, found)
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


def _check_names(wish: Wish) -> None:
    for name in wish.names:
        if not _NAME.fullmatch(name):
            raise InputError(
                f"{name!r} cannot be the name of a secret", where="names", hint="Use letters, digits, . _ @ -"
            )
        if name.endswith(rotation.SUFFIXES):
            raise InputError(
                f"{name!r} cannot be the name of a secret: files so named belong to a rotation", where="names"
            )


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


def _one(path: Path, found: Found, *, create: bool, check_mode: bool) -> str:
    value = _read(path, found, check_mode=check_mode)
    if value is not None:
        return value
    if not create:
        raise HostError("there is no password here", where=str(path), hint="Put the one that servers accept there")
    return _make(path, found, check_mode=check_mode)


def _read(path: Path, found: Found, *, check_mode: bool) -> str | None:
    if path.is_symlink():
        raise HostError("is a symbolic link, so it may lead to a file that others can change", where=str(path))
    if not path.exists():
        return None
    _secure(path, 0o600, found, check_mode=check_mode)
    return _content(path)


def _make(path: Path, found: Found, *, check_mode: bool) -> str:
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


def _add_others(family: _Family, found: Found, *, check_mode: bool) -> None:
    for suffix in rotation.SUFFIXES:
        value = _read(family.file(suffix), found, check_mode=check_mode)
        if value is not None:
            family.values[suffix] = value


def _take(family: _Family, step: str, found: Found, *, check_mode: bool) -> None:
    try:
        due = rotation.is_due(step, family.stage, check_mode=check_mode)
    except InputError as error:
        raise InputError(error.what, where=f"user {family.path.name!r}", hint=error.hint) from error
    if not due:
        return
    if step == rotation.MAKE:
        family.values[rotation.NEXT] = _make(family.file(rotation.NEXT), found, check_mode=check_mode)
    else:
        found.plan += _MOVES[step](family, check_mode=check_mode)
    if not check_mode:
        _sync(family.path.parent)


def _promote(family: _Family, *, check_mode: bool) -> list[str]:
    """Make the next one the one in use. The name is never without a file, and the old one never without a name."""
    old, new = family.file(rotation.OLD), family.file(rotation.NEXT)
    if not check_mode:
        if rotation.OLD not in family.values:
            os.link(family.path, old)
        new.replace(family.path)
    values = family.values
    values[rotation.OLD], values[""] = values[""], values.pop(rotation.NEXT, values[""])
    return [f"{family.path}: becomes {new.name}, the one before is {old.name}"]


def _set_aside(family: _Family, *, check_mode: bool) -> list[str]:
    old, retired = family.file(rotation.OLD), family.file(rotation.RETIRED)
    if not check_mode:
        old.rename(retired)
    family.values[rotation.RETIRED] = family.values.pop(rotation.OLD)
    return [f"{old}: becomes {retired.name}, and is accepted no longer"]


def _forget(family: _Family, *, check_mode: bool) -> list[str]:
    retired = family.file(rotation.RETIRED)
    if not check_mode:
        retired.unlink()
    for suffix in (rotation.OLD, rotation.RETIRED):
        family.values.pop(suffix, None)
    return [f"{retired}: is removed"]


_MOVES = {rotation.PROMOTE: _promote, rotation.RETIRE: _set_aside, rotation.FORGET: _forget}


def _report(family: _Family, found: Found) -> None:
    name, values = family.path.name, family.values
    accepted = [values[suffix] for suffix in ("", rotation.NEXT, rotation.OLD) if suffix in values]
    found.secrets[name] = values[""]
    found.accepted[name] = list(dict.fromkeys(accepted))
    found.stages[name] = family.stage
    if rotation.NEXT in values:
        found.next[name] = values[rotation.NEXT]


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
