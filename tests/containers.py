"""Disposable Debian containers with systemd, for everything that is not molecule."""

from __future__ import annotations

import time

from tests.attacks.model import CannotRunError
from tests.attacks.shell import docker

IMAGE = "rampart-redis-target"  # one for each release of Debian, made by tools/images.sh

# The one set of flags with which Debian's own Redis units start unmodified; molecule/_shared/create.yml has the same.
FLAGS = (
    *("--pull", "never", "--cap-add", "SYS_ADMIN", "--cap-add", "NET_ADMIN", "--cap-add", "SYS_PTRACE"),
    *("--security-opt", "apparmor=unconfined", "--cgroupns=host", "-v", "/sys/fs/cgroup:/sys/fs/cgroup:rw"),
    *("--tmpfs", "/run", "--tmpfs", "/run/lock", "--tmpfs", "/tmp", "--stop-signal", "SIGRTMIN+3"),  # noqa: S108 - the container's own
)
BOOT_SECONDS = 60.0


def start(name: str, network: str | None = None, suite: str = "bookworm", image: str | None = None) -> None:
    """Start a container from the suite's image, or from one of ``commit``; ``wait`` for it before it is used."""
    where = ("--network", network) if network else ()
    docker("run", "--detach", "--name", name, "--hostname", name, *where, *FLAGS, image or f"{IMAGE}:{suite}")


def commit(name: str, tag: str) -> None:
    """Keep a container as it is now as an image, of which copies can be started."""
    docker("commit", name, tag)


def remove_image(tag: str) -> None:
    """Remove an image of ``commit``."""
    docker("rmi", "--force", tag)


def wait(name: str) -> None:
    """Wait until the container's systemd has started everything."""
    deadline = time.monotonic() + BOOT_SECONDS
    state = ""
    while time.monotonic() < deadline:
        state = docker("exec", name, "systemctl", "is-system-running", check=False).stdout.strip()
        if state in {"running", "degraded"}:
            return
        time.sleep(0.3)
    raise CannotRunError(f"{name}: systemd is still {state or 'not answering'} after {BOOT_SECONDS:.0f} s")


def remove(*names: str) -> None:
    """Remove those of the named containers that exist, with their volumes."""
    existing = docker("ps", "-a", "--format", "{{.Names}}").stdout.split()
    ours = [name for name in names if name in existing]
    if ours:
        docker("rm", "--force", "--volumes", *ours)
