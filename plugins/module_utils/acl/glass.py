"""Break-glass: a user switched on for a while, and off again exactly as it was. Decisions only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def rights(digest: str, *, channels: bool) -> tuple[str, ...]:
    """Return the rules of the user while it is on: everything, by one more password (its SHA-256)."""
    return ("on", f"#{digest}", "~*", *(["&*"] if channels else []), "+@all")


def rules_of(lines: Sequence[str], name: str) -> tuple[str, ...] | None:
    """Return the rules of a user in the lines of ACL LIST or of an ACL file, or None: there is no such user."""
    found = [line.split() for line in lines if line.split()[:2] == ["user", name]]
    return tuple(found[-1][2:]) if found else None


def closing(name: str, before: Sequence[str] | None) -> tuple[tuple[str, ...], ...]:
    """Return the commands by which the user, logged in as itself, switches itself off and hangs up the others."""
    kill = ("CLIENT", "KILL", "USER", name)
    if before is None:
        return (("ACL", "DELUSER", name),)
    return (kill, ("ACL", "SETUSER", name, "reset", *before), kill)


def opened(text: str, name: str, rules: Sequence[str], where: str) -> str:
    """Return the text of an ACL file with the user switched on; all other lines stay.

    :raises InputError: the file holds no users, so it is not the one the server reads.
    """
    lines = text.splitlines()
    if not any(line.startswith("user ") for line in lines):
        raise InputError("holds no users", where=where)
    kept = [line for line in lines if line.split()[:2] != ["user", name]]
    return "".join(f"{line}\n" for line in [*kept, " ".join(["user", name, *rules])])


def refusal(*, appending: bool, said: Mapping[str, str] | None) -> str | None:
    """Return why a server that does not let us in must not be stopped, or None.

    :param appending: whether its process has an append-only file open.
    :param said: its running ``save`` and ``appendonly``, if anybody could ask; its file only says how it was started.
    """
    if appending:
        return None
    if said is None:
        return "nobody can ask the server whether it saves its data when it stops"
    return None if said.get("save") or said.get("appendonly") == "yes" else "the server does not save when it stops"
