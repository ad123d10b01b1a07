"""What else the host shows around a server: other servers, containers, room on the disk."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from . import process

if TYPE_CHECKING:
    from collections.abc import Iterable

# The name of a process is that of the program as it was started; Sentinel's own name is another.
_SERVERS = frozenset({"redis-server", "valkey-server"})
_SHADOW = b"rampart-shadow-"
_UNIT = re.compile(r"([^/\n]+\.service)$", re.MULTILINE)


class Neighbours(NamedTuple):
    """Servers besides ours, described for people: ``here``, and in ``containers``."""

    here: list[str]
    containers: list[str]


def neighbours(own: int | None) -> Neighbours:
    """Look for servers besides the process ``own`` and its children, and besides our shadow servers."""
    found = Neighbours([], [])
    for pid in process.pids():
        with suppress(OSError):  # the process has ended
            folder = Path(process.PROC, str(pid))
            if pid == own or not _is_server(folder, own):
                continue
            inside = (folder / "ns" / "pid").readlink() != Path(process.PROC, "self", "ns", "pid").readlink()
            (found.containers if inside else found.here).append(_described(pid, folder))
    return found


def free(path: str | None) -> int | None:
    """Return the bytes that an ordinary account may still write in a folder; None when there is no such folder."""
    if not path:
        return None
    with suppress(OSError):
        found = os.statvfs(path)
        return found.f_bavail * found.f_frsize
    return None


def read_only(paths: Iterable[str | None]) -> list[str]:
    """Return those of the folders whose file system is mounted read-only."""
    return [path for path in dict.fromkeys(paths) if path and _is_read_only(path)]


def _is_read_only(path: str) -> bool:
    with suppress(OSError):
        return bool(os.statvfs(path).f_flag & os.ST_RDONLY)
    return False


def _is_server(folder: Path, own: int | None) -> bool:
    name = (folder / "comm").read_text(encoding="utf-8", errors="replace").strip()
    if name not in _SERVERS or _SHADOW in (folder / "cmdline").read_bytes():
        return False
    parent = _field((folder / "status").read_text(encoding="utf-8", errors="replace").splitlines(), "PPid:")
    # A server that saves its data has a child of its own name.
    return parent != str(own)


def _field(lines: Iterable[str], name: str) -> str:
    return next((line[len(name) :].strip() for line in lines if line.startswith(name)), "")


def _described(pid: int, folder: Path) -> str:
    unit = _UNIT.search((folder / "cgroup").read_text(encoding="utf-8", errors="replace"))
    return f"process {pid} of {unit.group(1)}" if unit else f"process {pid}"
