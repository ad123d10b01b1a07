# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run ansible-playbook: everything to a log, the essence to the screen."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.attacks.model import CannotRunError

from .places import BUILD, INVENTORY, ROOT
from .recap import counts, task_name

if TYPE_CHECKING:
    from .screen import Screen

LAST_LINES = 25
ENVIRONMENT = {"ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "ANSIBLE_NOCOLOR": "1", "PYTHONUNBUFFERED": "1"}


class PlaybookError(CannotRunError):
    """A playbook failed."""


def run(name: str, log_name: str, screen: Screen, *extra: str) -> dict[str, dict[str, int]]:
    """Run ``playbooks/<name>.yml`` on the demo's inventory and return its recap; PlaybookError when it fails."""
    log = BUILD / f"{log_name}.log"
    program = Path(sys.executable).with_name("ansible-playbook")
    command = [str(program), "-i", str(INVENTORY), f"playbooks/{name}.yml", *extra]
    with log.open("w", encoding="utf-8") as file, screen.working(log_name) as progress:
        process = subprocess.Popen(  # noqa: S603  the playbooks of this checkout
            command,
            cwd=ROOT,
            env={**os.environ, **ENVIRONMENT},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for line in process.stdout or ():
            file.write(line)
            file.flush()
            task = task_name(line)
            if task:
                progress(task)
        status = process.wait()
    lines = log.read_text(encoding="utf-8").splitlines()
    if status != 0:
        raise PlaybookError(f"playbooks/{name}.yml failed; the end of {log}:\n" + "\n".join(lines[-LAST_LINES:]))
    return counts(lines)


def variables(**values: object) -> tuple[str, ...]:
    """Return the options that hand variables to ansible-playbook."""
    words: list[str] = []
    for name, value in values.items():
        words += ["-e", f"{name}={value}"]
    return tuple(words)
