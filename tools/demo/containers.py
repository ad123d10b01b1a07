# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start and remove the demo's containers. Only these names are ever touched."""

from __future__ import annotations

from tests import containers
from tests.attacks.shell import docker

from .places import BOXES, NETWORK


def start_all(suite: str) -> None:
    """Remove what an earlier demo left, then start every container and wait for its systemd."""
    remove_all()
    docker("network", "create", NETWORK)
    for box in BOXES:
        containers.start(box.name, NETWORK, suite)
    for box in BOXES:
        containers.wait(box.name)


def remove_all() -> None:
    """Remove the containers and their network, as far as they exist."""
    containers.remove(*(box.name for box in BOXES))
    if NETWORK in docker("network", "ls", "--format", "{{.Name}}").stdout.split():
        docker("network", "rm", NETWORK)
