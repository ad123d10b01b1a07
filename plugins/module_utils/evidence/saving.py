"""Whether the server may be told to save: it must not fail, starve the host, or write where an attacker wants."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_MIB = 2**20
_RESERVE = 32 * _MIB
# For all saved data in a bundle: openssl reads a bundle back into one buffer, which ends at 1.5 GiB.
LARGEST = 1280 * _MIB
# The default of the directive dbfilename.
_DBFILENAME = "dump.rdb"


@dataclass(frozen=True)
class Room:
    """Bytes. ``data`` and ``bundle``: (number of the file system, free); ``memory``: available, None: not known."""

    used_memory: int
    before: int
    data: tuple[int, int]
    bundle: tuple[int, int]
    memory: int | None


def busy(info: Mapping[str, str]) -> str:
    """Return why a save cannot begin now, from INFO persistence, or nothing."""
    if info.get("loading", "0") != "0":
        return "the server is still reading its data"
    if info.get("rdb_bgsave_in_progress", "0") != "0" or info.get("aof_rewrite_in_progress", "0") != "0":
        return "a save is running"
    return ""


def displaced(running: Mapping[str, str], configured: Mapping[str, str]) -> str:
    """Return why the place where the server saves is not to be trusted, or nothing.

    Whoever may CONFIG SET can let the next save write a crontab or keys of ssh; this one shall not do it for them.
    Folders are compared as texts: pass them with links resolved.
    """
    folder = configured.get("dir", "")
    if not folder:
        return "the configuration file names no data folder, so where a save goes is not known to be right"
    name = configured.get("dbfilename") or _DBFILENAME
    wish = posixpath.join(folder, name)
    have = posixpath.join(running.get("dir", ""), running.get("dbfilename", ""))
    return (
        "" if wish == have else "the running server saves to another place than its file says; see server/config.json"
    )


def crowded(room: Room) -> str:
    """Return why there is no room for a save and its copy, or nothing.

    A save that fails makes the server refuse writes, and one that starves the host of memory kills it.
    """
    if room.before > LARGEST:
        return (
            f"the data saved before takes {room.before // _MIB} MiB, more than a bundle holds; copy it yourself first"
        )
    need = room.used_memory + _RESERVE
    # On the same disk the data saved before is kept by a second name, on another by a copy.
    places = [("the data", room.data[1], need), ("the bundle", room.bundle[1], need + 2 * room.before)]
    if room.data[0] == room.bundle[0]:
        places = [("the data and the bundle", room.data[1], 2 * need + room.before)]
    for what, free, wanted in places:
        if free < wanted:
            return f"{what} may need {wanted // _MIB} MiB of disk, and {free // _MIB} MiB are free"
    # While it is saved, what clients overwrite is kept twice: half of it is a lot, but an attack is no quiet time.
    wanted = room.used_memory // 2 + _RESERVE
    if room.memory is not None and room.memory < wanted:
        return f"a save may need {wanted // _MIB} MiB of memory, and {room.memory // _MIB} MiB are free"
    return ""
