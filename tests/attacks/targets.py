# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find out what attackers know about a container: address, and after hardening the credentials handed out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from .baselines import GUIDE_USERS
from .model import APPLICATION, Authority, CannotRunError, Target, User
from .products import REDIS, Product
from .shell import docker

if TYPE_CHECKING:
    from pathlib import Path

    from .model import Phase


class Place(NamedTuple):
    """Where a container lives on its network, and where we do."""

    address: str
    own_address: str


def place_of(container: str) -> Place:
    """Ask Docker for the container's address and for our own on the same network."""
    reply = docker("inspect", "--format", "{{json .NetworkSettings.Networks}}", container).stdout
    networks = [network for network in json.loads(reply).values() if network["IPAddress"]]
    if len(networks) != 1:
        raise CannotRunError(f"{container}: one network was expected, found {len(networks)}")
    return Place(networks[0]["IPAddress"], networks[0]["Gateway"])


def target_of(container: str, phase: Phase, state: Path, controller: Path | None, product: Product = REDIS) -> Target:
    """Describe a running container to the attackers."""
    address, own_address = place_of(container)
    users = {}
    if phase == "after":
        users = new_users(controller)
    elif _has_guide_users(container, product):
        users = GUIDE_USERS
    return Target(container, address, own_address, phase, state, users, _authority(controller), product=product)


def _has_guide_users(container: str, product: Product) -> bool:
    return docker("exec", container, "test", "-e", f"{product.config_dir}/users.acl", check=False).returncode == 0


def new_users(controller: Path | None) -> dict[str, User]:
    """Read the credentials that hardening delivered. The attackers are the lawful owners, so they have them."""
    if controller is None:
        raise CannotRunError("after hardening the deployment's folder with the credentials is needed")
    return {name: _user(controller, name) for name in GUIDE_USERS}


def _user(controller: Path, name: str) -> User:
    clients = controller / "clients"
    # Who has no certificate of its own borrows the application's: a certificate opens TLS, it does not name a user.
    stem = name if (clients / f"{name}-cert.pem").exists() else APPLICATION
    try:
        password = (controller / "secrets" / name).read_text(encoding="utf-8").strip()
    except FileNotFoundError as error:
        raise CannotRunError(f"no password of '{name}' in {controller / 'secrets'}") from error
    return User(name, password, clients / f"{stem}-cert.pem", clients / f"{stem}-key.pem")


def _authority(controller: Path | None) -> Authority | None:
    if controller is None or not (controller / "ca" / "ca-key.pem").exists():
        return None
    return Authority(controller / "ca" / "ca-cert.pem", controller / "ca" / "ca-key.pem")
