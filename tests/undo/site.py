"""A hardened container of our own: its inventory, and playbooks run against it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import yaml

from tests import containers
from tests.attacks.products import REDIS
from tests.attacks.shell import inside
from tools.demo.machines import MACHINES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.attacks.products import Product

ROOT = Path(__file__).resolve().parents[2]


class Site(NamedTuple):
    """A container with a server, and the folder of its deployment on the controller."""

    name: str
    home: Path
    product: Product

    def at(self, home: Path, **variables: object) -> Site:
        """Return the same container with another folder on the controller, and its inventory there."""
        described = {
            "ansible_connection": "rampart_docker",
            "redis_server_controller_dir": str(home / "controller"),
            "redis_server_tls_port": 6380,
            "redis_acl_users": [{"name": "app", "preset": "application", "prefix": "app:"}],
            **({"redis_server_product": self.product.name} if self.product != REDIS else {}),
            **variables,
        }
        inventory = {"redis": {"hosts": {self.name: described}}}
        (home / "inventory.yml").write_text(yaml.safe_dump(inventory), encoding="utf-8")
        return self._replace(home=home)

    @property
    def secrets(self) -> Path:
        return self.home / "controller" / "secrets"

    @property
    def tls(self) -> str:
        """The folder of the certificates."""
        return f"{self.product.config_dir}/tls"

    @property
    def checkpoint(self) -> str:
        """Where the state before hardening lies."""
        return f"/var/lib/rampart/undo/{self.product.server}"

    def ask(self, script: str, *, check: bool = True) -> str:
        """Run a script in the container and return what it said; ``$product`` and ``$tls_cli`` are set for it."""
        script = f"product={self.product.name}\ntls_cli='{self._tls_cli}'\n{script}"
        return inside(self.name, script, check=check).stdout

    @property
    def _tls_cli(self) -> str:
        files = " ".join(
            f"--{option} {self.tls}/{name}.pem"
            for option, name in (("cacert", "ca-cert"), ("cert", "operator-cert"), ("key", "operator-key"))
        )
        return f"{self.product.cli} -p 6380 --tls {files}"

    def say(self, user: str, *commands: str) -> str:
        """Log in over TLS as a user of the controller, and return what the commands answer."""
        script = "\n".join([f"AUTH {user} " + (self.secrets / user).read_text().strip(), *commands])
        return self.ask(f"$tls_cli <<'END'\n{script}\nEND\n")

    def run(self, playbook: str, *options: str, **more: str) -> tuple[int, str]:
        """Run a playbook; return its status and its output. ``more`` goes to the environment."""
        program = Path(sys.executable).with_name("ansible-playbook")
        environment = {
            "HOME": str(self.home),
            "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
            "ANSIBLE_NOCOLOR": "1",
            **more,
        }
        done = subprocess.run(
            [str(program), "-i", str(self.home / "inventory.yml"), f"playbooks/{playbook}.yml", *options],
            cwd=ROOT,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    def play(self, playbook: str, *options: str) -> str:
        """Run a playbook that must succeed; return its output."""
        status, output = self.run(playbook, *options)
        assert status == 0, output[-4000:]
        return output

    def changed(self, output: str) -> int:
        """Return how many tasks changed something on the container."""
        found = re.search(rf"^{self.name} .*changed=(\d+)", output, re.MULTILINE)
        assert found, output
        return int(found.group(1))


@contextmanager
def site(name: str, home: Path, target: str = "bookworm", **variables: object) -> Iterator[Site]:
    """Start a container and yield it; remove it at the end. ``variables`` are those of the inventory."""
    machine = MACHINES[target]
    containers.remove(name)
    containers.start(name, suite=machine.suite)
    try:
        containers.wait(name)
        yield Site(name, home, machine.product).at(home, **variables)
    finally:
        containers.remove(name)
