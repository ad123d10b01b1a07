"""What lies on the disk beside the server: its log and its backups."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import host
from ..errors import HostError

if TYPE_CHECKING:
    from collections.abc import Iterator

ATTACK = b"Possible SECURITY ATTACK detected"
# The end of a log file that is read, in bytes: months of an ordinary server.
_TAIL = 4 * 2**20
_DAYS = 30
# What encrypted archives begin with.
_MARKS = (b"age-encryption.org/", b"-----BEGIN PGP MESSAGE", b"Salted__", b"\x85", b"\x84", b"\x8c", b"\xc1")


def read_log(path: str, unit: str) -> dict[str, Any]:
    """Return ``source`` and the number of cross-protocol ``attacks`` in the log file, or in the journal of the unit.

    :param path: directive logfile, ``""`` for none; ``unit`` likewise.
    :raises HostError: neither can be read.
    """
    if path and path != "/dev/null":
        return {"source": path, "attacks": _tail(path).count(ATTACK)}
    if not unit:
        raise HostError("is not written to a file, and the server has no unit with a journal", where="log")
    words = ["journalctl", "--no-pager", "--quiet", "--output=cat", f"--since=-{_DAYS}d", f"--unit={unit}"]
    done = host.run(words)
    if done.returncode:
        raise HostError(done.stderr.decode("utf-8", "replace").strip() or "cannot be read", where=f"journal of {unit}")
    return {"source": f"the journal of {unit}, {_DAYS} days", "attacks": done.stdout.count(ATTACK)}


def _tail(path: str) -> bytes:
    try:
        with Path(path).open("rb") as log:
            size = log.seek(0, 2)
            log.seek(max(0, size - _TAIL))
            return log.read()
    except OSError as error:
        raise HostError(f"cannot be read: {error.strerror}", where=path) from error


def read_backups(folder: str) -> list[dict[str, Any]]:
    """Return a row for each file of a backup folder: path, mode, time of change, whether it is ``encrypted``.

    :raises HostError: there is no such folder, or it may not be looked into.
    """
    try:
        return list(_backups(Path(folder)))
    except OSError as error:
        raise HostError(f"cannot be looked into: {error.strerror}", where=folder) from error


def _backups(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.iterdir()):
        found = path.stat()
        if stat.S_ISREG(found.st_mode):
            with path.open("rb") as file:
                begin = file.read(64)
            mode = stat.S_IMODE(found.st_mode)
            encrypted = begin.startswith(_MARKS)
            yield {"path": str(path), "mode": mode, "changed": found.st_mtime, "encrypted": encrypted}
