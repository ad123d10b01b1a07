# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read what ansible-playbook prints."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_TASK = re.compile(r"^(?:TASK|RUNNING HANDLER) \[(?:rampart\.redis\.)?(?P<name>.+)\] \*+")
_RECAP = re.compile(r"^(?P<host>\S+)\s+: (?P<counts>ok=\d+.*)$")


def task_name(line: str) -> str | None:
    """Return ``role : task`` where the line begins a task."""
    found = _TASK.match(line)
    return found["name"].strip() if found else None


def counts(lines: Iterable[str]) -> dict[str, dict[str, int]]:
    """Return the recap: host -> {ok, changed, unreachable, failed, ...}."""
    recap = {}
    for line in lines:
        found = _RECAP.match(line)
        if found:
            pairs = (pair.split("=") for pair in found["counts"].split())
            recap[found["host"]] = {name: int(number) for name, number in pairs}
    return recap
