"""Each refusal with a real server: harden says why and leaves host and server as they were; audit still works."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from tests import containers
from tests.attacks import baselines
from tests.attacks.shell import inside

from .situations import CONF, SITUATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .situations import Situation

pytestmark = pytest.mark.docker

ROOT = Path(__file__).resolve().parents[2]
NAME = "rampart-refusals"
LIBRARY = "apt-get install -y --no-install-recommends python3-redis"

# Files by content, owner and mode; packages; processes of servers and what is left of shadow servers.
HOST = """
find /etc /var/lib/redis /var/lib/rampart /srv /usr/local /var/backups -printf '%p %y %m %u %g %l\\n' 2>/dev/null | sort
find /etc /var/lib/redis /usr/local -type f -exec sha256sum {} + | sort -k 2
dpkg-query --show
pgrep -a 'redis|valkey'
ls -A /tmp /run
"""
# The server by its own words, and its data by their serialised form.
SERVER = """
redis-cli $LOGIN --no-auth-warning config get '*'
redis-cli $LOGIN --no-auth-warning acl list
redis-cli $LOGIN --no-auth-warning acl log
redis-cli $LOGIN --no-auth-warning eval "local keys = redis.call('KEYS', '*') table.sort(keys) local all = ''
for _, key in ipairs(keys) do all = all .. key .. redis.call('DUMP', key) end return redis.sha1hex(all)" 0
"""
RENAMED = SERVER.replace("'KEYS'", "'other'")


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    containers.remove(NAME)
    containers.start(NAME)
    try:
        containers.wait(NAME)
        baselines.install(NAME)
        inside(NAME, f"cp -a {CONF} /root/redis.conf.stock; mkdir -p /srv/kept")
        inside(NAME, "for key in $(seq 20); do echo set app:$key value-$key; done | redis-cli; redis-cli save")
        yield NAME
    finally:
        containers.remove(NAME)


def inventory(home: Path, host: str, situation: Situation) -> None:
    """Write the inventory of one host, and the secrets of the controller."""
    secrets = home / "controller" / "secrets"
    secrets.mkdir(parents=True, mode=0o700)
    for user, password in situation.secrets.items():
        (secrets / user).touch(mode=0o600)
        (secrets / user).write_text(password, encoding="utf-8")
    variables = {
        "ansible_connection": "rampart_docker",
        "redis_server_controller_dir": str(home / "controller"),
        "redis_server_tls_port": 6380,
        **situation.options,
    }
    path = home / "inventory.yml"
    path.write_text(yaml.safe_dump({"redis": {"hosts": {host: variables}}}), encoding="utf-8")


def play(home: Path, playbook: str, *options: str) -> tuple[int, str]:
    """Run a playbook; return its status and what it said."""
    program = Path(sys.executable).with_name("ansible-playbook")
    done = subprocess.run(
        [str(program), "-i", str(home / "inventory.yml"), f"playbooks/{playbook}.yml", *options],
        cwd=ROOT,
        env={**os.environ, "HOME": str(home), "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "ANSIBLE_NOCOLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def _state(name: str, login: str | None) -> str:
    """Describe host and server. The ACL log is part of it: no attempt to log in may be wasted."""
    said = inside(name, HOST, check=False).stdout
    if login is None:
        return said
    renamed = "other" in inside(name, f"grep '^rename-command KEYS' {CONF}", check=False).stdout
    script = f"LOGIN='{login}'\n" + (RENAMED if renamed else SERVER)
    return said + inside(name, script).stdout


@pytest.mark.parametrize("title", SITUATIONS)
def test_a_refusal_changes_nothing(host: str, title: str, tmp_path: Path) -> None:
    situation = SITUATIONS[title]
    if situation.library:
        inside(host, LIBRARY)
    inventory(tmp_path, host, situation)
    inside(host, situation.make)
    try:
        before = _state(host, situation.login)
        status, said = play(tmp_path, "harden")
        after = _state(host, situation.login)
        audited, report = _audit(tmp_path)
    finally:
        inside(host, situation.end)
    flat = " ".join(said.split())
    assert status != 0
    assert [reason for reason in situation.reasons if reason not in flat] == [], flat[-3000:]
    assert "Nothing was changed." in flat
    assert re.search(f"{NAME} : ok=[0-9]+ changed=0 ", flat)
    assert after.splitlines() == before.splitlines()
    assert (audited, [one["host"] for one in report]) == (0, [NAME])


@pytest.mark.parametrize(
    ("act", "undo"),
    [
        ("redis-cli config set maxclients 999", "redis-cli config set maxclients 10000"),
        ("redis-cli set app:1 other", "redis-cli set app:1 value-1"),
        ("redis-cli acl setuser x", "redis-cli acl deluser x"),
        (f"chmod 0644 {CONF}", f"chmod 0640 {CONF}"),
        (f"echo >> {CONF}", f"cp -a /root/redis.conf.stock {CONF}"),
    ],
)
def test_the_comparison_sees_a_change(host: str, act: str, undo: str) -> None:
    before = _state(host, "")
    inside(host, act)
    changed = _state(host, "")
    inside(host, undo)
    assert changed != before
    assert _state(host, "") == before


def _audit(home: Path) -> tuple[int, list[dict[str, object]]]:
    report = home / "report"
    status, said = play(home, "audit", "-e", f"redis_audit_report_dir={report}", "-e", "redis_audit_fail_on=never")
    assert (report / "report.json").is_file(), said[-3000:]
    return status, json.loads((report / "report.json").read_text(encoding="utf-8"))["reports"]


@pytest.mark.parametrize("hosts", [{"web": {"hosts": {"a": {}}}}, {"redis": {"hosts": {}}}], ids=["none", "empty"])
def test_no_host_in_the_group(hosts: dict[str, object], tmp_path: Path) -> None:
    (tmp_path / "inventory.yml").write_text(yaml.safe_dump(hosts), encoding="utf-8")
    status, said = play(tmp_path, "harden")
    assert status != 0
    assert "has no host in the group redis" in " ".join(said.split())
