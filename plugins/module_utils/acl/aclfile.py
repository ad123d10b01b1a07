"""The ACL file: one user per line, no comments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import InputError
from .user import AclUser

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .commands import CommandTable


def parse(text: str, where: str, table: CommandTable | None = None, *, strict: bool = False) -> list[AclUser]:
    """Read an ACL file.

    :param where: the file's name, for errors like ``users.acl line 4: ...``.
    :raises InputError: a line that is no user, a user twice, a rule that cannot be read.
    """
    users: dict[str, AclUser] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        place = f"{where} line {number}"
        user = AclUser.parse(line, table, strict=strict, where=place)
        if user.name in users:
            raise InputError(f"user {user.name!r} is defined twice", where=place)
        users[user.name] = user
    return list(users.values())


def render(users: Iterable[AclUser]) -> str:
    """Return the text of an ACL file, ``default`` first, then by name.

    :raises InputError: there is no ``default``: the server would then give everybody everything.
    """
    ordered = sorted(users, key=lambda user: (user.name != "default", user.name))
    if not ordered or ordered[0].name != "default":
        raise InputError("an ACL file without the user 'default' leaves the server open", where="ACL file")
    return "".join(f"{user.render()}\n" for user in ordered)


def holds_clear_passwords(text: str) -> bool:
    """Tell whether any user line carries a password instead of its hash."""
    return any(word.startswith((">", "<")) for line in text.splitlines() for word in line.split(" "))
