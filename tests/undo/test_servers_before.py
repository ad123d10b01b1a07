"""Servers that were not open to all: one with a password, one with an append-only file. Undone, they are as before.

The one with a password keeps its old port by wish, so there the user ``default`` alone is the old door.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests import targets
from tests.attacks import baselines
from tests.site import Site, site

from .state import State

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.docker

KEYS = 200
PASSWORD = "planted-password-of-the-owner-4711"
WAITING = "127.0.0.1 as default in plaintext, name old-shop, 1 connection, last command ping"

START = f"""
systemctl restart $product-server
for number in $(seq {KEYS}); do echo "SET app:$number value-$number"; done | $product-cli > /dev/null
$product-cli SAVE
"""
# A client that connects again and again through the old door, and says what it hears.
CLIENT = f"""
cat > /root/old.py <<'END'
import pathlib, socket, time
said = pathlib.Path("/run/heard")
while True:
    try:
        with socket.create_connection(("127.0.0.1", 6379), 5) as link:
            link.sendall(b"AUTH {PASSWORD}\\r\\nCLIENT SETNAME old-shop\\r\\n")
            while heard := link.recv(99):
                said.write_bytes(heard)
                time.sleep(0.1)
                link.sendall(b"PING\\r\\n")
    except OSError as error:
        said.write_text(str(error))
    time.sleep(0.1)
END
systemd-run --quiet --unit old-client python3 /root/old.py
sleep 1
"""
HEARD = "rm -f /run/heard; sleep 1; cat /run/heard"


class Before(NamedTuple):
    """A server before hardening: what is added to its file, its password, variables of the inventory."""

    lines: str
    password: str
    variables: dict[str, Any]


SERVERS = {
    "password": Before(
        f"requirepass {PASSWORD}",
        PASSWORD,
        {"redis_server_current_password": PASSWORD, "redis_server_port": 6379, "redis_server_drain_timeout": 2},
    ),
    # It never saves a snapshot by itself: what comes back comes from the append-only file.
    "append-only file": Before('appendonly yes\nsave ""', "", {}),
}
CASES = [
    *(("password", target) for target in targets.on("trixie")),
    *(("append-only file", target) for target in targets.on("valkey")),
]


class Owned(NamedTuple):
    """A server as its owner has it, and what it was before hardening."""

    host: Site
    password: str
    before: State

    def old_client(self, *words: str, password: str | None = None) -> str:
        """Return what the server answers to a client that knows nothing of TLS and users."""
        known = self.password if password is None else password
        login = f"export REDISCLI_AUTH='{known}'; " if known else ""
        return self.host.ask(f"{login}$product-cli {' '.join(words)} 2>&1 || true").strip()


@pytest.fixture(scope="module", params=CASES, ids="-".join)
def owned(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Owned]:
    kind, target = request.param
    server = SERVERS[kind]
    with site("rampart-undo-owned", tmp_path_factory.mktemp("home"), target, **server.variables) as host:
        baselines.install(host.name, host.product)
        login = f"export REDISCLI_AUTH='{server.password}'\n" if server.password else ""
        host.ask(f"cat >> /etc/$product/$product.conf <<'END'\n{server.lines}\nEND\n{login}{START}")
        yield Owned(host, server.password, State.read(host, server.password))


@pytest.mark.parametrize("owned", [case for case in CASES if SERVERS[case[0]].password], indirect=True, ids="-".join)
def test_clients_of_a_port_that_stays_open_are_waited_for_in_each_run(owned: Owned) -> None:
    owned.host.ask(CLIENT)
    for _run in range(2):
        status, output = owned.host.run("harden")
        assert status != 0
        assert WAITING in " ".join(output.split()), output[-3000:]
        assert "PONG" in owned.host.ask(HEARD)
    owned.host.ask("systemctl stop old-client")


def test_what_was_written_after_hardening_is_there_after_the_undo(owned: Owned) -> None:
    owned.host.play("harden")
    assert "PONG" not in owned.old_client("PING")
    assert "OK\nOK" in owned.host.say("app", "SET app:new after-hardening")
    owned.host.play("undo")
    after = State.read(owned.host, owned.password)
    assert "app:new after-hardening" in after.keys
    assert sorted({*after.keys.splitlines()} - {"app:new after-hardening"}) == sorted(owned.before.keys.splitlines())
    assert after._replace(keys="") == owned.before._replace(keys="")


def test_the_old_client_works_as_before(owned: Owned) -> None:
    assert owned.old_client("GET", "app:1") == "value-1"
    assert owned.old_client("SET", "app:1", "again") == "OK"
    anybody = owned.old_client("PING", password="")
    assert anybody == ("NOAUTH Authentication required." if owned.password else "PONG")


def test_and_again_after_a_restart(owned: Owned) -> None:
    owned.host.ask("systemctl restart $product-server; sleep 1")
    assert owned.old_client("GET", "app:1") == "again"
    assert owned.old_client("DBSIZE") == str(KEYS + 1)
