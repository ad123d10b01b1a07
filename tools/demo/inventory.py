# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo's inventory: an ordinary one, but for the connection into containers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from tests.attacks.model import APPLICATION, MONITORING, SESSION

from .places import CONTROLLER, INVENTORY, TLS_PORT, WATCHED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.attacks.products import Product

GROUP_VARS: dict[str, Any] = {
    "ansible_connection": "rampart_docker",
    "redis_server_deployment": "demo",
    "redis_server_controller_dir": str(CONTROLLER),
    # Plaintext clients are at work on 6379, so TLS opens beside them.
    "redis_server_tls_port": TLS_PORT,
    "redis_server_maxmemory": "256mb",
    "redis_server_syslog_ident": "redis-fitnessmealplanner",
    "redis_acl_users": [
        {"name": APPLICATION, "preset": "application", "prefix": "app:"},
        {"name": SESSION, "preset": "session", "prefix": "sess:"},
        {"name": MONITORING, "preset": "exporter"},
    ],
    "redis_tls_clients": [APPLICATION, SESSION, MONITORING, "auditor"],
    "redis_handover_clients": [
        {"name": APPLICATION},
        {"name": SESSION, "prefix": "REDIS_SESSION"},
        {"name": MONITORING, "prefix": "REDIS_MONITORING"},
    ],
}

# The process of attack 23 never lets go of the watched server, so hardening would wait in vain, and stop.
STUBBORN: dict[str, Any] = {"redis_server_drain_timeout": 5, "redis_server_drain_force": True}


# Three servers that have nothing to do with one another. The old door's port is let through as well: attackers who may
# connect must find it closed, not hidden.
FIREWALL: dict[str, Any] = {
    "redis_harden_firewalls": ["host"],
    "redis_firewall_peers": [],
    "redis_firewall_redis_ports": [6379, TLS_PORT],
}


def hosts(addresses: Mapping[str, str]) -> dict[str, Any]:
    """Return the group ``redis`` for these containers and their addresses."""
    entries: dict[str, dict[str, Any]] = {
        name: {"ansible_host": name, "redis_server_address": address} for name, address in addresses.items()
    }
    entries.get(WATCHED.name, {}).update(STUBBORN)
    return {"redis": {"hosts": entries}}


def write(addresses: Mapping[str, str], ours: str, product: Product) -> None:
    """Write hosts.yml and group_vars.

    :param ours: the address of clients, administrators and all attackers but the stranger, so that the firewall alone
        stops no other attack.
    """
    named = {"redis_firewall_clients": [ours], "redis_firewall_bastions": [ours]}
    variables = INVENTORY / "group_vars" / "redis"
    variables.mkdir(parents=True)
    (INVENTORY / "hosts.yml").write_text(_yaml(hosts(addresses)), encoding="utf-8")
    (variables / "demo.yml").write_text(
        _yaml({**GROUP_VARS, **FIREWALL, **named, "redis_server_product": product.name}), encoding="utf-8"
    )


def _yaml(data: Mapping[str, Any]) -> str:
    return "---\n" + yaml.safe_dump(dict(data), sort_keys=False)
