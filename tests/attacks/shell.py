# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The docker command line, in one place."""

from __future__ import annotations

import subprocess

from .model import CannotRunError


def docker(*words: str, stdin: str | None = None, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run docker with these words and return the finished process; CannotRunError when it fails and ``check``."""
    done = subprocess.run(
        ["docker", *words],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    if check and done.returncode != 0:
        raise CannotRunError(f"docker {' '.join(words[:3])} ... failed: {(done.stderr or done.stdout).strip()}")
    return done


def inside(container: str, script: str, *, user: str = "root", check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run a shell script in a container. The script goes in by stdin: it may hold planted passwords."""
    return docker("exec", "-i", "-u", user, container, "sh", "-eu", stdin=script, check=check)


def main_pid(container: str, unit: str) -> str:
    """Return the process id of the unit's server, as systemd knows it."""
    return inside(container, f"systemctl show --value -p MainPID {unit}").stdout.strip()
