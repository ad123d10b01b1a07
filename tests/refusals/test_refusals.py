"""Each refusal with a real server: harden says why and leaves host and server as they were; audit still works."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from tests import targets
from tests.attacks import baselines
from tests.site import Site, site

from .situations import CONF, SITUATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.docker

NAME = "rampart-refusals"
LIBRARY = "apt-get install -y --no-install-recommends python3-redis"
# Those in which the server's own program plays a part.
ELSEWHERE = ("renamed commands", "password", "replica", "full disk")

# Files by content, owner and mode; packages; processes of servers and what is left of shadow servers.
HOST = """
find /etc /var/lib/$product /var/lib/rampart /srv /usr/local /var/backups -printf '%p %y %m %u %g %l\\n' | sort
find /etc /var/lib/$product /usr/local -type f -exec sha256sum {} + | sort -k 2
dpkg-query --show
pgrep -a 'redis|valkey'
ls -A /tmp /run
"""
# The server by its own words, and its data by their serialised form.
SERVER = """
$product-cli $LOGIN --no-auth-warning config get '*'
$product-cli $LOGIN --no-auth-warning acl list
$product-cli $LOGIN --no-auth-warning acl log
$product-cli $LOGIN --no-auth-warning eval "local keys = redis.call('KEYS', '*') table.sort(keys) local all = ''
for _, key in ipairs(keys) do all = all .. key .. redis.call('DUMP', key) end return redis.sha1hex(all)" 0
"""
RENAMED = SERVER.replace("'KEYS'", "'other'")


@pytest.fixture(scope="module")
def host(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(NAME, tmp_path_factory.mktemp("home"), request.param) as host:
        baselines.install(host.name, host.product)
        host.ask(f"cp -a {CONF} /root/stock.conf; mkdir -p /srv/kept")
        host.ask("for key in $(seq 20); do echo set app:$key value-$key; done | $product-cli; $product-cli save")
        yield host


def _state(host: Site, login: str | None) -> str:
    """Describe host and server. The ACL log is part of it: no attempt to log in may be wasted."""
    said = host.ask(HOST, check=False)
    if login is None:
        return said
    renamed = "other" in host.ask(f"grep '^rename-command KEYS' {CONF}", check=False)
    return said + host.ask(f"LOGIN='{login}'\n" + (RENAMED if renamed else SERVER))


@pytest.mark.parametrize("host", targets.on("bookworm"), indirect=True)
@pytest.mark.parametrize("title", SITUATIONS)
def test_a_refusal_changes_nothing(host: Site, title: str, tmp_path: Path) -> None:
    _refuse(host, title, tmp_path)


@pytest.mark.parametrize("host", ["valkey"], indirect=True)
@pytest.mark.parametrize("title", ELSEWHERE)
def test_another_server_is_refused_for_the_same(host: Site, title: str, tmp_path: Path) -> None:
    _refuse(host, title, tmp_path)


def _refuse(host: Site, title: str, tmp_path: Path) -> None:
    situation = SITUATIONS[title]
    if situation.library:
        host.ask(LIBRARY)
    here = host.at(tmp_path, **situation.options)
    here.secrets.mkdir(parents=True, mode=0o700)
    for user, password in situation.secrets.items():
        (here.secrets / user).touch(mode=0o600)
        (here.secrets / user).write_text(password, encoding="utf-8")
    here.ask(situation.make)
    try:
        before = _state(here, situation.login)
        status, said = here.run("harden")
        after = _state(here, situation.login)
        audited, report = _audit(here)
    finally:
        here.ask(situation.end)
    flat = " ".join(said.split())
    reasons = [reason.replace("$product", here.product.name) for reason in situation.reasons]
    assert status != 0
    assert [reason for reason in reasons if reason not in flat] == [], flat[-3000:]
    assert "Nothing was changed." in flat
    assert re.search(f"{NAME} : ok=[0-9]+ changed=0 ", flat)
    assert after.splitlines() == before.splitlines()
    assert (audited, [one["host"] for one in report]) == (0, [NAME])


@pytest.mark.parametrize("host", ["bookworm"], indirect=True)
@pytest.mark.parametrize(
    ("act", "undo"),
    [
        ("$product-cli config set maxclients 999", "$product-cli config set maxclients 10000"),
        ("$product-cli set app:1 other", "$product-cli set app:1 value-1"),
        ("$product-cli acl setuser x", "$product-cli acl deluser x"),
        (f"chmod 0644 {CONF}", f"chmod 0640 {CONF}"),
        (f"echo >> {CONF}", f"cp -a /root/stock.conf {CONF}"),
    ],
)
def test_the_comparison_sees_a_change(host: Site, act: str, undo: str) -> None:
    before = _state(host, "")
    host.ask(act)
    changed = _state(host, "")
    host.ask(undo)
    assert changed != before
    assert _state(host, "") == before


def _audit(host: Site) -> tuple[int, list[dict[str, object]]]:
    report = host.home / "report"
    status, said = host.run("audit", "-e", f"redis_audit_report_dir={report}", "-e", "redis_audit_fail_on=never")
    assert (report / "report.json").is_file(), said[-3000:]
    return status, json.loads((report / "report.json").read_text(encoding="utf-8"))["reports"]
