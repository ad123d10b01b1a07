# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Known data in every target: what attackers are after, and how its loss is noticed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .doors import owner
from .model import APPLICATION, CannotRunError

if TYPE_CHECKING:
    from .model import Target

SECRET_KEY = "app:secret:payment"
SECRET_VALUE = "planted-payment-secret-4711"
SESSION_KEY = "sess:alice"
SESSION_VALUE = "planted-session-of-alice"
MASTERAUTH = "planted-replication-password-0815"


def plant(target: Target) -> None:
    """Write the known data through the open door of a target that is not hardened yet."""
    with owner(target, APPLICATION) as connection:
        connection.ask("MSET", SECRET_KEY, SECRET_VALUE, SESSION_KEY, SESSION_VALUE)


def alive(target: Target) -> bool:
    """Say whether the application still reads its data."""
    with owner(target, APPLICATION) as connection:
        return connection.ask("GET", SECRET_KEY) == SECRET_VALUE


def require_alive(target: Target) -> None:
    """Insist that the data is there before and after an attack that was refused."""
    if not alive(target):
        raise CannotRunError(f"{target.container}: the planted data is missing before the attack")
