"""A server under load is renewed again and again: no handshake fails, no command fails, and no restart.

In CI three times by force. ``make soak`` (``RAMPART_RENEWALS=20``) lets certificates of two minutes come to their last
one twenty times.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
import yaml

from tests import containers
from tests.attacks import baselines
from tests.attacks.forged import CLIENT, genuine_issuer, issue
from tests.attacks.model import Authority
from tests.attacks.shell import inside, main_pid
from tests.attacks.targets import place_of
from tests.renewals.load import load
from tools.demo import recap

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.docker

ROOT = Path(__file__).resolve().parents[2]
NAME = "rampart-renewals"
RENEWALS = int(os.environ.get("RAMPART_RENEWALS", "0"))
FORCED = 3
SHORT_LIVED = {"redis_tls_valid_for": "2m", "redis_tls_renew_before": "1m"}
PATIENCE = 180.0  # seconds within which a certificate of two minutes has to have been renewed
FILES = "cd /etc/redis/tls && sha256sum * && stat -c '%n %a %U %G' *"


class Site(NamedTuple):
    """A server with a TLS port, and its controller."""

    home: Path
    address: str

    @property
    def controller(self) -> Path:
        return self.home / "controller"

    def play(self, playbook: str, **variables: object) -> subprocess.CompletedProcess[str]:
        program = Path(sys.executable).with_name("ansible-playbook")
        extra = [word for name, value in variables.items() for word in ("-e", f"{name}={value}")]
        return subprocess.run(
            [str(program), "-i", str(self.home / "inventory.yml"), playbook, *extra],
            cwd=ROOT,
            env={**os.environ, "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "ANSIBLE_NOCOLOR": "1"},
            capture_output=True,
            text=True,
            check=False,
        )

    def renew(self, **variables: object) -> int:
        """Run the playbook that is scheduled daily; return how many tasks changed something on the server."""
        done = self.play("playbooks/renew_certs.yml", **variables)
        assert done.returncode == 0, done.stdout[-3000:]
        return recap.counts(done.stdout.splitlines())[NAME]["changed"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    home = tmp_path_factory.mktemp("renewals")
    containers.remove(NAME)
    containers.start(NAME)
    try:
        containers.wait(NAME)
        baselines.install(NAME)
        made = Site(home, place_of(NAME).address)
        host = {"ansible_connection": "rampart_docker", "redis_server_controller_dir": str(made.controller)}
        host["redis_server_address"] = made.address
        (home / "inventory.yml").write_text(yaml.safe_dump({"redis": {"hosts": {NAME: host}}}), encoding="utf-8")
        done = made.play("tests/renewals/tls.yml")
        assert done.returncode == 0, done.stdout[-3000:]
        yield made
    finally:
        containers.remove(NAME)


def renewed_by_force(site: Site) -> int:
    """Renew a few times, and see that nothing is due afterwards."""
    for _time in range(FORCED):
        assert site.renew(redis_tls_force=True) > 0
    assert site.renew() == 0
    return FORCED


def renewed_in_time(site: Site) -> int:
    """Let certificates of two minutes come to their last one, as often as asked for."""
    site.renew(redis_tls_force=True, **SHORT_LIVED)
    for _time in range(RENEWALS):
        deadline = time.monotonic() + PATIENCE
        while not site.renew(**SHORT_LIVED):
            assert time.monotonic() < deadline, "the certificate was not renewed in time"
    site.renew(redis_tls_force=True)
    return RENEWALS + 2


def test_clients_notice_nothing(site: Site) -> None:
    authority = Authority(site.controller / "ca" / "ca-cert.pem", site.controller / "ca" / "ca-key.pem")
    pair = issue(genuine_issuer(authority), CLIENT, site.home, "steady")
    pid = main_pid(NAME, "redis-server.service")
    with load(site.address, 6380, authority.cert, pair) as seen:
        renewals = renewed_in_time(site) if RENEWALS else renewed_by_force(site)
    sys.stdout.write(f"{renewals} renewals: {seen.handshakes} handshakes, {seen.commands} commands, {len(seen.errors)} errors\n")
    assert seen.errors[:5] == []
    assert len(seen.certificates) == renewals + 1
    assert seen.handshakes > renewals
    assert main_pid(NAME, "redis-server.service") == pid


def test_a_pair_the_server_cannot_read_changes_nothing(site: Site) -> None:
    before = inside(NAME, FILES).stdout
    done = site.play("playbooks/renew_certs.yml", redis_tls_force=True, redis_tls_group="root")
    assert done.returncode != 0
    said = " ".join(done.stdout.split())
    assert "a server does not load it" in said, said[-3000:]
    assert "the old certificate is in place and serving" in said
    assert inside(NAME, FILES).stdout == before
    site.renew()  # the folder's group is right again
    assert inside(NAME, FILES).stdout == before


def test_without_its_authority_nothing_is_renewed_and_none_is_made(site: Site) -> None:
    before = inside(NAME, FILES).stdout
    done = site.play("playbooks/renew_certs.yml", redis_server_controller_dir=site.home / "elsewhere")
    assert done.returncode != 0
    assert "redis_tls_ca makes an authority" in " ".join(done.stdout.split())
    assert inside(NAME, FILES).stdout == before
