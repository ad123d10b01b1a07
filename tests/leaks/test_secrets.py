"""Planted secrets go through every role, at -vvv with --diff, in check mode, on failure; then they are looked for."""

from __future__ import annotations

import secrets
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.attacks import baselines
from tests.attacks.shell import docker, inside
from tests.site import site

from .watch import ProcessWatch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.site import Site

pytestmark = pytest.mark.docker

NAME = "rampart-leaks"
USERS = ("operator", "auditor", "admin", "shop")
FROM_VAULT = "reports"


class Runs(NamedTuple):
    """What all the runs left behind."""

    home: Path
    needles: tuple[str, ...]
    outputs: dict[str, str]
    watch: ProcessWatch


def _plant(controller: Path) -> dict[str, str]:
    folder = controller / "secrets"
    folder.mkdir(parents=True, mode=0o700)
    planted = {name: secrets.token_urlsafe(32) for name in (*USERS, FROM_VAULT)}
    for name in USERS:
        path = folder / name
        path.touch(mode=0o600)
        path.write_text(planted[name] + "\n", encoding="utf-8")
    return planted


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    home = tmp_path_factory.mktemp("home")
    planted = _plant(home / "controller")
    variables: dict[str, Any] = {
        "redis_tls_clients": ["shop"],
        "redis_handover_clients": [{"name": "shop"}],
        "redis_acl_passwords": {FROM_VAULT: planted[FROM_VAULT]},
        "redis_acl_users": [
            {"name": "shop", "preset": "application", "prefix": "app:"},
            {"name": FROM_VAULT, "keys": [{"pattern": "app:*", "access": "read"}], "commands": ["+get"]},
        ],
    }
    with site(NAME, home, **variables) as host:
        baselines.install(NAME)
        baselines.open_to_all(NAME)
        needles = tuple(planted.values())
        with ProcessWatch(needles) as watch:
            outputs = _all_runs(host)
        yield Runs(home, needles, outputs, watch)


def _all_runs(host: Site) -> dict[str, str]:
    audit = ("-e", f"redis_audit_report_dir={host.home / 'report'}")
    wanted = {
        "check": ("harden", (), True, ("--check",)),
        "harden": ("harden", (), True, ()),
        "again": ("harden", (), True, ()),
        "audit": ("audit", audit, True, ()),
        "broken": ("harden", (), False, ("-e", '{"redis_server_extra_directives": {"no-such-directive": "x"}}')),
    }
    outputs = {}
    for title, (playbook, options, succeeds, more) in wanted.items():
        status, outputs[title] = host.run(playbook, "-vvv", "--diff", *options, *more)
        assert (status == 0) is succeeds, f"{title}: {outputs[title][-4000:]}"
    return outputs


def test_no_secret_in_the_output(runs: Runs) -> None:
    shown = {title for title, output in runs.outputs.items() for needle in runs.needles if needle in output}
    assert shown == set()


def test_the_broken_run_says_what_is_wrong(runs: Runs) -> None:
    assert "no-such-directive" in runs.outputs["broken"]


def test_no_secret_in_arguments_or_environment(runs: Runs) -> None:
    assert runs.watch.found == set()


def test_the_watch_sees_a_planted_secret() -> None:
    needle = secrets.token_urlsafe(32)
    with ProcessWatch([needle]) as watch:
        subprocess.run([sys.executable, "-c", "import time; time.sleep(0.5)", needle], check=True)
        subprocess.run([sys.executable, "-c", "import time; time.sleep(0.5)"], env={"X": needle}, check=True)
        time.sleep(0.05)
    assert watch.found == {("cmdline", needle), ("environ", needle)}


def test_no_secret_in_the_hosts_journal_or_logs(runs: Runs) -> None:
    said = inside(NAME, "journalctl --no-pager --output cat; cat /var/log/redis/*").stdout
    assert "Ready to accept connections" in said
    assert [needle for needle in runs.needles if needle in said] == []


def test_no_password_in_any_file_of_the_host(runs: Runs) -> None:
    """Not even in files for root: only hashes reach a host."""
    patterns = "\n".join(runs.needles)
    script = "grep -rlF -f - / --exclude-dir=proc --exclude-dir=sys --exclude-dir=dev"
    done = docker("exec", "--interactive", NAME, "sh", "-c", script, stdin=patterns, check=False)
    assert done.stdout.split() == []
    assert done.returncode == 1, done.stderr


def test_private_keys_and_hashes_on_the_host_are_closed(runs: Runs) -> None:
    assert runs.outputs
    folders = "/etc /var /root /home /opt /srv /run /tmp"
    script = f"grep -rlE 'PRIVATE KEY|#[0-9a-f]{{64}}' {folders} 2>/dev/null | xargs stat -c '%a %n'"
    found = {path: mode for mode, path in (line.split(" ", 1) for line in inside(NAME, script).stdout.splitlines())}
    assert {"/etc/redis/users.acl", "/etc/redis/tls/redis-server-key.pem"} <= found.keys()
    assert {path: mode for path, mode in found.items() if int(mode, 8) & 0o007} == {}


def test_secrets_on_the_controller_lie_where_they_belong(runs: Runs) -> None:
    controller = runs.home / "controller"
    handed_over = controller / "clients" / f"shop@{NAME}.env"
    allowed = {runs.home / "inventory.yml", handed_over, *(controller / "secrets" / name for name in USERS)}
    holding, open_files = set(), set()
    for path in runs.home.rglob("*"):
        if not path.is_file():
            continue
        content = path.read_bytes()
        if any(needle.encode() in content for needle in runs.needles):
            holding.add(path)
        if b"PRIVATE KEY" in content and path.stat().st_mode & 0o077:
            open_files.add(path)
    assert holding == allowed
    assert {path for path in holding if path.stat().st_mode & 0o077} == set()
    assert open_files == set()
