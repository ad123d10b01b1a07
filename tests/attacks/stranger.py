# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Attack 20: a host that was never named, in the same network."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from .model import CannotRunError, Outcome
from .shell import docker, inside

if TYPE_CHECKING:
    from .model import Target

EXPORTER_PORT = 9121
# Runs in a container of its own: one line for each port, "open" or why not.
KNOCK = """
import socket, sys
for port in sys.argv[2:]:
    try:
        socket.create_connection((sys.argv[1], int(port)), 3).close()
        print(port, "open")
    except OSError as error:
        print(port, error)
"""


def open_connection(target: Target) -> Outcome:
    """Open TCP connections to the server and its exporter from a new container beside the target."""
    ports = sorted({target.plain_port, target.tls_port, EXPORTER_PORT} & _listening(target))
    if not ports:
        raise CannotRunError(f"{target.container}: nothing listens, so nothing was kept from a stranger")
    said = dict(line.split(" ", 1) for line in _knock(target, ports).splitlines())
    if sorted(said) != sorted(map(str, ports)):
        raise CannotRunError(f"the stranger did not try all of {ports}: {said}")
    opened = [f"a stranger's connection to port {port} opens" for port, word in said.items() if word == "open"]
    closed = [f"port {port}: {word}" for port, word in said.items() if word != "open"]
    return Outcome(succeeded=bool(opened), evidence="; ".join(opened or closed))


def _listening(target: Target) -> set[int]:
    """Return the ports on which the target listens to others than itself."""
    rows = [line.split() for line in inside(target.container, "ss -Htln").stdout.splitlines()]
    ends = [row[3].rpartition(":") for row in rows]
    return {int(port) for address, _colon, port in ends if not address.startswith(("127.", "[::1]"))}


def _knock(target: Target, ports: list[int]) -> str:
    """Run the stranger in the target's network, from the target's own image: it has Python."""
    about = json.loads(docker("inspect", target.container).stdout)[0]
    network = next(iter(about["NetworkSettings"]["Networks"]))
    words = ("run", "--rm", "--interactive", "--pull", "never", "--network", network, "--entrypoint", "python3")
    tried = [str(port) for port in ports]
    return docker(*words, about["Image"], "-", target.address, *tried, stdin=KNOCK).stdout
