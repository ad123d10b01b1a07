"""Who has come to this host: the ssh session we are in, who is connected to which port, and which ports listen."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from ..firewall.wish import Session
from . import process

if TYPE_CHECKING:
    from collections.abc import Iterator

_SSH = b"SSH_CONNECTION="
_FIELDS = 4  # their address, their port, our address, our port


def session() -> Session | None:
    """Return the ssh connection by which this process was started; None when it came otherwise.

    sudo takes the variable away, so the environments of all processes above are looked at.
    """
    pid = os.getpid()
    while pid > 1:
        folder = Path(process.PROC, str(pid))
        try:
            environ = (folder / "environ").read_bytes()
            above = int((folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[1])
        except OSError:
            return None
        words = next((one[len(_SSH) :].decode() for one in environ.split(b"\0") if one.startswith(_SSH)), "").split()
        if len(words) == _FIELDS:
            return Session(words[0], int(words[3]))
        pid = above
    return None


def connected() -> Iterator[tuple[str, int]]:
    """Yield (address of the other end, own port) of the connections to ports that listen here."""
    found = list(process.sockets())
    ports = {own[1] for state, own, _other in found if state == process.LISTENING}
    for state, own, other in found:
        if state == process.ESTABLISHED and own[1] in ports:
            yield other[0], own[1]


def listening() -> Iterator[tuple[str, int]]:
    """Yield (own address, port) of everything that listens for TCP."""
    for state, own, _other in process.sockets():
        if state == process.LISTENING:
            yield own
