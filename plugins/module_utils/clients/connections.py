"""Connections as the server lists them: through which door, as whom, and whether closing a door would cut them off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

# What can be closed: the plaintext port, and the user of everybody who never logs in.
PLAINTEXT = "plaintext"
DEFAULT_USER = "default_user"

TLS = "TLS"
SOCKET = "unix socket"
UNKNOWN = "unknown"

# Flags of CLIENT LIST: the two ends of replication, and a unix socket.
_LINKS = frozenset("MS")
_ON_SOCKET = "U"

# Whom the server lists a client as until it has logged in; how long that takes at most, in s; what it has said by then.
NOBODY = "default"
LOGIN_TIME = 2
_BEFORE_LOGIN = frozenset(("NULL", "hello", "auth"))


@dataclass(frozen=True)
class Connection:
    """One line of CLIENT LIST. ``idle`` and ``age`` are in seconds; ``command`` is the latest one."""

    ident: str
    address: str
    user: str
    transport: str
    name: str
    library: str
    command: str
    idle: int
    age: int
    is_own: bool
    is_link: bool

    @property
    def host(self) -> str:
        """The address without the port, which is another one for each connection."""
        return self.address if self.transport == SOCKET else self.address.rpartition(":")[0].strip("[]")

    @property
    def may_be_logging_in(self) -> bool:
        """Whether this may be somebody else in a moment: until the login it is listed as the default user."""
        return self.user == NOBODY and self.age < LOGIN_TIME

    def is_cut_off_by(self, closing: Collection[str]) -> bool:
        """Tell whether this is a client of a door in ``closing``; our own connection and replication links are none."""
        if self.is_own or self.is_link:
            return False
        in_plain = PLAINTEXT in closing and self.transport == PLAINTEXT
        is_nobody = self.user == NOBODY and not (self.may_be_logging_in and self.command in _BEFORE_LOGIN)
        return in_plain or (DEFAULT_USER in closing and is_nobody)


@dataclass(frozen=True)
class Group:
    """Connections that differ only in their port: most likely one program, with its pool."""

    host: str
    user: str
    transport: str
    name: str
    library: str
    connections: int
    command: str
    idle: int
    is_own: bool
    is_link: bool
    is_cut_off: bool


def parse(text: str, own: str, tls_port: str) -> list[Connection]:
    """Read the reply to CLIENT LIST.

    :param own: the reply to CLIENT ID.
    :param tls_port: the running value; a door is known by its port, which servers tell from 6.2 on (``laddr``).
    """
    rows = [dict(word.split("=", 1) for word in line.split(" ") if "=" in word) for line in text.splitlines()]
    return [_connection(row, own, tls_port) for row in rows if "id" in row]


def group(connections: Iterable[Connection], closing: Collection[str]) -> list[Group]:
    """Put together what belongs together: those that would be cut off first, then by address and user."""
    found: dict[tuple[object, ...], list[Connection]] = {}
    for one in connections:
        key = (one.host, one.user, one.transport, one.name, one.library, one.is_own, one.is_link)
        found.setdefault(key, []).append(one)
    groups = [_group(members, closing) for members in found.values()]
    return sorted(groups, key=lambda one: (not one.is_cut_off, one.host, one.user, one.transport, one.name))


def _connection(row: dict[str, str], own: str, tls_port: str) -> Connection:
    library = " ".join(row[name] for name in ("lib-name", "lib-ver") if row.get(name))
    return Connection(
        ident=row["id"],
        address=row.get("addr", ""),
        user=row.get("user", NOBODY),
        transport=_transport(row, tls_port),
        name=row.get("name", ""),
        library=library,
        command=row.get("cmd", ""),
        idle=int(row.get("idle", "0")),
        age=int(row.get("age", "0")),
        is_own=row["id"] == own,
        is_link=bool(_LINKS.intersection(row.get("flags", ""))),
    )


def _transport(row: dict[str, str], tls_port: str) -> str:
    if _ON_SOCKET in row.get("flags", ""):
        return SOCKET
    port = row.get("laddr", "").rpartition(":")[2]
    if not port:
        return UNKNOWN
    return TLS if port == tls_port else PLAINTEXT


def _group(members: list[Connection], closing: Collection[str]) -> Group:
    latest = min(members, key=lambda one: one.idle)
    return Group(
        host=latest.host,
        user=latest.user,
        transport=latest.transport,
        name=latest.name,
        library=latest.library,
        connections=len(members),
        command=latest.command,
        idle=latest.idle,
        is_own=latest.is_own,
        is_link=latest.is_link,
        is_cut_off=latest.is_cut_off_by(closing),
    )
