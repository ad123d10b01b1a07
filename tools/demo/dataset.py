# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The data that must survive: some thousand keys of every common type, each value computable again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.attacks.model import APPLICATION, SESSION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tests.attacks.resp import Connection, Reply

PER_TYPE = 1000


@dataclass(frozen=True)
class Item:
    """One key: how it is written, how its owner reads it, and what the owner must see."""

    owner: str
    write: tuple[str, ...]
    read: tuple[str, ...]
    expected: str


@dataclass(frozen=True)
class Census:
    """What is there: the number of keys with the right value, and the names of the others."""

    intact: int
    damaged: tuple[str, ...]


def _value(kind: str, number: int, part: str = "") -> str:
    return hashlib.sha256(f"{kind}/{number}/{part}".encode()).hexdigest()[:24]


def _string(number: int) -> Item:
    key, value = f"app:data:string:{number}", _value("string", number)
    return Item(APPLICATION, ("SET", key, value), ("GET", key), value)


def _hash(number: int) -> Item:
    key, one, two = f"app:data:hash:{number}", _value("hash", number, "1"), _value("hash", number, "2")
    fields = ("meal", one, "plan", two)
    return Item(APPLICATION, ("HSET", key, *fields), ("HMGET", key, "meal", "plan"), f"{one} {two}")


def _list(number: int) -> Item:
    key, values = f"app:data:list:{number}", [_value("list", number, str(place)) for place in range(3)]
    return Item(APPLICATION, ("RPUSH", key, *values), ("LRANGE", key, "0", "-1"), " ".join(values))


def _set(number: int) -> Item:
    key, value = f"app:data:set:{number}", _value("set", number)
    return Item(APPLICATION, ("SADD", key, value), ("SMEMBERS", key), value)


def _sorted_set(number: int) -> Item:
    key, value = f"app:data:zset:{number}", _value("zset", number)
    return Item(
        APPLICATION, ("ZADD", key, str(number), value), ("ZRANGE", key, "0", "-1", "WITHSCORES"), f"{value} {number}"
    )


def _stream(number: int) -> Item:
    key, value = f"app:data:stream:{number}", _value("stream", number)
    return Item(APPLICATION, ("XADD", key, "1-1", "event", value), ("XRANGE", key, "-", "+"), f"1-1 event {value}")


def _session(number: int) -> Item:
    key, value = f"sess:{number}", _value("session", number)
    return Item(SESSION, ("SET", key, value, "EX", "86400"), ("GET", key), value)


MAKERS: tuple[Callable[[int], Item], ...] = (_string, _hash, _list, _set, _sorted_set, _stream, _session)


def items(per_type: int = PER_TYPE) -> list[Item]:
    """Return the whole data set."""
    return [make(number) for make in MAKERS for number in range(per_type)]


def plain(reply: Reply) -> str:
    """Return a reply's words with single spaces between them, whatever their nesting."""
    if isinstance(reply, list):
        return " ".join(plain(part) for part in reply)
    return "" if reply is None else str(reply)


def plant(connection: Connection, data: Iterable[Item]) -> None:
    """Write everything."""
    for item in data:
        connection.ask(*item.write)


def count(data: Iterable[Item], owners: Mapping[str, Connection]) -> Census:
    """Read everything as its owner and compare."""
    intact, damaged = 0, []
    for item in data:
        if plain(owners[item.owner].call(*item.read)) == item.expected:
            intact += 1
        else:
            damaged.append(item.write[1])
    return Census(intact, tuple(damaged))
