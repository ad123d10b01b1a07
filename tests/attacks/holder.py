# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The process behind attack 23: holds a plaintext connection from before hardening, and grabs new ones while it can.

``python -m tests.attacks.holder ADDRESS PORT STATUS_FILE`` writes what the server last said to the status file four
times a second, until the file ``STATUS_FILE.stop`` appears or half an hour has passed.
"""

from __future__ import annotations

import json
import socket
import sys
import time
from pathlib import Path

LIFETIME = 1800.0  # seconds
PAUSE = 0.25


class Line:
    """One plaintext connection without login; asked for a sign of life again and again."""

    def __init__(self, address: str, port: int, *, again: bool) -> None:
        self._where = (address, port)
        self._again = again
        self._socket: socket.socket | None = None
        self._tries = 0

    def ping(self) -> str:
        """Return the server's answer, or ``dead: <reason>``."""
        try:
            sock = self._socket or self.connect()
            sock.sendall(b"PING\r\n")
            answer = sock.recv(256)
        except OSError as error:
            return self._lost(str(error))
        return answer.decode(errors="replace").strip() if answer else self._lost("closed by the server")

    def connect(self) -> socket.socket:
        """Open the line; the old one only once."""
        self._tries += 1
        if self._tries > 1 and not self._again:
            raise ConnectionError("closed, never opened again")
        self._socket = socket.create_connection(self._where, timeout=5)
        return self._socket

    def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _lost(self, reason: str) -> str:
        self.close()
        return f"dead: {reason}"


def hold(address: str, port: int, status: Path) -> None:
    """Hold the old connection and a greedy second one; report both."""
    lines = {"old": Line(address, port, again=False), "greedy": Line(address, port, again=True)}
    stop = status.with_name(status.name + ".stop")
    deadline = time.monotonic() + LIFETIME
    rounds = 0
    while time.monotonic() < deadline and not stop.exists():
        rounds += 1
        answers = {name: line.ping() for name, line in lines.items()}
        fresh = status.with_name(status.name + ".new")
        fresh.write_text(json.dumps({"rounds": rounds, **answers}), encoding="utf-8")
        fresh.replace(status)
        time.sleep(PAUSE)


if __name__ == "__main__":
    hold(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
