# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Attack 9: watch what others do."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from .doors import PATIENCE, anonymous, attempt, lawful, logged_in
from .model import APPLICATION, SESSION, CannotRunError

if TYPE_CHECKING:
    from collections.abc import Callable

    from .model import Outcome, Target
    from .resp import Connection, Reply

MARKER = "planted-order-of-bob"


def monitor(target: Target) -> Outcome:
    """MONITOR without a login: the commands of others pass by."""

    def probe(connection: Connection) -> str:
        connection.ask("MONITOR")
        lawful(target, APPLICATION, "SET", "app:attack:order", MARKER, "EX", 60)
        _wait_for(connection, lambda reply: MARKER in str(reply))
        return "MONITOR shows what another client writes"

    return attempt(anonymous(target), probe)


def overhear(target: Target) -> Outcome:
    """PSUBSCRIBE *, CLIENT TRACKING, CLIENT LIST and SLOWLOG GET as application users."""

    def subscribe(connection: Connection) -> str:
        connection.ask("PSUBSCRIBE", "*")
        lawful(target, APPLICATION, "PUBLISH", "orders", MARKER)
        _wait_for(connection, lambda reply: MARKER in str(reply))
        return "PSUBSCRIBE * receives the messages of others"

    def track(connection: Connection) -> str:
        connection.ask("HELLO", 3)
        connection.ask("CLIENT", "TRACKING", "ON", "BCAST")
        lawful(target, SESSION, "SET", "sess:bob", MARKER)
        _wait_for(connection, lambda reply: "sess:bob" in str(reply))
        return "CLIENT TRACKING names the keys that others change"

    return attempt(logged_in(target, APPLICATION, SESSION), subscribe, track, _client_list, _slowlog, thorough=True)


def _client_list(connection: Connection) -> str:
    clients = str(connection.ask("CLIENT", "LIST")).count("addr=")
    return f"CLIENT LIST shows the addresses and users of {clients} clients"


def _slowlog(connection: Connection) -> str:
    entries = connection.ask("SLOWLOG", "GET", 128)
    return f"SLOWLOG GET answers {len(entries) if isinstance(entries, list) else 0} commands of others"


def _wait_for(connection: Connection, wanted: Callable[[Reply], bool]) -> None:
    """Read what passes by until the wanted reply; other traffic is let through for a bounded time."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if wanted(connection.read()):
            return
    raise CannotRunError(f"{connection.door}: listening was accepted, but nothing foreign was seen")
