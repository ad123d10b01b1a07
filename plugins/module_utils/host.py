"""Files, processes and accounts of the host a module runs on."""

from __future__ import annotations

import errno
import grp
import os
import pwd
import stat
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import HostError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


# What to do next, where the system's own words do not say it.
_NEXT = {
    errno.ENOSPC: "Make room on that file system and run again",
    errno.EDQUOT: "Raise the quota or make room, and run again",
    errno.EROFS: "Find out why that file system is mounted read-only, mount it writable and run again",
}


@dataclass(frozen=True)
class FileWish:
    """One file as it shall be; ``data`` may be secret and is never part of a message."""

    path: str
    data: bytes = field(repr=False)
    mode: int
    owner: str = "root"
    group: str = "root"

    def is_met(self) -> bool:
        """Tell whether content, mode, owner and group are as wished."""
        try:
            found = Path(self.path).stat()
        except FileNotFoundError:
            return False
        same_meta = stat.S_IMODE(found.st_mode) == self.mode and (found.st_uid, found.st_gid) == ids(
            self.owner, self.group
        )
        return same_meta and read_bytes(self.path) == self.data


@dataclass
class Replacement:
    """A finished replacement of files that can be taken back; ``before``: (path, old content or None, old stat)."""

    before: list[tuple[str, bytes | None, os.stat_result | None]] = field(default_factory=list, repr=False)

    def undo(self) -> None:
        """Put every file back as it was, newest first."""
        for path, data, found in reversed(self.before):
            if data is None or found is None:
                Path(path).unlink(missing_ok=True)
            else:
                _write(path, data, stat.S_IMODE(found.st_mode), (found.st_uid, found.st_gid))


def ids(owner: str, group: str) -> tuple[int, int]:
    """Return the numeric ids of an account and a group of this host; a number is taken as it is."""
    try:
        uid = int(owner) if owner.isdigit() else pwd.getpwnam(owner).pw_uid
        return uid, int(group) if group.isdigit() else grp.getgrnam(group).gr_gid
    except KeyError as error:
        raise HostError(str(error.args[0]), where=f"{owner}:{group}") from error


def read_bytes(path: str) -> bytes | None:
    """Return the file's content, or None when there is no such file."""
    try:
        return Path(path).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise HostError(f"cannot be read: {error.strerror}", where=path) from error


def read_text(path: str) -> str | None:
    """Return the file's text, or None when there is no such file; bytes that are not UTF-8 survive a round trip."""
    data = read_bytes(path)
    return None if data is None else data.decode("utf-8", "surrogateescape")


def replace(wishes: Iterable[FileWish]) -> Replacement:
    """Replace all files, or none: each atomically and with its mode from the first byte on.

    All of them are complete before the first takes its place, so that a full disk shows while nothing is replaced.

    :raises HostError: a file could not be written; those already replaced are back as they were.
    """
    done = Replacement()
    ready: list[tuple[str, str]] = []
    try:
        for wish in wishes:
            beside = _prepare(wish.path, wish.data, wish.mode, ids(wish.owner, wish.group))
            ready.append((wish.path, beside))
        for path, beside in ready:
            before = (path, read_bytes(path), _stat(path))
            _put(beside, path)
            done.before.append(before)
        for folder in dict.fromkeys(Path(path).parent for path, _beside in ready):
            _sync(folder)
    except HostError:
        done.undo()
        raise
    finally:
        for _path, beside in ready:
            Path(beside).unlink(missing_ok=True)
    return done


def run(
    argv: Sequence[str], *, timeout: float = 30.0, stdin: bytes | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run a program without a shell and return what it did, whatever its exit status. ``timeout`` is in seconds."""
    try:
        # AnsibleModule's run_command is out of reach down here. pylint: disable-next=ansible-bad-function
        return subprocess.run(  # noqa: S603 - no shell; every caller passes a fixed program
            list(argv),
            input=stdin,
            capture_output=True,
            timeout=timeout,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
        )
    except FileNotFoundError as error:
        raise HostError("no such program", where=argv[0]) from error
    except subprocess.TimeoutExpired as error:
        raise HostError(f"did not end within {timeout:g} s", where=argv[0]) from error


def run_ok(argv: Sequence[str], *, timeout: float = 30.0) -> str:
    """Run a program that must succeed and return what it printed."""
    done = run(argv, timeout=timeout)
    if done.returncode:
        said = (done.stderr or done.stdout).decode("utf-8", "replace").strip()
        raise HostError(f"{' '.join(argv)} ended with status {done.returncode}: {said}", where=argv[0])
    return done.stdout.decode("utf-8", "replace")


def _stat(path: str) -> os.stat_result | None:
    try:
        return Path(path).stat()
    except FileNotFoundError:
        return None


def _write(path: str, data: bytes, mode: int, owner: tuple[int, int]) -> None:
    beside = _prepare(path, data, mode, owner)
    try:
        _put(beside, path)
        _sync(Path(path).parent)
    except HostError:
        Path(beside).unlink(missing_ok=True)
        raise


def _prepare(path: str, data: bytes, mode: int, owner: tuple[int, int]) -> str:
    """Write what the file shall be beside its place, to the disk, and return where."""
    beside = ""
    try:
        # mkstemp creates 0600, so nobody reads a byte before owner and mode are right.
        handle, beside = tempfile.mkstemp(dir=Path(path).parent, prefix=".rampart-")
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            os.fchown(stream.fileno(), *owner)
            os.fchmod(stream.fileno(), mode)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        if beside:
            Path(beside).unlink(missing_ok=True)
        raise _unwritable(path, error) from error
    return beside


def _put(beside: str, path: str) -> None:
    try:
        Path(beside).replace(path)
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: str, error: OSError) -> HostError:
    return HostError(f"cannot be written: {error.strerror}", where=path, hint=_NEXT.get(error.errno or 0, ""))


def _sync(folder: Path) -> None:
    """Bring the names of a folder's files to the disk, as their content is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        raise _unwritable(str(folder), error) from error
    finally:
        os.close(handle)
