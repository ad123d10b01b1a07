"""Processes of this host, as /proc shows them."""

from __future__ import annotations

import ipaddress
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PROC = Path("/proc")

_SHADOW = b"rampart-shadow-"
_LISTENING = "0A"
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
    return [pid for pid in _pids() if _runs(pid, binary) and _SHADOW not in _command_line(pid)]


def listening(pid: int) -> list[tuple[str, int]]:
    """Return (address, port) of the TCP sockets on which the process listens; empty without the right to look."""
    inodes = set(_socket_inodes(pid))
    found = []
    for name in ("tcp", "tcp6"):
        for line in _lines(Path(PROC, str(pid), "net", name))[1:]:
            fields = line.split()
            if fields[3] == _LISTENING and fields[9] in inodes:
                address, port = fields[1].split(":")
                found.append((_address(address), int(port, 16)))
    return found


def _pids() -> Iterator[int]:
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
    try:
        links = [str(entry.readlink()) for entry in Path(PROC, str(pid), "fd").iterdir()]
    except OSError:
        return
    yield from (link[len("socket:[") : -1] for link in links if link.startswith("socket:["))


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="ascii").splitlines()
    except OSError:
        return []


def _address(text: str) -> str:
    """Read the kernel's form: 32-bit words in hexadecimal, each in the byte order of the machine (little endian)."""
    words = [bytes.fromhex(text[at : at + 8])[::-1] for at in range(0, len(text), 8)]
    return str(ipaddress.ip_address(b"".join(words)))
