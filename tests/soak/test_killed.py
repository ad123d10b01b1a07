"""The controller is killed at a task of a first harden.yml; the next run finishes the work, and nothing is lost.

In CI at a few tasks, spread over the run; ``make soak`` kills at each (``RAMPART_KILLS=all``).
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
import yaml

from tests import containers
from tests.attacks import baselines
from tests.attacks.shell import inside
from tools.demo import recap

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.docker

ROOT = Path(__file__).resolve().parents[2]
NAME = "rampart-killed"
KEYS = 1000
# Parts of the run, in thousandths; the real number of tasks is only known when one has run.
SPREAD = (150, 400, 550, 700, 900)
EACH = 120

PLANT = f"seq {KEYS} | sed 's/.*/SET app:& value-&/' | redis-cli > /dev/null && redis-cli dbsize"
LEFTOVERS = """
pgrep -af rampart-shadow || true
find / -xdev '(' -name '.rampart-*' -o -name 'rampart-shadow-*' -o -name '*.pending' ')' -not -path '/proc/*'
"""
KEYSPACE = """
export REDISCLI_AUTH={password}
redis-cli --tls -p 6380 --cacert /etc/redis/tls/ca-cert.pem --cert /etc/redis/tls/operator-cert.pem \
  --key /etc/redis/tls/operator-key.pem --user operator info keyspace
redis-cli -p 6379 ping 2>&1 || true
"""


class Site(NamedTuple):
    """A deployment of one host."""

    home: Path

    def play(self, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run harden.yml with the killing callback."""
        program = Path(sys.executable).with_name("ansible-playbook")
        return subprocess.run(
            [str(program), "-i", str(self.home / "inventory.yml"), "playbooks/harden.yml"],
            cwd=ROOT,
            env={
                **os.environ,
                **environment,
                "HOME": str(self.home),
                "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
                "ANSIBLE_CALLBACK_PLUGINS": str(Path(__file__).parent / "callback_plugins"),
                "ANSIBLE_NOCOLOR": "1",
            },
            capture_output=True,
            text=True,
            check=False,
        )


@contextmanager
def open_site(folder: Path) -> Iterator[Site]:
    """Start a careless server with data in it, and remove it at the end."""
    host = {
        "ansible_connection": "rampart_docker",
        "redis_server_controller_dir": str(folder / "controller"),
        "redis_server_tls_port": 6380,
        "redis_server_maxmemory": "256mb",
        "redis_acl_users": [{"name": "shop", "preset": "application", "prefix": "app:"}],
    }
    (folder / "inventory.yml").write_text(yaml.safe_dump({"redis": {"hosts": {NAME: host}}}), encoding="utf-8")
    containers.remove(NAME)
    containers.start(NAME)
    try:
        containers.wait(NAME)
        baselines.install(NAME)
        baselines.open_to_all(NAME)
        assert inside(NAME, PLANT).stdout.split() == [str(KEYS)]
        yield Site(folder)
    finally:
        containers.remove(NAME)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with open_site(tmp_path) as opened:
        yield opened


@pytest.fixture(scope="module")
def tasks(tmp_path_factory: pytest.TempPathFactory) -> int:
    """Count the tasks of a first run, on a host of its own."""
    folder = tmp_path_factory.mktemp("count")
    with open_site(folder) as whole:
        done = whole.play(RAMPART_TASKS=str(folder / "tasks"))
    assert done.returncode == 0, done.stdout[-3000:]
    return int((folder / "tasks").read_text(encoding="ascii"))


def parts() -> list[int]:
    """Return at which thousandths of the run to kill."""
    if os.environ.get("RAMPART_KILLS") == "all":
        return [1000 * number // EACH for number in range(EACH)]
    return list(SPREAD)


@pytest.mark.parametrize("part", parts())
def test_the_next_run_finishes_the_work(site: Site, tasks: int, part: int) -> None:
    killed = site.play(RAMPART_KILL_AT=str(max(1, tasks * part // 1000)))
    assert killed.returncode == -signal.SIGKILL, killed.stdout[-3000:]

    second = site.play()
    assert second.returncode == 0, second.stdout[-3000:]

    third = site.play()
    assert third.returncode == 0, third.stdout[-3000:]
    assert [counts["changed"] for counts in recap.counts(third.stdout.splitlines()).values()] == [0, 0]

    assert inside(NAME, LEFTOVERS).stdout.split() == []
    password = (site.home / "controller" / "secrets" / "operator").read_text(encoding="utf-8").strip()
    said = inside(NAME, KEYSPACE.format(password=password)).stdout
    assert f"db0:keys={KEYS}," in said
    assert "Connection refused" in said
