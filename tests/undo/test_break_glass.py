"""The operator's password is lost: root of the host gets in for a while, and out again; no key is lost."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from typing import TYPE_CHECKING

import pytest

from tests import targets
from tests.attacks import baselines
from tests.attacks.shell import main_pid
from tests.site import Site, site

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.docker

KEYS = 300
PATIENCE = 90.0
PASSWORD = "/run/rampart/break-glass/password"
REASON = "operator lost, ticket 4711"


@pytest.fixture(scope="module", params=targets.on("bookworm"))
def host(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site("rampart-undo-glass", tmp_path_factory.mktemp("home"), request.param) as host:
        baselines.install(host.name, host.product)
        host.ask(f"for n in $(seq {KEYS}); do echo SET key:$n $n; done | $product-cli > /dev/null")
        host.play("harden")
        yield host


def _as_admin(host: Site, password: str, command: str) -> str:
    return host.ask(f"$tls_cli <<'END'\nAUTH admin {password}\n{command}\nEND\n")


def _pid(host: Site) -> str:
    return main_pid(host.name, host.product.unit)


def _users(host: Site) -> list[str]:
    """Return the names of all users, the rules of admin, and the ACL file; a server words other rules anew at start."""
    listed = host.say("operator", "ACL LIST").replace(" sanitize-payload", "").splitlines()
    names = sorted(line.split()[1] for line in listed if line.startswith("user "))
    admin = [line for line in listed if line.startswith("user admin ")]
    return (
        names + admin + host.ask("stat -c '%a %U:%G' /etc/$product/users.acl; cat /etc/$product/users.acl").splitlines()
    )


def _break(host: Site, minutes: float, **more: str) -> tuple[int, str]:
    variables = {"redis_break_glass_reason": REASON, "redis_break_glass_minutes": minutes, **more}
    return host.run("break_glass", "-e", json.dumps(variables))


def _await_end(host: Site) -> None:
    deadline = time.monotonic() + PATIENCE
    while host.ask(f"test ! -e {PASSWORD} && echo over || true").strip() != "over":
        assert time.monotonic() < deadline, host.ask("journalctl --no-pager -n 40")
        time.sleep(0.5)


def _journal(host: Site) -> str:
    return host.ask("journalctl --no-pager --output cat --identifier rampart-break-glass")


def test_while_the_operator_gets_in_nothing_is_restarted(host: Site) -> None:
    before, pid = _users(host), _pid(host)
    status, output = _break(host, 0.3)
    assert status == 0, output
    password = host.ask(f"cat {PASSWORD}").strip()
    assert password not in output
    assert f"{KEYS}" in _as_admin(host, password, "DBSIZE")
    assert host.ask(f"stat -c %a:%U {PASSWORD}").strip() == "600:root"
    _await_end(host)
    assert "WRONGPASS" in _as_admin(host, password, "DBSIZE")
    assert _users(host) == before
    assert _pid(host) == pid
    assert REASON in _journal(host)
    assert "admin is off again" in _journal(host)


def test_connections_of_the_administrator_end_too(host: Site) -> None:
    assert _break(host, 0.3)[0] == 0
    password = host.ask(f"cat {PASSWORD}").strip()
    said = host.ask(f"(printf 'AUTH admin %s\\nBLPOP none 80\\nDBSIZE\\n' '{password}') | $tls_cli 2>&1 || true")
    assert f"{KEYS}" not in said, "hung up at the end, not after it"
    _await_end(host)


def test_whoever_is_done_ends_it_at_once(host: Site) -> None:
    before = _users(host)
    assert _break(host, 60)[0] == 0
    password = host.ask(f"cat {PASSWORD}").strip()
    assert f"{KEYS}" in _as_admin(host, password, "DBSIZE")
    host.ask("systemctl start rampart-break-glass.service")
    assert "WRONGPASS" in _as_admin(host, password, "DBSIZE")
    assert host.ask(f"ls {PASSWORD} 2>&1 || true").endswith("No such file or directory\n")
    assert _users(host) == before


def test_without_any_password_it_is_refused(host: Site) -> None:
    before, pid = _users(host), _pid(host)
    host.secrets.rename(host.secrets.with_name("lost"))
    status, output = _break(host, 1)
    host.secrets.with_name("lost").rename(host.secrets)
    assert status != 0
    assert "nobody can ask the server whether it saves its data when it stops" in output
    assert _users(host) == before
    assert _pid(host) == pid


@pytest.mark.parametrize(
    ("lost", "more"), [(["operator"], {}), (["operator", "auditor"], {"redis_break_glass_restart": "force"})]
)
def test_with_evidence_or_consent_a_restart_lets_root_in(host: Site, lost: list[str], more: dict[str, str]) -> None:
    before, pid = _users(host), _pid(host)
    host.say("operator", "CONFIG RESETSTAT")
    kept = {name: (host.secrets / name).read_text() for name in lost}
    for name in lost:
        (host.secrets / name).unlink()
    status, output = _break(host, 0.4, **more)
    for name, text in kept.items():
        (host.secrets / name).write_text(text)
        (host.secrets / name).chmod(0o600)
    assert status == 0, output
    assert _pid(host) != pid
    assert f"{KEYS}" in _as_admin(host, host.ask(f"cat {PASSWORD}").strip(), "DBSIZE")
    assert "user admin on" not in host.ask("cat /etc/$product/users.acl")
    _await_end(host)
    assert _users(host) == before


def test_a_lost_operator_gets_a_new_password(host: Site) -> None:
    """The steps of docs/recovery.md."""
    (host.secrets / "operator").unlink()
    status, output = _break(host, 2)
    assert status == 0, output
    new = secrets.token_hex(32)
    (host.secrets / "operator").write_text(new)
    (host.secrets / "operator").chmod(0o600)
    change = f"ACL SETUSER operator resetpass #{hashlib.sha256(new.encode()).hexdigest()}"
    assert "OK" in _as_admin(host, host.ask(f"cat {PASSWORD}").strip(), change)
    host.play("harden")
    assert f"{KEYS}" in host.say("operator", "INFO keyspace")
    assert hashlib.sha256(new.encode()).hexdigest() in host.ask("cat /etc/$product/users.acl")
    host.ask("systemctl start rampart-break-glass.service")
    _await_end(host)
    assert host.changed(host.play("harden")) == 0


def test_a_reason_is_required(host: Site) -> None:
    status, output = host.run("break_glass")
    assert status != 0
    assert "redis_break_glass_reason" in output


def test_the_server_is_still_hardened_as_wished(host: Site) -> None:
    assert host.changed(host.play("harden")) == 0
