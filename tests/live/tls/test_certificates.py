"""What the modules make with ansible-playbook, read by OpenSSL."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.rampart.redis.tests.live.tls.issuing import Workshop, openssl

if TYPE_CHECKING:
    from pathlib import Path

PASSPHRASE = "live-test-passphrase"
NODE: dict[str, Any] = {
    "name": "node",
    "subject_alt_names": ["redis.example.com", "*.redis.example.com", "bücher.example", "10.0.0.5", "fd00::5"],
    "key_mode": "0640",
}
APP: dict[str, Any] = {"name": "app", "usages": ["client"]}


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    made = Workshop(tmp_path)
    made.prepare()
    return made


def text_of(path: Path) -> str:
    return re.sub(r"\s+", " ", openssl("x509", "-in", path, "-noout", "-text").stdout)


def mode_of(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_an_authority_and_its_leaves(workshop: Workshop) -> None:
    authority = workshop.authority_task(passphrase=PASSPHRASE)
    leaves = workshop.certificate_task(NODE, APP, ca_passphrase=PASSPHRASE)
    assert workshop.changes(authority, leaves) == 2
    made = {path.name: path.read_bytes() for path in workshop.tls.iterdir()}
    assert sorted(made) == ["app-cert.pem", "app-key.pem", "ca-cert.pem", "node-cert.pem", "node-key.pem"]

    text = text_of(workshop.ca_cert)
    assert "X509v3 Basic Constraints: critical CA:TRUE, pathlen:0" in text
    assert "X509v3 Key Usage: critical Certificate Sign, CRL Sign" in text
    assert "NIST CURVE: P-256" in text
    assert workshop.ca_key.read_text().startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert (mode_of(workshop.ca_key), mode_of(workshop.ca_cert)) == (0o600, 0o644)

    text = text_of(workshop.tls / "node-cert.pem")
    assert "X509v3 Basic Constraints: critical CA:FALSE" in text
    assert "X509v3 Key Usage: critical Digital Signature X509v3" in text
    assert "X509v3 Extended Key Usage: TLS Web Client Authentication, TLS Web Server Authentication" in text
    names = "DNS:redis.example.com, DNS:*.redis.example.com, DNS:xn--bcher-kva.example, IP Address:10.0.0.5"
    assert f"X509v3 Subject Alternative Name: {names}, IP Address:FD00:0:0:0:0:0:0:5" in text
    assert "X509v3 Extended Key Usage: TLS Web Client Authentication X509v3" in text_of(workshop.tls / "app-cert.pem")
    assert (mode_of(workshop.tls / "node-key.pem"), mode_of(workshop.tls / "app-key.pem")) == (0o640, 0o600)

    assert workshop.changes(authority, leaves) == 0
    assert made == {path.name: path.read_bytes() for path in workshop.tls.iterdir()}


@pytest.mark.parametrize("key_type", ["ecdsa-p256", "ecdsa-p384", "ed25519", "rsa-3072", "rsa-4096"])
def test_openssl_verifies_every_kind_of_key(workshop: Workshop, key_type: str) -> None:
    node = {**NODE, "key_type": key_type}
    workshop.changes(workshop.authority_task(), workshop.certificate_task(node, APP))
    trust = workshop.tls / "ca-cert.pem"
    strict = ("verify", "-x509_strict", "-check_ss_sig", "-CAfile", trust)
    leaf = workshop.tls / "node-cert.pem"
    for wanted in (
        (*strict, "-purpose", "sslserver", "-verify_hostname", "redis.example.com", leaf),
        (*strict, "-purpose", "sslserver", "-verify_ip", "fd00::5", leaf),
        (*strict, "-purpose", "sslclient", leaf),
        (*strict, "-purpose", "sslclient", workshop.tls / "app-cert.pem"),
    ):
        done = openssl(*wanted)
        assert done.returncode == 0, done.stderr
    for refused in (
        (*strict, "-purpose", "sslserver", "-verify_hostname", "other.example.com", leaf),
        (*strict, "-purpose", "sslserver", workshop.tls / "app-cert.pem"),
    ):
        assert openssl(*refused).returncode != 0
    from_key = openssl("pkey", "-in", workshop.tls / "node-key.pem", "-pubout").stdout
    assert from_key == openssl("x509", "-in", leaf, "-noout", "-pubkey").stdout


def test_check_mode_on_an_empty_controller_writes_nothing(workshop: Workshop) -> None:
    tasks = (workshop.authority_task(), workshop.certificate_task(NODE))
    assert workshop.changes(*tasks, options=("--check", "--diff")) == 2
    assert [*workshop.tls.iterdir(), *workshop.ca_cert.parent.iterdir()] == []


def test_the_most_talkative_output_has_no_secret(workshop: Workshop) -> None:
    tasks = (workshop.authority_task(passphrase=PASSPHRASE), workshop.certificate_task(NODE, ca_passphrase=PASSPHRASE))
    done = workshop.play(*tasks, options=("-vvvv", "--diff"))
    assert done.returncode == 0, done.stdout
    assert "CERTIFICATE REQUEST" not in done.stdout
    assert "PRIVATE KEY" not in done.stdout
    secret = (workshop.tls / "node-key.pem").read_text().splitlines()[1]
    for forbidden in (PASSPHRASE, secret, workshop.ca_key.read_text().splitlines()[1]):
        assert forbidden not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda shop: shop.ca_key.unlink(), "ca-cert.pem: is there, but"),
        (lambda shop: shop.ca_cert.unlink(), "ca-key.pem: is there, but"),
        (lambda shop: shop.ca_key.write_text(""), "CA key: is empty"),
        (lambda shop: shop.ca_cert.write_text("x"), "CA certificate: has no certificate in it"),
    ],
)
def test_a_spoiled_authority_is_refused_and_kept(workshop: Workshop, spoil: Any, complaint: str) -> None:  # noqa: ANN401
    workshop.changes(workshop.authority_task())
    spoil(workshop)
    left = {path: path.read_bytes() for path in workshop.ca_cert.parent.iterdir()}
    done = workshop.play(workshop.authority_task())
    assert done.returncode != 0
    assert complaint in done.stdout
    assert left == {path: path.read_bytes() for path in workshop.ca_cert.parent.iterdir()}
    assert workshop.changes(workshop.authority_task(force=True)) == 1
    assert workshop.changes(workshop.authority_task()) == 0


def test_an_authority_near_its_end_warns_and_a_long_one_is_refused(workshop: Workshop) -> None:
    done = workshop.play(workshop.authority_task(valid_for="100d"), workshop.authority_task())
    assert "ca-cert.pem ends on" in (done.stdout + done.stderr).replace("\n", " ")
    done = workshop.play(workshop.authority_task(valid_for="3660d", force=True), options=("--check",))
    assert done.returncode != 0
    assert "at most ten years" in done.stdout


def test_an_open_authority_key_is_closed(workshop: Workshop) -> None:
    workshop.changes(workshop.authority_task())
    workshop.ca_key.chmod(0o644)
    assert workshop.changes(workshop.authority_task(), options=("--check",)) == 1
    assert mode_of(workshop.ca_key) == 0o644
    assert workshop.changes(workshop.authority_task()) == 1
    assert mode_of(workshop.ca_key) == 0o600
