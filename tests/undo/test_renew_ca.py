"""The certificate authority is lost: a new one takes over without a restart, and the old certificates open nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests import targets
from tests.attacks import baselines
from tests.attacks.shell import main_pid
from tests.site import Site, site

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.docker

OLD = "/root/stolen"


@pytest.fixture(scope="module", params=targets.on("bookworm"))
def host(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site("rampart-undo-renew", tmp_path_factory.mktemp("home"), request.param) as host:
        baselines.install(host.name, host.product)
        host.play("harden")
        host.ask(f"cp -a {host.tls} {OLD}")
        yield host


def _ping(host: Site, folder: str, authority: str) -> str:
    """Log in as the operator by the certificates of a folder."""
    password = (host.secrets / "operator").read_text().strip()
    files = f"--cacert {authority}/ca-cert.pem --cert {folder}/operator-cert.pem --key {folder}/operator-key.pem"
    return host.ask(
        f"printf 'AUTH operator %s\\nPING\\n' '{password}' | $product-cli -p 6380 --tls {files} 2>&1 || true"
    )


def test_a_lost_authority_is_replaced_without_a_restart(host: Site) -> None:
    pid = main_pid(host.name, host.product.unit)
    assert "PONG" in _ping(host, OLD, OLD)
    (host.home / "controller" / "ca").rename(host.home / "lost-ca")
    assert host.changed(host.play("renew_ca")) > 0
    assert main_pid(host.name, host.product.unit) == pid
    assert "PONG" in _ping(host, host.tls, host.tls)
    assert "PONG" not in _ping(host, OLD, host.tls)
    assert "PONG" not in _ping(host, host.tls, OLD)
    assert host.ask("ls -A /run/rampart").strip() == ""


def test_hardening_goes_on_with_the_new_authority(host: Site) -> None:
    assert host.changed(host.play("harden")) == 0


def _expired(host: Site, name: str) -> str:
    """Return a certificate of the host as it would be had it ended an hour ago, signed by the same authority."""
    found = x509.load_pem_x509_certificate(host.ask(f"cat {host.tls}/{name}-cert.pem").encode())
    key = serialization.load_pem_private_key((host.home / "controller" / "ca" / "ca-key.pem").read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(
        found.issuer,
        found.subject,
        found.public_key(),
        x509.random_serial_number(),
        now - timedelta(days=90),
        now - timedelta(hours=1),
        list(found.extensions),
    )
    return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


@pytest.mark.parametrize("playbook", ["renew_ca", "harden", "undo"])
def test_an_expired_certificate_opens_nothing(host: Site, playbook: str) -> None:
    host.ask(f"cp -a {host.tls}/operator-cert.pem /root/valid.pem")
    host.ask(f"cat > {host.tls}/operator-cert.pem <<'END'\n{_expired(host, 'operator')}END\n")
    before = host.ask(f"sha256sum {host.tls}/* /etc/$product/$product.conf")
    said = _ping(host, host.tls, host.tls)
    status, output = host.run(playbook)
    after = host.ask(f"sha256sum {host.tls}/* /etc/$product/$product.conf")
    host.ask(f"mv /root/valid.pem {host.tls}/operator-cert.pem")
    assert "PONG" not in said
    assert status != 0
    assert "certificate expired" in output, output[-2500:]
    assert after == before
    assert "PONG" in _ping(host, host.tls, host.tls)


def test_expired_certificates_are_renewed_without_a_restart(host: Site) -> None:
    # It reads its files when it starts.
    host.ask(f"systemctl stop {host.product.unit}")
    for name in ("redis-server", "operator"):
        host.ask(f"cat > {host.tls}/{name}-cert.pem <<'END'\n{_expired(host, name)}END\n")
    host.ask(f"systemctl start {host.product.unit}")
    pid = main_pid(host.name, host.product.unit)
    assert "PONG" not in _ping(host, host.tls, host.tls)
    status, output = host.run("harden")
    assert status != 0
    assert "playbooks/renew_certs.yml renews it without a restart" in " ".join(output.split())

    assert host.changed(host.play("renew_certs")) > 0
    assert "PONG" in _ping(host, host.tls, host.tls)
    assert host.changed(host.play("harden")) == 0
    assert main_pid(host.name, host.product.unit) == pid


def test_when_the_operator_cannot_log_in_nothing_changes(host: Site) -> None:
    (host.secrets / "operator").rename(host.home / "operator")
    before = host.ask(f"sha256sum {host.tls}/*")
    status, output = host.run("renew_ca")
    assert status != 0
    assert "cannot log in over TLS, so new certificates could not be loaded; nothing was changed" in output
    assert host.ask(f"sha256sum {host.tls}/*") == before
    assert host.ask("ls -A /run/rampart").strip() == ""
