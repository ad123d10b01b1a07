# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Attacks 1 and 2: read and destroy without a login."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .canary import SECRET_KEY, SECRET_VALUE
from .doors import anonymous, attempt, everyone
from .model import CannotRunError

if TYPE_CHECKING:
    from .model import Outcome, Target
    from .resp import Connection


def read_secret(target: Target) -> Outcome:
    """PING, KEYS and GET of a planted secret, without a login."""
    return attempt(anonymous(target), _read)


def _read(connection: Connection) -> str:
    connection.ask("PING")
    names = connection.ask("KEYS", "app:secret:*")
    value = connection.ask("GET", SECRET_KEY)
    if value != SECRET_VALUE:
        raise CannotRunError(f"answered {value!r}, not the planted secret (keys: {names!r})")
    return f"GET {SECRET_KEY} answered the planted secret"


def flush(target: Target) -> Outcome:
    """FLUSHALL by anybody."""
    return attempt(everyone(target), _flush)


def _flush(connection: Connection) -> str:
    connection.ask("FLUSHALL")
    if connection.ask("EXISTS", SECRET_KEY) != 0:
        raise CannotRunError("FLUSHALL was accepted, but the keys are still there")
    return "FLUSHALL accepted, all keys are gone"
