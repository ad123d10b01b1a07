# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Attack 16: one tenant looks into another's data, or removes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .canary import SECRET_KEY, SECRET_VALUE, SESSION_KEY, SESSION_VALUE
from .doors import attempt, logged_in
from .model import APPLICATION, SESSION, CannotRunError, Outcome, RefusedError

if TYPE_CHECKING:
    from .model import Target
    from .resp import Connection


def cross_tenant(target: Target) -> Outcome:
    """Foreign values, foreign names, the number of all keys, and FLUSHALL, as session and as application user."""
    probes = (_foreign_value, _scan, _keys, _random_key, _count, _flush)
    session = attempt(logged_in(target, SESSION), *probes, thorough=True)
    application = attempt(logged_in(target, APPLICATION), _foreign_session, thorough=True)
    chosen = [part for part in (session, application) if part.succeeded] or [session, application]
    return Outcome(chosen[0].succeeded, "; ".join(part.evidence for part in chosen))


def _foreign_value(connection: Connection) -> str:
    return _seen(connection.ask("GET", SECRET_KEY), SECRET_VALUE, "GET", connection)


def _foreign_session(connection: Connection) -> str:
    return _seen(connection.ask("GET", SESSION_KEY), SESSION_VALUE, "GET", connection)


def _seen(answer: object, wanted: str, command: str, connection: Connection) -> str:
    if wanted not in str(answer):
        raise RefusedError(f"{connection.door}: {command} shows nothing foreign")
    return f"{command} shows what is not the user's own"


def _scan(connection: Connection) -> str:
    return _seen(connection.ask("SCAN", 0, "COUNT", 100000), SECRET_KEY, "SCAN", connection)


def _keys(connection: Connection) -> str:
    return _seen(connection.ask("KEYS", "app:*"), SECRET_KEY, "KEYS", connection)


def _random_key(connection: Connection) -> str:
    return f"RANDOMKEY names {connection.ask('RANDOMKEY')}"


def _count(connection: Connection) -> str:
    return f"DBSIZE counts {connection.ask('DBSIZE')} keys of all"


def _flush(connection: Connection) -> str:
    connection.ask("FLUSHALL")
    if connection.ask("DBSIZE") != 0:
        raise CannotRunError("FLUSHALL was accepted, but keys are still there")
    return "FLUSHALL removes everybody's keys"
