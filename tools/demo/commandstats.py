# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prove that the second run wrote nothing: what the server counted between two looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.attacks.doors import Door, careless_context, opened
from tests.attacks.model import APPLICATION, User

from .places import CONTROLLER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tests.attacks.model import Target
    from tests.attacks.resp import Reply

# Commands that change the server without the flag "write"; ours or anybody's.
CHANGING = frozenset(
    (
        *("acl|deluser", "acl|load", "acl|save", "acl|setuser", "bgrewriteaof", "bgsave", "client|kill"),
        *("client|pause", "config|resetstat", "config|rewrite", "config|set", "debug", "failover", "flushall"),
        *("flushdb", "function|delete", "function|flush", "function|load", "function|restore", "latency|reset"),
        *("memory|purge", "module|load", "module|loadex", "module|unload", "replicaof", "save", "script|flush"),
        *("script|load", "shutdown", "slaveof", "slowlog|reset", "swapdb"),
    )
)
SUBCOMMANDS = 9  # place in a row of COMMAND since 7.0


def parse(info: str) -> dict[str, int]:
    """Return calls per command from the text of INFO commandstats."""
    stats = {}
    for line in info.splitlines():
        if line.startswith("cmdstat_"):
            name, rest = line.removeprefix("cmdstat_").split(":", 1)
            stats[name] = int(rest.removeprefix("calls=").split(",")[0])
    return stats


def grown(before: Mapping[str, int], after: Mapping[str, int]) -> list[str]:
    """Return the names of commands that were called in between."""
    return sorted(name for name, calls in after.items() if calls > before.get(name, 0))


def writes(names: Iterable[str], write_flagged: frozenset[str]) -> list[str]:
    """Return those of the names that change data, users or configuration."""
    return sorted(name for name in names if name in CHANGING or name in write_flagged)


def look(target: Target) -> tuple[dict[str, int], frozenset[str]]:
    """Return calls per command, and the names of all commands that the server itself flags as writing."""
    with opened(_operator(target)) as connection:
        table = connection.ask("COMMAND")
        return parse(str(connection.ask("INFO", "commandstats"))), frozenset(write_flagged(table))


def _operator(target: Target) -> Door:
    """Return the administrator's door; a certificate opens TLS and names nobody, so the application's serves."""
    secret = (CONTROLLER / "secrets" / "operator").read_text(encoding="utf-8").strip()
    lender = target.user(APPLICATION)
    context = careless_context(lender.cert, lender.key)
    return Door("operator", target.address, target.tls_port, context, User("operator", secret))


def write_flagged(table: Reply) -> Iterator[str]:
    """Yield the names flagged as writing in a reply of COMMAND; subcommands stand in a row's tenth place."""
    for row in table if isinstance(table, list) else ():
        if isinstance(row, list):
            if isinstance(row[2], list) and "write" in row[2]:
                yield str(row[0])
            yield from write_flagged(row[SUBCOMMANDS] if len(row) > SUBCOMMANDS else None)
