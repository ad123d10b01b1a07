"""Processes of this host, as /proc shows them."""

from __future__ import annotations

import os
import socket
import struct
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import HostError

if TYPE_CHECKING:
    from collections.abc import Iterator

PROC = Path("/proc")

_SHADOW = b"rampart-shadow-"
LISTENING = "0A"
ESTABLISHED = "01"
_START_FIELD = 19  # of /proc/PID/stat behind the program's name: clock ticks since boot


def started_at(pid: int) -> float | None:
    """Return when the process was started, in seconds since 1970 (good to a few hundredths), or None if it is gone."""
    try:
        behind_name = Path(PROC, str(pid), "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2]
    except OSError:
        return None
    uptime = int(behind_name.split()[_START_FIELD]) / os.sysconf("SC_CLK_TCK")
    return time.time() - (time.clock_gettime(time.CLOCK_BOOTTIME) - uptime)


def running_from(binary: str) -> list[int]:
    """Return the processes that run this program, shadow servers not counted."""
    return [pid for pid in pids() if _runs(pid, binary) and _SHADOW not in _command_line(pid)]


def listening(pid: int) -> list[tuple[str, int]]:
    """Return (address, port) of the TCP sockets on which the process listens.

    :raises HostError: the process ended, or may not be looked into.
    """
    try:
        return _listening(pid)
    except OSError as error:
        raise HostError(f"cannot be looked into: {error.strerror}", where=f"process {pid}") from error


def _listening(pid: int) -> list[tuple[str, int]]:
    inodes = set(_socket_inodes(pid))
    rows = _tcp(Path(PROC, str(pid), "net"))
    return [_end(fields[1]) for fields in rows if fields[3] == LISTENING and fields[9] in inodes]


def sockets() -> list[tuple[str, tuple[str, int], tuple[str, int]]]:
    """Return (state, own address and port, the other's) of all TCP sockets of this host."""
    return [(fields[3], _end(fields[1]), _end(fields[2])) for fields in _tcp(Path(PROC, "self", "net"))]


def _tcp(folder: Path) -> Iterator[list[str]]:
    for path in (folder / "tcp", folder / "tcp6"):
        if path.exists():  # without IPv6 there is no second one
            yield from (line.split() for line in path.read_text(encoding="ascii").splitlines()[1:])


def _end(text: str) -> tuple[str, int]:
    address, port = text.split(":")
    return _address(address), int(port, 16)


def pids() -> Iterator[int]:
    """Return the numbers of all processes."""
    return (int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit())


def _runs(pid: int, binary: str) -> bool:
    link = PROC / str(pid) / "exe"
    try:
        # A package upgrade leaves the old program running from a deleted file.
        return link.samefile(binary) or str(link.readlink()) == f"{binary} (deleted)"
    except OSError:
        return False


def _command_line(pid: int) -> bytes:
    try:
        return Path(PROC, str(pid), "cmdline").read_bytes()
    except OSError:
        return b""


def _socket_inodes(pid: int) -> Iterator[str]:
    for handle in Path(PROC, str(pid), "fd").iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            target = str(handle.readlink())
            if target.startswith("socket:["):
                yield target[len("socket:[") : -1]


def _address(text: str) -> str:
    # The kernel prints 32-bit words in the byte order of the machine.
    words = [text[at : at + 8] for at in range(0, len(text), 8)]
    packed = b"".join(struct.pack("=I", int(word, 16)) for word in words)
    return socket.inet_ntop(socket.AF_INET if len(words) == 1 else socket.AF_INET6, packed)
