# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Attack 7: run code inside the server as an application user."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .doors import attempt, logged_in
from .model import APPLICATION, SESSION

if TYPE_CHECKING:
    from .model import Outcome, Target
    from .resp import Connection

LIBRARY = "#!lua name=rampart_attack\nredis.register_function('rampart_attack', function() return 'ran' end)"


def run_code(target: Target) -> Outcome:
    """EVAL, EVAL_RO and FUNCTION LOAD as application users."""
    return attempt(logged_in(target, APPLICATION, SESSION), _eval, _eval_ro, _function, thorough=True)


def _eval(connection: Connection) -> str:
    return f"EVAL {connection.ask('EVAL', 'return redis.REDIS_VERSION', 0)}"


def _eval_ro(connection: Connection) -> str:
    return f"EVAL_RO {connection.ask('EVAL_RO', 'return redis.REDIS_VERSION', 0)}"


def _function(connection: Connection) -> str:
    name = connection.ask("FUNCTION", "LOAD", "REPLACE", LIBRARY)
    connection.call("FUNCTION", "DELETE", "rampart_attack")
    return f"FUNCTION LOAD accepted library {name}"
