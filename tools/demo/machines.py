# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the demo can be shown on: ``make demo TARGET=...``."""

from __future__ import annotations

from dataclasses import dataclass

from tests.attacks.products import REDIS, VALKEY, Product


@dataclass(frozen=True)
class Machine:
    """A release of Debian by its name, and the server on it."""

    suite: str
    product: Product


MACHINES = {
    "bookworm": Machine("bookworm", REDIS),
    "trixie": Machine("trixie", REDIS),
    "valkey": Machine("trixie", VALKEY),
}
