"""Files that hold secrets, written for a client program; the work of redis_handover."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import host
from ..errors import HostError, InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_FOLDER_MODE = 0o700


def hand_over(params: Mapping[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """Bring all files, or none, into the wished state; no content is in the result.

    :raises InputError: a mode that is none. :raises HostError: no such account, or a file that cannot be written.
    """
    owner = params["owner"] or str(os.geteuid())
    group = params["group"] or str(os.getegid())
    wishes = [
        host.FileWish(one["path"], one["content"].encode(), _mode(one["mode"]), owner, group) for one in params["files"]
    ]
    due = [wish for wish in wishes if not wish.is_met()]
    folders = _missing_folders(wish.path for wish in due)
    result = {
        "changed": bool(due),
        "plan": [*(f"{folder}: is made, mode 0700" for folder in folders), *map(_sentence, due)],
        "diff": [{"before_header": wish.path, "after_header": wish.path, **_states(wish)} for wish in due],
    }
    if not check_mode:
        _make(folders, host.ids(owner, group))
        host.replace(due)
    return result


def _mode(text: str) -> int:
    try:
        mode = int(text, 8)
    except ValueError as error:
        raise InputError(f"{text!r} is not an octal mode such as '0600'", where="mode") from error
    if mode & 0o007:
        raise InputError(f"{text!r} lets everybody at a file with a secret", where="mode")
    return mode


def _missing_folders(paths: Iterable[str]) -> list[Path]:
    found: dict[Path, None] = {}
    for path in paths:
        for folder in reversed(Path(path).parents):
            if not folder.exists():
                found[folder] = None
    return list(found)


def _make(folders: list[Path], owner: tuple[int, int]) -> None:
    try:
        for folder in folders:
            folder.mkdir(mode=_FOLDER_MODE, exist_ok=True)
            os.chown(folder, *owner)
    except OSError as error:
        raise HostError(f"cannot be made: {error.strerror}", where=str(error.filename)) from error


def _sentence(wish: host.FileWish) -> str:
    return f"{wish.path}: is {'replaced' if Path(wish.path).exists() else 'written'}, mode {wish.mode:04o}"


def _states(wish: host.FileWish) -> dict[str, str]:
    """Return the state before and after in words: whoever reads a diff must not read a password."""
    after = f"mode {wish.mode:04o}, {wish.owner}:{wish.group}, content as declared\n"
    try:
        found = Path(wish.path).stat()
    except FileNotFoundError:
        return {"before": "", "after": after}
    content = "as declared" if host.read_bytes(wish.path) == wish.data else "another"
    mode = f"{found.st_mode & 0o7777:04o}"
    owner = wish.owner if host.ids(wish.owner, wish.group)[0] == found.st_uid else str(found.st_uid)
    group = wish.group if host.ids(wish.owner, wish.group)[1] == found.st_gid else str(found.st_gid)
    return {"before": f"mode {mode}, {owner}:{group}, content {content}\n", "after": after}
