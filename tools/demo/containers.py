# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start and remove the demo's containers. Only these names are ever touched."""

from __future__ import annotations

import time

from tests.attacks.model import CannotRunError
from tests.attacks.shell import docker

from .places import BOXES, IMAGE, NETWORK

# What an unmodified systemd with Debian's Redis unit needs; measured, see docs/adr.
FLAGS = (
    *("--pull", "never", "--cap-add", "SYS_ADMIN", "--cap-add", "NET_ADMIN", "--cap-add", "SYS_PTRACE"),
    *("--security-opt", "apparmor=unconfined", "--cgroupns=host", "-v", "/sys/fs/cgroup:/sys/fs/cgroup:rw"),
    *("--tmpfs", "/run", "--tmpfs", "/run/lock", "--tmpfs", "/tmp", "--stop-signal", "SIGRTMIN+3"),  # noqa: S108  the container's own
)
BOOT_SECONDS = 60.0


def start_all() -> None:
    """Remove what an earlier demo left, then start every container and wait for its systemd."""
    remove_all()
    docker("network", "create", NETWORK)
    for box in BOXES:
        docker("run", "-d", "--name", box.name, "--hostname", box.name, "--network", NETWORK, *FLAGS, IMAGE)
    for box in BOXES:
        _wait_for_systemd(box.name)


def _wait_for_systemd(name: str) -> None:
    deadline = time.monotonic() + BOOT_SECONDS
    state = ""
    while time.monotonic() < deadline:
        state = docker("exec", name, "systemctl", "is-system-running", check=False).stdout.strip()
        if state in {"running", "degraded"}:
            return
        time.sleep(0.3)
    raise CannotRunError(f"{name}: systemd is still {state or 'not answering'} after {BOOT_SECONDS:.0f} s")


def remove_all() -> None:
    """Remove the containers and their network, as far as they exist."""
    existing = docker("ps", "-a", "--format", "{{.Names}}").stdout.split()
    ours = [box.name for box in BOXES if box.name in existing]
    if ours:
        docker("rm", "-f", "-v", *ours)
    if NETWORK in docker("network", "ls", "--format", "{{.Name}}").stdout.split():
        docker("network", "rm", NETWORK)
