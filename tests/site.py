"""A container with a server, the inventory that names it, and playbooks run against it."""

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

ROOT = Path(__file__).resolve().parents[1]


# File systems of their own are asked apart.
LEFTOVERS = r"""
pgrep -af rampart-shadow || true
find / /run /tmp /etc/$product -xdev \
  '(' -name '.rampart-*' -o -name 'rampart-shadow-*' -o -name '*.pending' -o -name '*.staged' ')' -not -path '/proc/*'
"""


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
        inventory = home / "inventory.yml"
        inventory.touch(mode=0o600)  # some of them hold a password
        inventory.write_text(yaml.safe_dump({"redis": {"hosts": {self.name: described}}}), encoding="utf-8")
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

    def leftovers(self) -> list[str]:
        """Return shadow servers that still run, and staged files that still lie about."""
        return self.ask(LEFTOVERS).split("\n")[:-1]

    def run(self, playbook: str, *options: str, **more: str) -> tuple[int, str]:
        """Run a playbook, by its name or a path; return its status and its output. ``more`` goes to the environment."""
        path = playbook if playbook.endswith(".yml") else f"playbooks/{playbook}.yml"
        program = Path(sys.executable).with_name("ansible-playbook")
        environment = {
            "HOME": str(self.home),
            "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
            "ANSIBLE_NOCOLOR": "1",
            **more,
        }
        done = subprocess.run(
            [str(program), "-i", str(self.home / "inventory.yml"), path, *options],
            cwd=ROOT,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    def play(self, playbook: str, *options: str, **more: str) -> str:
        """Run a playbook that must succeed; return its output."""
        status, output = self.run(playbook, *options, **more)
        assert status == 0, output[-4000:]
        return output

    def changed(self, output: str) -> int:
        """Return how many tasks changed something on the container."""
        found = re.search(rf"^{self.name} .*changed=(\d+)", output, re.MULTILINE)
        assert found, output
        return int(found.group(1))


@contextmanager
def site(
    name: str, home: Path, target: str = "bookworm", image: str | None = None, **variables: object
) -> Iterator[Site]:
    """Start a container, of the target's image or of another, and yield it; remove it at the end.

    :param variables: those of the inventory.
    """
    machine = MACHINES[target]
    containers.remove(name)
    containers.start(name, suite=machine.suite, image=image)
    try:
        containers.wait(name)
        yield Site(name, home, machine.product).at(home, **variables)
    finally:
        containers.remove(name)
