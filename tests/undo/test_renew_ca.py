"""The certificate authority is lost: a new one takes over without a restart, and the old certificates open nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.attacks import baselines
from tests.attacks.shell import inside, main_pid

from .site import Site, site

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.docker

UNIT = "redis-server.service"
TLS = "/etc/redis/tls"
OLD = "/root/stolen"


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site("rampart-renew", tmp_path_factory.mktemp("home")) as host:
        baselines.install(host.name)
        host.play("harden")
        inside(host.name, f"cp -a {TLS} {OLD}")
        yield host


def _ping(host: Site, folder: str, authority: str) -> str:
    """Log in as the operator by the certificates of a folder."""
    password = (host.secrets / "operator").read_text().strip()
    files = f"--cacert {authority}/ca-cert.pem --cert {folder}/operator-cert.pem --key {folder}/operator-key.pem"
    return host.ask(f"printf 'AUTH operator %s\\nPING\\n' '{password}' | redis-cli -p 6380 --tls {files} 2>&1 || true")


def test_a_lost_authority_is_replaced_without_a_restart(host: Site) -> None:
    pid = main_pid(host.name, UNIT)
    assert "PONG" in _ping(host, OLD, OLD)
    (host.home / "controller" / "ca").rename(host.home / "lost-ca")
    assert host.changed(host.play("renew_ca")) > 0
    assert main_pid(host.name, UNIT) == pid
    assert "PONG" in _ping(host, TLS, TLS)
    assert "PONG" not in _ping(host, OLD, TLS)
    assert "PONG" not in _ping(host, TLS, OLD)
    assert host.ask("ls -A /run/rampart").strip() == ""


def test_hardening_goes_on_with_the_new_authority(host: Site) -> None:
    assert host.changed(host.play("harden")) == 0


def test_when_the_operator_cannot_log_in_nothing_changes(host: Site) -> None:
    (host.secrets / "operator").rename(host.home / "operator")
    before = host.ask(f"sha256sum {TLS}/*")
    status, output = host.run("renew_ca")
    assert status != 0
    assert "cannot log in over TLS, so new certificates could not be loaded; nothing was changed" in output
    assert host.ask(f"sha256sum {TLS}/*") == before
    assert host.ask("ls -A /run/rampart").strip() == ""
