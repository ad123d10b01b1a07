"""The health gate: a host whose users cannot work is put back as it was, and the play stops; repaired, it hardens."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests import targets
from tests.attacks import baselines
from tests.site import Site, site

from .situations import CONF, PASSWORD
from .test_refusals import LIBRARY

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.docker

OPTIONS: dict[str, Any] = {
    "redis_server_current_password": PASSWORD,
    "redis_acl_users": [{"name": "shop", "preset": "application", "prefix": "app:"}],
}
# What only shows when the users are there, and what only shows when the old door is being closed.
NO_WRITES = {"redis_server_extra_directives": {"min-replicas-to-write": 1}}  # no replica is there
NO_SUCH_ADDRESS = {"redis_server_bind": ["127.0.0.1", "10.255.255.1"]}
FILES = "find /etc/$product /etc/systemd/system -type f -exec sha256sum {} + | sort -k 2"
LOGIN = f"export REDISCLI_AUTH={PASSWORD}\n"
SERVER = f"""{LOGIN}
$product-cli config get '*' | paste -d= - - | sort
$product-cli acl list
$product-cli dbsize
$product-cli -p 6380 ping 2>&1 || true
"""


@pytest.fixture(scope="module", params=targets.on("bookworm"))
def host(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site("rampart-gate", tmp_path_factory.mktemp("home"), request.param, **OPTIONS) as host:
        baselines.install(host.name, host.product)
        host.ask("for key in $(seq 20); do echo set app:$key value-$key; done | $product-cli")
        host.ask(f"{LIBRARY}; echo requirepass {PASSWORD} >> {CONF}; systemctl restart $product-server")
        yield host


@pytest.mark.parametrize(
    ("wish", "reasons"),
    [
        (NO_WRITES, ("1 of 3 logins do not work: shop:", "NOREPLICAS")),
        (NO_SUCH_ADDRESS, ("Shut plaintext, and listen only where wished: ", "Failed to bind to specified addresses")),
    ],
    ids=["before the old door closes", "while it closes"],
)
def test_a_host_on_which_it_fails_is_put_back(host: Site, wish: dict[str, object], reasons: tuple[str, ...]) -> None:
    before = host.ask(FILES), host.ask(SERVER)
    status, said = host.run("harden", "-e", json.dumps(wish))
    flat = " ".join(said.split())
    assert status != 0
    assert [reason for reason in (*reasons, "This host was put back as it was before") if reason not in flat] == []
    assert (host.ask(FILES), host.ask(SERVER)) == before


def test_repaired_it_hardens(host: Site) -> None:
    host.play("harden")
    assert "requirepass" not in host.ask(f"grep -v '^#' {CONF}")
    assert "Connection refused" in host.ask("$product-cli ping 2>&1", check=False)
    again = host.play("harden")
    assert host.changed(again) == 0
    assert "Every user logs in" not in again
    assert PASSWORD not in again
