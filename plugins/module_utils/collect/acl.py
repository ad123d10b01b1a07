"""ACL users of a running server, and of its shadow: read, set, compared, tried."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..acl import aclfile
from ..acl.answer import may
from ..acl.commands import CommandTable
from ..acl.plan import Change
from ..acl.plan import changes as differences
from ..acl.user import AclUser
from ..connection import connect
from ..errors import InputError, ServerRefusedError, ShadowError, UnreachableError
from ..shadow import shadow

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from ..acl.plan import Users
    from ..connection import Endpoint, Server

# Users sent in one go: enough to be quick, too few to hold up other clients.
_BATCH = 100
# CLIENT LIST flags of connections that are replication links, not clients.
_LINKS = ("S", "M")

Verdicts = dict[tuple[str, str], bool]


def read_table(server: Server) -> CommandTable:
    """Return the server's command table."""
    return CommandTable.from_reply(server.command("COMMAND"))


def read_users(server: Server, table: CommandTable) -> Users:
    """Return all users by name."""
    users = [AclUser.parse(line, table, where="ACL LIST") for line in server.command("ACL", "LIST")]
    return {user.name: user for user in users}


def set_users(server: Server, changes: Sequence[Change]) -> None:
    """Carry changes out, each user in one command, so that nobody ever sees a half-set one.

    :raises ServerRefusedError: the server did not take one of them; others may have been carried out.
    """
    for start in range(0, len(changes), _BATCH):
        batch = changes[start : start + _BATCH]
        for change, reply in zip(batch, server.pipeline([_command(change.name, change.want) for change in batch])):
            if isinstance(reply, Exception):
                raise ServerRefusedError(f"the server refused the rules: {reply}", where=f"user {change.name!r}")


def restore_users(server: Server, changes: Sequence[Change]) -> None:
    """Take changes back, on a new connection if this one is gone.

    :raises UnreachableError: nobody there to take them back.
    :raises ServerRefusedError: the server did not take one of them back.
    """
    back = [Change(change.name, change.want, change.have) for change in reversed(changes)]
    try:
        set_users(server, back)
    except UnreachableError:
        with connect(server.endpoint) as again:
            set_users(again, back)


def _command(name: str, user: AclUser | None) -> tuple[str, ...]:
    return ("ACL", "SETUSER", name, "reset", *user.rules()) if user else ("ACL", "DELUSER", name)


def verify(server: Server, table: CommandTable, changes: Sequence[Change]) -> None:
    """Read the users back and compare those that were changed.

    :raises ServerRefusedError: the server has understood something else.
    """
    users = read_users(server, table) if changes else {}
    seen = [Change(change.name, change.want, users.get(change.name)) for change in changes]
    wrong = [text for change in seen for text in change.sentences]
    if wrong:
        raise ServerRefusedError("the users read back are not those set", where="; ".join(wrong))


def log_in(endpoint: Endpoint, passwords: Mapping[str, Collection[str]]) -> None:
    """Log in as each user with each of its passwords.

    :raises LoginError: a user is not let in.
    """
    for user, values in passwords.items():
        for value in values:
            with connect(replace(endpoint, user=user, password=value)):
                pass


def connections(server: Server, users: Collection[str]) -> dict[str, str]:
    """Return the user of each client connection (by id) that belongs to one of ``users``, without our own."""
    own = str(server.command("CLIENT", "ID"))
    found = {}
    for line in str(server.command("CLIENT", "LIST")).splitlines():
        fields = dict(word.partition("=")[::2] for word in line.split(" "))
        is_client = not any(flag in fields.get("flags", "") for flag in _LINKS)
        if is_client and fields["id"] != own and fields.get("user") in users:
            found[fields["id"]] = fields["user"]
    return found


def preflight(binary: str, run_as: str | None, text: str, where: str, calls: Collection[tuple[str, str]]) -> Verdicts:
    """Have the host's own binary load an ACL file and answer who may call what.

    :param calls: (user, call), such as ``("app", "GET app:1")``.
    :raises ShadowError: the server refuses the file, or understands it in another way than we do.
    """
    with shadow(binary, acl=text, run_as=run_as) as server:
        table = read_table(server)
        ours = {user.name: user for user in aclfile.parse(text, where, table)}
        theirs = {name: user for name, user in read_users(server, table).items() if name in ours}
        wrong = [text for change in differences(ours, theirs) for text in change.sentences]
        if wrong:
            raise ShadowError(f"the server understands other users than we do: {'; '.join(wrong)}", where=where)
        if table.has_subcommands:
            return {(user, call): _dryrun(server, user, call) for user, call in calls}
        return judge(ours, calls)


def judge(users: Mapping[str, AclUser], calls: Collection[tuple[str, str]]) -> Verdicts:
    """Answer who may call what by our own evaluation."""
    return {(user, call): may(users[user], call) for user, call in calls}


def _dryrun(server: Server, user: str, call: str) -> bool:
    reply = server.pipeline([("ACL", "DRYRUN", user, *call.split())])[0]
    if isinstance(reply, Exception):
        raise InputError(f"cannot be asserted: {reply}", where=f"assertions for {user!r}: {call}")
    return bool(reply == "OK")
