"""What a host needs before its server is hardened: account, modes, files, kernel; the work of redis_host."""

from __future__ import annotations

import os
import pwd
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import host
from ..errors import HostError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

_NO_SHELL = "/usr/sbin/nologin"
_FILE_MODE = 0o644
_FOLDER_MODE = 0o755
_OTHERS = 0o007
_OTHERS_WRITE = 0o022
_KERNEL = "/proc/sys"


@dataclass(frozen=True)
class Step:
    """One thing that is not as wished: what it is, its state now and after as lines, and what mends it."""

    what: str
    before: str
    after: str
    mend: Callable[[], object]


def prepare(params: Mapping[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """Bring everything into the wished state; what is as wished is not touched.

    Each step compares states, so a run that broke off is made up for by the next.

    :raises HostError: something could not be changed.
    """
    kernel = list(_kernel(params["kernel"]))
    steps = [
        *_account(params["account"]),
        *_private(params["private"]),
        *_files(params["files"]),
        *(step for step, settable in kernel if settable),
    ]
    if not check_mode:
        for step in steps:
            step.mend()
    return {
        "changed": bool(steps),
        "plan": [step.what for step in steps],
        "kernel_left": [step.what for step, settable in kernel if not settable],
        "diff": [
            {"before_header": step.what, "after_header": step.what, "before": step.before, "after": step.after}
            for step in steps
        ],
    }


def _account(name: str | None) -> Iterator[Step]:
    if name is None:
        return
    after = f"shell {_NO_SHELL}\n"
    try:
        shell = pwd.getpwnam(name).pw_shell
    except KeyError:
        argv = ["useradd", "--system", "--no-create-home", "--shell", _NO_SHELL, name]
        yield Step(f"account {name}", "", after, lambda: host.run_ok(argv))
        return
    if shell != _NO_SHELL:
        argv = ["usermod", "--shell", _NO_SHELL, name]
        yield Step(f"account {name}", f"shell {shell}\n", after, lambda: host.run_ok(argv))


def _private(folders: Iterable[str]) -> Iterator[Step]:
    # In check mode on a new host there are no folders yet.
    for folder in map(Path, dict.fromkeys(folders)):
        for path in [folder, *_entries(folder)]:
            mode = _mode(path)
            if mode is not None and mode & _OTHERS:
                yield _modes(path, mode, mode & ~_OTHERS)


def _entries(folder: Path) -> list[Path]:
    """Return what is in a folder; nothing where there is none. A folder that is a link is somebody else's."""
    if folder.is_symlink() or not folder.is_dir():
        return []
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        raise HostError(f"cannot be read: {error.strerror}", where=str(folder)) from error


def _mode(path: Path) -> int | None:
    """Return the mode; None for a link, and for what is gone: a server comes and goes with temporary files."""
    with suppress(FileNotFoundError):
        found = path.lstat()
        return None if stat.S_ISLNK(found.st_mode) else stat.S_IMODE(found.st_mode)
    return None


def _modes(path: Path, before: int, after: int) -> Step:
    return Step(str(path), f"mode {before:04o}\n", f"mode {after:04o}\n", lambda: _close(path, after))


def _close(path: Path, mode: int) -> None:
    # The service account may write here: what has become a link since the look must not lead root elsewhere.
    try:
        handle = os.open(path, os.O_PATH | os.O_NOFOLLOW)
        try:
            if not stat.S_ISLNK(os.fstat(handle).st_mode):
                Path(f"/proc/self/fd/{handle}").chmod(mode)
        finally:
            os.close(handle)
    except FileNotFoundError:
        return
    except OSError as error:
        raise HostError(f"its mode cannot be changed: {error.strerror}", where=str(path)) from error


def _files(files: Iterable[Mapping[str, str]]) -> Iterator[Step]:
    wishes = [
        host.FileWish(one["path"], one["content"].encode(), _FILE_MODE, one["owner"], one["group"]) for one in files
    ]
    for wish in wishes:
        yield from _folder(Path(wish.path).parent, wish)
        if not wish.is_met():
            yield _file(wish)


def _file(wish: host.FileWish) -> Step:
    before = host.read_text(wish.path) or ""
    return Step(wish.path, before, wish.data.decode(), lambda: host.replace([wish]))


def _folder(folder: Path, wish: host.FileWish) -> Iterator[Step]:
    """Whoever may write the folder decides what is in the file."""
    owner = host.ids(wish.owner, wish.group)
    try:
        found = folder.stat()
    except FileNotFoundError:
        yield Step(str(folder), "", f"mode {_FOLDER_MODE:04o}\n", lambda: _own(folder, owner, _FOLDER_MODE))
        return
    except OSError as error:
        raise HostError(f"cannot be looked at: {error.strerror}", where=str(folder)) from error
    mode = stat.S_IMODE(found.st_mode)
    if (found.st_uid, found.st_gid) != owner or mode & _OTHERS_WRITE:
        before, wished = f"{found.st_uid}:{found.st_gid} mode {mode:04o}\n", mode & ~_OTHERS_WRITE
        after = f"{owner[0]}:{owner[1]} mode {wished:04o}\n"
        yield Step(str(folder), before, after, lambda: _own(folder, owner, wished))


def _own(folder: Path, owner: tuple[int, int], mode: int) -> None:
    try:
        folder.mkdir(mode=_FOLDER_MODE, exist_ok=True)
        os.chown(folder, *owner)
        folder.chmod(mode)
    except OSError as error:
        raise HostError(f"cannot be made as wished: {error.strerror}", where=str(folder)) from error


def _kernel(values: Mapping[str, Any]) -> Iterator[tuple[Step, bool]]:
    """Yield what differs, and whether it can be set here: in a container the kernel's files are read-only.

    What this kernel does not have, nobody can set.
    """
    for name, value in values.items():
        path, wished = Path(_KERNEL, *name.split(".")), str(value)
        running = host.read_text(str(path))
        if running is not None and running.split() != wished.split():
            step = Step(name, running, f"{wished}\n", _setter(path, wished))
            yield step, os.access(path, os.W_OK)


def _setter(path: Path, value: str) -> Callable[[], None]:
    def write() -> None:
        try:
            path.write_text(f"{value}\n", encoding="ascii")
        except OSError as error:
            raise HostError(f"cannot be set to {value}: {error.strerror}", where=str(path)) from error

    return write
