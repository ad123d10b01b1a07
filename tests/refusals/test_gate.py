"""The health gate: a host whose users cannot work is put back as it was, and the play stops; repaired, it hardens."""

from __future__ import annotations

import json
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
# What only shows when the users are there, and what only shows when the old door is being closed.
NO_WRITES = {"redis_server_extra_directives": {"min-replicas-to-write": 1}}  # no replica is there
NO_SUCH_ADDRESS = {"redis_server_bind": ["127.0.0.1", "10.255.255.1"]}
FILES = "find /etc/redis /etc/systemd/system -type f -exec sha256sum {} + | sort -k 2"
SERVER = f"""
export REDISCLI_AUTH={PASSWORD}
redis-cli config get '*' | paste -d= - - | sort
redis-cli acl list
redis-cli -p 6380 ping 2>&1 || true
"""
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


@pytest.mark.parametrize(
    ("wish", "reasons"),
    [
        (NO_WRITES, ("1 of 3 logins do not work: shop:", "NOREPLICAS")),
        (NO_SUCH_ADDRESS, ("Shut plaintext, and listen only where wished: ", "Failed to bind to specified addresses")),
    ],
    ids=["before the old door closes", "while it closes"],
)
def test_a_host_on_which_it_fails_is_put_back(
    host: str, tmp_path: Path, wish: dict[str, object], reasons: tuple[str, ...]
) -> None:
    inventory(tmp_path, host, Situation("", "", (), options=OPTIONS))
    before = inside(host, FILES).stdout, inside(host, SERVER).stdout
    status, said = play(tmp_path, "harden", "-e", json.dumps(wish))
    flat = " ".join(said.split())
    assert status != 0
    assert [reason for reason in (*reasons, "This host was put back as it was before") if reason not in flat] == [], (
        flat[-3000:]
    )
    assert (inside(host, FILES).stdout, inside(host, SERVER).stdout) == before
    assert inside(host, KEYS).stdout == "20\n"


def test_repaired_it_hardens(host: str, tmp_path: Path) -> None:
    inventory(tmp_path, host, Situation("", "", (), options=OPTIONS))
    status, said = play(tmp_path, "harden")
    assert status == 0, said[-4000:]
    assert "requirepass" not in inside(host, f"grep -v '^#' {CONF}").stdout
    assert "Connection refused" in inside(host, "redis-cli ping 2>&1", check=False).stdout

    status, said = play(tmp_path, "harden")
    assert status == 0, said[-4000:]
    assert re.search(f"{NAME} : ok=[0-9]+ changed=0 ", " ".join(said.split()))
    assert "Every user logs in" not in said
    assert PASSWORD not in said
