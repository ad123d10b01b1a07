"""A server with a TLS port in a container, its controller, and the playbook that is scheduled daily."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import yaml

from tests import containers
from tests.attacks import baselines
from tests.attacks.targets import place_of
from tools.demo import recap

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
NAME = "rampart-renewals"
CLIENT = "shop"


class Site(NamedTuple):
    """A server with a TLS port, and its controller."""

    home: Path
    address: str

    @property
    def controller(self) -> Path:
        return self.home / "controller"

    def play(self, playbook: str, **variables: object) -> subprocess.CompletedProcess[str]:
        program = Path(sys.executable).with_name("ansible-playbook")
        extra = [word for name, value in variables.items() for word in ("-e", f"{name}={value}")]
        return subprocess.run(
            [str(program), "-i", str(self.home / "inventory.yml"), playbook, *extra],
            cwd=ROOT,
            env={**os.environ, "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "ANSIBLE_NOCOLOR": "1"},
            capture_output=True,
            text=True,
            check=False,
        )

    def renew(self, **variables: object) -> int:
        """Run the playbook that is scheduled daily; return how many tasks changed something on the server."""
        done = self.play("playbooks/renew_certs.yml", **variables)
        assert done.returncode == 0, done.stdout[-3000:]
        return recap.counts(done.stdout.splitlines())[NAME]["changed"]


@contextmanager
def with_tls(home: Path) -> Iterator[Site]:
    """Start a server that has a TLS port and certificates, and a client's pair on the controller."""
    containers.remove(NAME)
    containers.start(NAME)
    try:
        containers.wait(NAME)
        baselines.install(NAME)
        made = Site(home, place_of(NAME).address)
        host = {
            "ansible_connection": "rampart_docker",
            "redis_server_controller_dir": str(made.controller),
            "redis_server_address": made.address,
            "redis_tls_clients": [CLIENT],
        }
        (home / "inventory.yml").write_text(yaml.safe_dump({"redis": {"hosts": {NAME: host}}}), encoding="utf-8")
        done = made.play("tests/renewals/tls.yml")
        assert done.returncode == 0, done.stdout[-3000:]
        yield made
    finally:
        containers.remove(NAME)
