"""The data: what was saved before, and what memory holds now, by one BGSAVE that is waited for."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .. import host
from ..conf.merge import settings
from ..errors import HostError
from ..evidence import saving
from .evidence_reading import open_regular

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..connection import Server
    from .instance import Site

KEPT = "dump-before.rdb"
_PAUSE = 0.1
_BYTES = 1024


@dataclass(frozen=True)
class Place:
    """Where the server saves. ``configured`` as its file says, with the links of folders resolved."""

    path: Path
    running: Mapping[str, str]
    configured: Mapping[str, str]


def place(site: Site, server: Server) -> Place:
    """Ask where the server saves."""
    running = server.config("dir", "dbfilename")
    found = settings(site.document) if site.document else {}
    configured = {name: " ".join(found[name][-1]) for name in ("dir", "dbfilename") if name in found}
    path = Path(running["dir"], running["dbfilename"])
    folders = (
        {**values, "dir": os.path.realpath(values["dir"])} if values.get("dir", "").startswith("/") else values
        for values in (running, configured)
    )
    return Place(path, *folders)


@contextmanager
def kept(path: Path, folder: Path) -> Iterator[Path | None]:
    """Yield a second name in ``folder`` for the data saved before, or None where there is none.

    So a BGSAVE does not end it. The name is gone at the end. It stays, and is named, when something fails after the
    server has put newer data in place: what is in it may be all that is left of a data set that somebody has deleted.
    """
    second = folder / KEPT
    if not _is_regular(path):
        yield None
        return
    try:
        os.link(path, second, follow_symlinks=False)
    except OSError:
        second.touch(mode=0o600)
        shutil.copyfile(path, second, follow_symlinks=False)  # another file system
    before, whole = _identity(path), False
    try:
        yield second
        whole = True
    except HostError as error:
        if _identity(path) == before:
            raise
        raise HostError(f"{error}. The data saved before is in {second}", where="evidence") from error
    finally:
        if whole or _identity(path) == before:
            second.unlink()


def refusal(site: Site, server: Server, where: Place, folder: Path, before: int) -> str:
    """Return why the server is not told to save, or nothing."""
    info = server.info("persistence")
    used = int(server.info("memory")["used_memory"])
    parent = where.path.parent
    if not parent.is_dir():
        return "the folder of the data is not on this host"
    room = saving.Room(used, before, _free(parent), _free(folder), _memory(site.pid))
    return saving.busy(info) or saving.displaced(where.running, where.configured) or saving.crowded(room)


def save(server: Server, path: Path, timeout: float) -> None:
    """Let the server save its data, and wait for it. ``timeout`` is in seconds.

    :raises HostError: it failed, or did not end in time.
    """
    before, identity = int(server.command("LASTSAVE")), _identity(path)
    deadline = time.monotonic() + timeout
    server.command("BGSAVE")
    info = server.info("persistence")
    while info["rdb_bgsave_in_progress"] != "0":
        if time.monotonic() > deadline:
            raise HostError(f"BGSAVE did not end within {timeout:g} s; it goes on", where="data")
        time.sleep(_PAUSE)
        info = server.info("persistence")
    if info["rdb_last_bgsave_status"] != "ok":
        raise HostError("BGSAVE failed, see the server's log", where="data")
    if int(server.command("LASTSAVE")) < before or _identity(path) == identity:
        raise HostError("BGSAVE ended well, and there is no new file", where="data")


def _is_regular(path: Path) -> bool:
    try:
        os.close(open_regular(str(path), follow=False))
    except HostError:
        return False
    return True


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.lstat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _free(folder: Path) -> tuple[int, int]:
    found = os.statvfs(folder)
    return folder.stat().st_dev, found.f_bavail * found.f_frsize


def _memory(pid: int | None) -> int | None:
    """Return the memory that is left to the server, by the kernel or by the limit of its unit."""
    lines = (host.read_text("/proc/meminfo") or "").splitlines()
    found = [int(line.split()[1]) * _BYTES for line in lines if line.startswith("MemAvailable:")]
    text = host.read_text(f"/proc/{pid}/cgroup") or ""
    group = next((line[len("0::") :] for line in text.splitlines() if line.startswith("0::")), "")
    with suppress(HostError, ValueError):
        limit, used, stat = (
            host.read_text(f"/sys/fs/cgroup{group}/memory.{name}") or "" for name in ("max", "current", "stat")
        )
        # Pages of files that nobody needs now are given back when memory is short.
        spare = [int(line.split()[1]) for line in stat.splitlines() if line.startswith("inactive_file ")]
        found.append(int(limit) - int(used) + sum(spare))
    return min(found, default=None)
