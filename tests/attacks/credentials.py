# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Attacks 15 and 24: read credentials back, and log in with those that a careless deployment leaves behind."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from .canary import MASTERAUTH
from .doors import anonymous, attempt, everyone, logged_in
from .model import APPLICATION, MONITORING, SESSION, RefusedError

if TYPE_CHECKING:
    from .model import Outcome, Target
    from .resp import Connection, Reply

HASH = re.compile(r"#?[0-9a-f]{64}")
NAMES = (APPLICATION, SESSION, MONITORING, "admin")
# What stands in the guide in place of a password; the first is what an unset variable leaves.
LEFT_BEHIND = (
    "",
    "${REDIS_PASSWORD}",
    "${SESSION_PASSWORD}",
    "${MONITORING_PASSWORD}",
    "${ADMIN_PASSWORD}",
    "your-super-secure-password-here",
    "session-specific-password",
    "monitoring-read-only-password",
    "admin-emergency-password",
)


def read_back_openly(target: Target) -> Outcome:
    """CONFIG GET and ACL LIST by anybody."""
    return attempt(everyone(target), _config, _acl_list, _acl_getuser, thorough=True)


def read_back_as_user(target: Target) -> Outcome:
    """CONFIG GET and ACL LIST as the application, session and monitoring user."""
    doors = logged_in(target, APPLICATION, SESSION, MONITORING)
    return attempt(doors, _config, _acl_list, _acl_getuser, thorough=True)


def _config(connection: Connection) -> str:
    values = str(connection.ask("CONFIG", "GET", "masterauth")) + str(connection.ask("CONFIG", "GET", "requirepass"))
    if MASTERAUTH not in values:
        raise RefusedError(f"{connection.door}: CONFIG GET answers no password")
    return "CONFIG GET answers the replication password"


def _acl_list(connection: Connection) -> str:
    return _hashes(connection, connection.ask("ACL", "LIST"), "ACL LIST")


def _acl_getuser(connection: Connection) -> str:
    return _hashes(connection, connection.ask("ACL", "GETUSER", APPLICATION), "ACL GETUSER")


def _hashes(connection: Connection, reply: Reply, command: str) -> str:
    found = len(HASH.findall(str(reply)))
    if not found:
        raise RefusedError(f"{connection.door}: {command} answers no password hash")
    return f"{command} answers {found} password hash(es)"


def left_behind(target: Target) -> Outcome:
    """Log in with an empty password, a literal ``${REDIS_PASSWORD}`` and the guide's placeholders."""
    probes = [partial(_log_in, name=name, password=password) for name in NAMES for password in LEFT_BEHIND]
    return attempt(anonymous(target), *probes, thorough=True)


def _log_in(connection: Connection, *, name: str, password: str) -> str:
    connection.ask("AUTH", name, password)
    return f"'{name}' logs in with {password!r}"
