"""Connections through a door that is closed by now: ``port 0`` ends new ones only, those made before go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..clients.connections import PLAINTEXT
from . import connected

if TYPE_CHECKING:
    from ..clients.connections import Connection
    from ..connection import Server


def find(server: Server) -> list[Connection]:
    """Return the connections that came in by TCP, but not through the TLS port; none before 6.2, which does not tell.

    Replication links stay: the link to a primary leaves from a port of the system's choice, and a replica that is cut
    off costs a full resynchronisation.
    """
    return [one for one in connected.read(server) if one.is_cut_off_by((PLAINTEXT,))]


def hang_up(server: Server, leftovers: list[Connection]) -> None:
    """Close these connections and prove it; one that is gone by itself is none of our business."""
    connected.hang_up(server, [one.ident for one in leftovers])
