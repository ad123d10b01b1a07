"""ACL users and the command table, raw as the server answers. The replies hold password hashes: they stay in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import ServerRefusedError
from .session import pause

if TYPE_CHECKING:
    from .session import Session


def read(session: Session) -> dict[str, list[Any]]:
    """Return the reply of ACL GETUSER by user.

    The names come first and then one user at a time, with pauses: one ACL LIST of a thousand users blocks Redis 7.0 for
    half a second.

    :raises ServerRefusedError: no right to ACL USERS or ACL GETUSER.
    """
    users = {}
    for name in session.ask("ACL", "USERS"):
        reply = session.ask("ACL", "GETUSER", name)
        pause()
        if reply is not None:
            users[name] = reply
    return users


def read_commands(session: Session) -> list[Any]:
    """Return the server's command table as COMMAND answers it.

    :raises ServerRefusedError: no right to COMMAND INFO, or on 6.x to COMMAND.
    """
    table: list[Any] = session.ask("COMMAND", "INFO")
    # 6.x takes COMMAND INFO without names as a question about nothing.
    whole: list[Any] = table or session.ask("COMMAND")
    if not whole:
        raise ServerRefusedError("COMMAND answered an empty table")
    return whole
