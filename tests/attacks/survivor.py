# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Attack 23: the connection that was there before."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from .doors import PATIENCE
from .model import CannotRunError, Outcome

if TYPE_CHECKING:
    from .model import Target

ROOT = Path(__file__).resolve().parents[2]


def old_connection(target: Target) -> Outcome:
    """Ask the process that holds plaintext connections since before hardening whether the server still answers."""
    status = _status(target.state, target.container)
    if target.phase == "before":
        _start(target, status)
    answers = _fresh_answers(status)
    if target.phase == "after":
        dismiss(target.state, target.container)
    alive = [f"the {name} connection answers {text}" for name, text in answers.items() if not text.startswith("dead:")]
    dead = [f"{name} connection {text}" for name, text in answers.items()]
    return Outcome(succeeded=bool(alive), evidence="; ".join(alive or dead))


def dismiss(state: Path, container: str) -> None:
    """Let the holder, if there is one, end by itself."""
    status = _status(state, container)
    if status.exists():
        _stop_file(status).touch()


def _status(state: Path, container: str) -> Path:
    return state / f"{container}-holder.json"


def _stop_file(status: Path) -> Path:
    return status.with_name(status.name + ".stop")


def _start(target: Target, status: Path) -> None:
    """Start the holder apart from us: it outlives the run before and is asked in the run after."""
    for old in (status, _stop_file(status)):
        old.unlink(missing_ok=True)
    command = [sys.executable, "-m", "tests.attacks.holder", target.address, str(target.plain_port), str(status)]
    subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _fresh_answers(status: Path) -> dict[str, str]:
    """Return answers from a round that began after this call, or say that nobody holds the connection."""
    seen: int | None = None
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        report = _read(status)
        rounds = int(report.pop("rounds", 0))
        if seen is not None and rounds > seen + 1:
            return {name: str(text) for name, text in report.items()}
        seen = rounds if seen is None else seen
        time.sleep(0.1)
    raise CannotRunError("no process holds the connection from before hardening")


def _read(status: Path) -> dict[str, str | int]:
    try:
        report: dict[str, str | int] = json.loads(status.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return report
