"""ACL users of a running server, and of its shadow: read, set, compared, tried."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

from ..acl import aclfile
from ..acl.answer import may
from ..acl.commands import CommandTable
from ..acl.plan import Change, samples
from ..acl.plan import changes as differences
from ..acl.user import AclUser
from ..connection import connect, open_connection
from ..errors import InputError, LoginError, ServerRefusedError, ShadowError, UnreachableError
from ..shadow import shadow

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from ..acl.plan import Users
    from ..connection import Endpoint, Server

# Commands sent in one go: enough to be quick, too few to hold up other clients.
_BATCH = 100
# Before 7.2 a server needs up to a millisecond to write the rules of one user out, and serves nobody meanwhile.
_SLOW_BATCH = 2
_SLOW_LIST = 8

Verdicts = dict[tuple[str, str], bool]


def read_table(server: Server) -> CommandTable:
    """Return the server's command table."""
    return CommandTable.from_reply(server.command("COMMAND"))


def read_users(server: Server, table: CommandTable, names: Collection[str] | None = None) -> Users:
    """Return users by name: all, or those of ``names`` that are there. The server is never held up by many of them."""
    few, batch = (_BATCH, _BATCH) if table.keeps_rules else (_SLOW_LIST, _SLOW_BATCH)
    if names is None:
        names = server.command("ACL", "USERS")
        if len(names) <= few:
            users = [AclUser.parse(line, table, where="ACL LIST") for line in server.command("ACL", "LIST")]
            return {user.name: user for user in users}
    asked = [(name, ("ACL", "GETUSER", name)) for name in names]
    found = _in_batches(server, asked, batch)
    return {name: AclUser.from_getuser(name, reply, table) for name, reply in found if reply is not None}


def _in_batches(
    server: Server, commands: Sequence[tuple[str, tuple[str, ...]]], size: int = _BATCH
) -> Iterator[tuple[str, Any]]:
    """Send labelled commands, ``size`` in one go, and yield each reply with its label.

    :raises ServerRefusedError: an error reply; commands after it in the same batch were carried out too.
    """
    for start in range(0, len(commands), size):
        batch = commands[start : start + size]
        for (label, command), reply in zip(batch, server.pipeline([command for _label, command in batch])):
            if isinstance(reply, Exception):
                raise ServerRefusedError(f"{command[0]} {command[1]} was refused: {reply}", where=label)
            yield label, reply


def set_users(server: Server, changes: Sequence[Change]) -> None:
    """Carry changes out, each user in one command, so that nobody ever sees a half-set one.

    :raises ServerRefusedError: the server did not take one of them; others may have been carried out.
    """
    commands = [(f"user {change.name!r}", _command(change.name, change.want)) for change in changes]
    for _label, _reply in _in_batches(server, commands):
        pass


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
    users = read_users(server, table, [change.name for change in changes])
    seen = [Change(change.name, change.want, users.get(change.name)) for change in changes]
    wrong = [text for change in seen for text in change.sentences]
    if wrong:
        raise ServerRefusedError("the users read back are not those set", where="; ".join(wrong))


def log_in(endpoint: Endpoint, passwords: Mapping[str, Collection[str]]) -> None:
    """Log in as each user with each of its passwords, one after the other on one new connection.

    :raises LoginError: a user is not let in.
    """
    logins = [(user, ("AUTH", user, value)) for user, values in passwords.items() for value in values]
    if not logins:
        return
    with closing(open_connection(endpoint)) as server:
        for start in range(0, len(logins), _BATCH):
            batch = logins[start : start + _BATCH]
            for (user, _command), reply in zip(batch, server.pipeline([command for _user, command in batch])):
                if isinstance(reply, Exception):
                    raise LoginError(str(reply), where=f"user {user!r}")


def preflight(binary: str, run_as: str | None, text: str, where: str, calls: Collection[tuple[str, str]]) -> Verdicts:
    """Have the host's own binary load an ACL file and answer who may call what.

    :param calls: (user, call), such as ``("app", "GET app:1")``.
    :raises ShadowError: the server refuses the file, or understands it in another way than we do.
    """
    with shadow(binary, acl=text, run_as=run_as) as server:
        table = read_table(server)
        ours = {user.name: user for user in aclfile.parse(text, where, table)}
        some = samples(ours)
        theirs = read_users(server, table, some)
        wrong = [text for change in differences(some, theirs) for text in change.sentences]
        if wrong:
            raise ShadowError(f"the server understands other users than we do: {'; '.join(wrong)}", where=where)
        return ask(server, calls) if table.has_subcommands else judge(ours, calls)


def judge(users: Mapping[str, AclUser], calls: Collection[tuple[str, str]]) -> Verdicts:
    """Answer who may call what by our own evaluation."""
    return {(user, call): may(users[user], call) for user, call in calls}


def ask(server: Server, calls: Collection[tuple[str, str]]) -> Verdicts:
    """Have a server (7.0) answer who may call what, without doing it.

    :raises InputError: a call that the server does not know.
    """
    listed = list(calls)
    verdicts = {}
    for start in range(0, len(listed), _BATCH):
        batch = listed[start : start + _BATCH]
        replies = server.pipeline([("ACL", "DRYRUN", user, *call.split()) for user, call in batch])
        for (user, call), reply in zip(batch, replies):
            if isinstance(reply, Exception):
                raise InputError(f"cannot be asserted: {reply}", where=f"assertions for {user!r}: {call}")
            verdicts[user, call] = bool(reply == "OK")
    return verdicts
