# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where Debian's packages of Redis and Valkey put things: the same places under another name."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Product:
    """A server; ``name`` is also its account and the name of its folders."""

    name: str

    @property
    def server(self) -> str:
        """The server's program, and its package."""
        return f"{self.name}-server"

    @property
    def cli(self) -> str:
        """The command-line client."""
        return f"{self.name}-cli"

    @property
    def unit(self) -> str:
        """The systemd unit."""
        return f"{self.server}.service"

    @property
    def config_dir(self) -> str:
        """Where configuration, ACL file and certificates lie."""
        return f"/etc/{self.name}"

    @property
    def config_file(self) -> str:
        """The configuration."""
        return f"{self.config_dir}/{self.name}.conf"

    @property
    def data_dir(self) -> str:
        """Where snapshots lie."""
        return f"/var/lib/{self.name}"

    @property
    def log_dir(self) -> str:
        """Where the log lies."""
        return f"/var/log/{self.name}"

    @property
    def run_dir(self) -> str:
        """Where unix sockets lie."""
        return f"/run/{self.name}"


REDIS = Product("redis")
VALKEY = Product("valkey")
PRODUCTS = {product.name: product for product in (REDIS, VALKEY)}
