"""Connections through a door that is closed by now: ``port 0`` ends new ones only, those made before go on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..connection import Server


@dataclass(frozen=True)
class Leftover:
    """A connection in plaintext, for a person and for CLIENT KILL."""

    ident: str
    text: str


def find(server: Server) -> list[Leftover]:
    """Return the connections that came in by TCP, but not through the TLS port; none before 6.2, which does not tell.

    Replication links stay: the link to a primary leaves from a port of the system's choice, and a replica that is cut
    off costs a full resynchronisation.
    """
    own = str(server.command("CLIENT", "ID"))
    tls_port = server.config("tls-port").get("tls-port", "0")
    lines = str(server.command("CLIENT", "LIST")).splitlines()
    clients = [dict(word.split("=", 1) for word in line.split(" ") if "=" in word) for line in lines]
    return [
        Leftover(client["id"], f"{client['addr']} as {client['user']}")
        for client in clients
        if client["id"] != own and _is_plain(client, tls_port)
    ]


def _is_plain(client: dict[str, str], tls_port: str) -> bool:
    door = client.get("laddr", "").rpartition(":")[2]
    # A unix socket has port 0; M and S mark the two ends of replication.
    return door not in ("", "0", tls_port) and not set("MS") & set(client.get("flags", ""))


def hang_up(server: Server, leftovers: list[Leftover]) -> None:
    """Close these connections; one that is gone by itself is none of our business."""
    server.pipeline([("CLIENT", "KILL", "ID", leftover.ident) for leftover in leftovers])
