# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Attack 8: stop the server for everybody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .doors import attempt, logged_in, owner
from .model import APPLICATION, MONITORING, SESSION, CannotRunError
from .resp import insist

if TYPE_CHECKING:
    from .model import Outcome, Target
    from .resp import Connection

STALL_SECONDS = 3
NOTICED_SECONDS = 1.0


def stall(target: Target) -> Outcome:
    """DEBUG SLEEP and CLIENT PAUSE as application and monitoring users: another client's PING gets no answer."""

    def pause(connection: Connection) -> str:
        return _stalled_by(connection, target, "CLIENT", "PAUSE", str(STALL_SECONDS * 1000), "ALL")

    def debug(connection: Connection) -> str:
        return _stalled_by(connection, target, "DEBUG", "SLEEP", str(STALL_SECONDS))

    return attempt(logged_in(target, APPLICATION, SESSION, MONITORING), debug, pause)


def _stalled_by(connection: Connection, target: Target, *words: str) -> str:
    with owner(target, APPLICATION) as victim:
        connection.send(*words)
        victim.patience(NOTICED_SECONDS)
        answered = _answers(victim)
    insist(connection.read(), connection.door, " ".join(words))
    if answered:
        raise CannotRunError(f"{' '.join(words)} was accepted, but the other client was served")
    with owner(target, APPLICATION) as victim:
        victim.ask("PING")  # waits until the stall is over
    return f"{' '.join(words)} kept another client's PING waiting"


def _answers(victim: Connection) -> bool:
    try:
        victim.ask("PING")
    except CannotRunError:
        return False
    return True
