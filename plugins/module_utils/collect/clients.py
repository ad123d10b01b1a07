"""Who is connected, and which modules are loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import ServerRefusedError

if TYPE_CHECKING:
    from .session import Session

_KEPT = ("id", "addr", "laddr", "name", "user", "flags", "age", "idle", "db", "resp", "sub", "psub")


def read(session: Session) -> list[dict[str, object]]:
    """Return the connections; ``own`` marks the one that asks.

    :raises ServerRefusedError: no right to CLIENT LIST.
    """
    return [_client(line) for line in str(session.ask("CLIENT", "LIST")).splitlines() if line]


def _client(line: str) -> dict[str, object]:
    fields = dict(word.split("=", 1) for word in line.split(" ") if "=" in word)
    kept: dict[str, object] = {name: fields[name] for name in _KEPT if name in fields}
    # The asking connection is the one whose latest command is the question ("client" up to 6.2).
    kept["own"] = fields.get("cmd", "").startswith("client")
    return kept


def read_modules(session: Session) -> list[dict[str, str]]:
    """Return name, version and (from 7.0 on) path of each loaded module.

    :raises ServerRefusedError: no right to MODULE LIST.
    """
    rows = [dict(zip(row[::2], row[1::2])) for row in session.ask("MODULE", "LIST")]
    return [{"name": str(row["name"]), "version": str(row["ver"]), "path": str(row.get("path", ""))} for row in rows]


def read_functions(session: Session) -> list[str]:
    """Return the names of the libraries of server-side functions.

    :raises ServerRefusedError: no right to FUNCTION LIST.
    """
    rows = [dict(zip(row[::2], row[1::2])) for row in session.ask("FUNCTION", "LIST")]
    return sorted(str(row["library_name"]) for row in rows)


def read_monitored(session: Session) -> list[dict[str, str]]:
    """Return what a Sentinel watches: name, address, quorum, number of other Sentinels, and whether a quorum is there.

    :raises ServerRefusedError: no right to SENTINEL MASTERS or SENTINEL CKQUORUM.
    """
    rows = [dict(zip(row[::2], row[1::2])) for row in session.ask("SENTINEL", "MASTERS")]
    return [
        {
            "name": str(row["name"]),
            "address": f"{row['ip']}:{row['port']}",
            "quorum": str(row["quorum"]),
            "others": str(row["num-other-sentinels"]),
            "reached": _reached(session, str(row["name"])),
        }
        for row in rows
    ]


def _reached(session: Session, name: str) -> str:
    try:
        return str(session.ask("SENTINEL", "CKQUORUM", name))
    except ServerRefusedError as error:
        # NOQUORUM is an answer; a missing right is none.
        if "NOQUORUM" not in str(error):
            raise
        return "NOQUORUM"
