"""The health gate: a host whose users cannot work is put back as it was, and the play stops; repaired, it hardens."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests import containers
from tests.attacks import baselines
from tests.attacks.shell import inside

from .situations import CONF, PASSWORD, Situation
from .test_refusals import LIBRARY, inventory, play

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.docker

NAME = "rampart-gate"
OPTIONS = {
    "redis_server_current_password": PASSWORD,
    "redis_acl_users": [{"name": "shop", "preset": "application", "prefix": "app:"}],
}
# No replica is there, so the server takes logins, but no writes.
NO_WRITES = '{"redis_server_extra_directives": {"min-replicas-to-write": 1}}'
FILES = "find /etc/redis /etc/systemd/system -type f -exec sha256sum {} + | sort -k 2"
KEYS = f"redis-cli -a {PASSWORD} --no-auth-warning dbsize"


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    containers.remove(NAME)
    containers.start(NAME)
    try:
        containers.wait(NAME)
        baselines.install(NAME)
        inside(NAME, "for key in $(seq 20); do echo set app:$key value-$key; done | redis-cli")
        inside(NAME, f"{LIBRARY}; echo requirepass {PASSWORD} >> {CONF}; systemctl restart redis-server")
        yield NAME
    finally:
        containers.remove(NAME)


def test_put_back_then_hardened(host: str, tmp_path: Path) -> None:
    inventory(tmp_path, host, Situation("", "", (), options=OPTIONS))
    before = inside(host, FILES).stdout
    status, said = play(tmp_path, "harden", "-e", NO_WRITES)
    flat = " ".join(said.split())
    assert status != 0
    assert "1 of 3 logins do not work: shop:" in flat, flat[-4000:]
    assert "NOREPLICAS" in flat
    assert "This host was put back as it was before" in flat
    assert (inside(host, FILES).stdout, inside(host, KEYS).stdout) == (before, "20\n")

    status, said = play(tmp_path, "harden")
    assert status == 0, said[-4000:]
    assert "requirepass" not in inside(host, f"grep -v '^#' {CONF}").stdout
    assert "Connection refused" in inside(host, "redis-cli ping 2>&1", check=False).stdout

    status, said = play(tmp_path, "harden")
    assert status == 0, said[-4000:]
    assert re.search(f"{NAME} : ok=[0-9]+ changed=0 ", " ".join(said.split()))
    assert "Every user logs in" not in said
    assert PASSWORD not in said
