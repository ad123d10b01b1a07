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
from tests.attacks.shell import inside

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]


class Site(NamedTuple):
    """A container, and the folder of its deployment on the controller."""

    name: str
    home: Path

    @property
    def secrets(self) -> Path:
        return self.home / "controller" / "secrets"

    def ask(self, script: str) -> str:
        """Run a script in the container and return what it said."""
        return inside(self.name, script).stdout

    def run(self, playbook: str, *options: str) -> tuple[int, str]:
        """Run a playbook; return its status and its output."""
        program = Path(sys.executable).with_name("ansible-playbook")
        environment = {"HOME": str(self.home), "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "ANSIBLE_NOCOLOR": "1"}
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
def site(name: str, home: Path) -> Iterator[Site]:
    """Start a container and yield it; remove it at the end."""
    variables = {
        "ansible_connection": "rampart_docker",
        "redis_server_controller_dir": str(home / "controller"),
        "redis_server_tls_port": 6380,
        "redis_acl_users": [{"name": "app", "preset": "application", "prefix": "app:"}],
    }
    (home / "inventory.yml").write_text(yaml.safe_dump({"redis": {"hosts": {name: variables}}}), encoding="utf-8")
    containers.remove(name)
    containers.start(name)
    try:
        containers.wait(name)
        yield Site(name, home)
    finally:
        containers.remove(name)
