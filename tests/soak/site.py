"""A careless server in use, made once as an image, and harden.yml against copies of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import yaml

from tests import containers
from tests.attacks import baselines
from tests.attacks.shell import inside
from tools.demo import recap

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
KEYS = 1000

PLANT = f"""
seq {KEYS} | sed 's/.*/SET app:& value-&/' | redis-cli > /dev/null
redis-cli save > /dev/null
redis-cli dbsize
"""
LEFTOVERS = """
pgrep -af rampart-shadow || true
find / -xdev '(' -name '.rampart-*' -o -name 'rampart-shadow-*' -o -name '*.pending' -o -name '*.staged' ')' \\
  -not -path '/proc/*'
"""
KEYSPACE = """
export REDISCLI_AUTH={password}
redis-cli --tls -p 6380 --cacert /etc/redis/tls/ca-cert.pem --cert /etc/redis/tls/operator-cert.pem \
  --key /etc/redis/tls/operator-key.pem --user operator info keyspace
"""
OLD_DOOR = "redis-cli -p 6379 ping 2>&1 || true"


class Site(NamedTuple):
    """A deployment of one host."""

    name: str
    home: Path

    def play(self, **environment: object) -> subprocess.CompletedProcess[str]:
        """Run harden.yml with the killing callback."""
        program = Path(sys.executable).with_name("ansible-playbook")
        return subprocess.run(
            [str(program), "-i", str(self.home / "inventory.yml"), "playbooks/harden.yml"],
            cwd=ROOT,
            env={
                **os.environ,
                **{name: str(value) for name, value in environment.items()},
                "HOME": str(self.home),
                "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
                "ANSIBLE_CALLBACK_PLUGINS": str(Path(__file__).parent / "callback_plugins"),
                "ANSIBLE_NOCOLOR": "1",
            },
            capture_output=True,
            text=True,
            check=False,
        )

    def tasks(self) -> dict[str, list[int]]:
        """Run harden.yml to its end; return ``all``: [how many tasks], ``changed``: the numbers of those that did."""
        listed = self.home / "tasks"
        done = self.play(RAMPART_TASKS=listed)
        assert done.returncode == 0, done.stdout[-3000:]
        said = json.loads(listed.read_text(encoding="ascii"))
        return {"all": [said["all"]], "changed": said["changed"]}

    def old_door(self) -> str:
        """Return what the plaintext port answers to PING."""
        return inside(self.name, OLD_DOOR).stdout.strip()

    def finish(self) -> None:
        """Run to the end, and again; see that nothing is left to do, nothing is lost and nothing lies about."""
        second = self.play()
        assert second.returncode == 0, second.stdout[-3000:]
        third = self.play()
        assert third.returncode == 0, third.stdout[-3000:]
        assert [counts["changed"] for counts in recap.counts(third.stdout.splitlines()).values()] == [0, 0], (
            third.stdout
        )
        assert inside(self.name, LEFTOVERS).stdout.split() == []
        password = (self.home / "controller" / "secrets" / "operator").read_text(encoding="utf-8").strip()
        assert f"db0:keys={KEYS}," in inside(self.name, KEYSPACE.format(password=password)).stdout
        assert "Connection refused" in self.old_door()


@contextmanager
def careless_image(name: str) -> Iterator[str]:
    """Yield the tag of an image in which a careless server holds data; remove it at the end."""
    tag = f"{name}:careless"
    containers.remove(name)
    containers.start(name)
    try:
        containers.wait(name)
        baselines.install(name)
        baselines.open_to_all(name)
        assert inside(name, PLANT).stdout.split() == [str(KEYS)]
        inside(name, "systemctl stop redis-server")
        containers.commit(name, tag)
    finally:
        containers.remove(name)
    try:
        yield tag
    finally:
        containers.remove_image(tag)


@contextmanager
def careless_site(name: str, image: str, home: Path) -> Iterator[Site]:
    """Start a copy of the careless server."""
    home.mkdir(exist_ok=True)
    host = {
        "ansible_connection": "rampart_docker",
        "redis_server_controller_dir": str(home / "controller"),
        "redis_server_tls_port": 6380,
        "redis_server_maxmemory": "256mb",
        "redis_acl_users": [{"name": "shop", "preset": "application", "prefix": "app:"}],
    }
    (home / "inventory.yml").write_text(yaml.safe_dump({"redis": {"hosts": {name: host}}}), encoding="utf-8")
    containers.remove(name)
    containers.start(name, image=image)
    try:
        containers.wait(name)
        assert inside(name, "redis-cli dbsize").stdout.split() == [str(KEYS)]
        yield Site(name, home)
    finally:
        containers.remove(name)
