"""Packages."""

from __future__ import annotations

import gzip
import subprocess
from typing import TYPE_CHECKING

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.collect import packages
from ansible_collections.rampart.redis.plugins.module_utils.errors import HostError

if TYPE_CHECKING:
    from collections.abc import Sequence

POLICY = """\
redis-server:
  Installed: 5:7.0.15-1~deb12u4
  Candidate: 5:7.0.15-1~deb12u10
  Version table:
     5:7.0.15-1~deb12u10 500
        500 mirror/debian-security bookworm-security/main amd64 Packages
 *** 5:7.0.15-1~deb12u4 100
        100 /var/lib/dpkg/status
"""
SYSTEM = 'ID=debian\nVERSION_CODENAME=bookworm\nPRETTY_NAME="Debian GNU/Linux 12"\n'
CHANGELOG = "redis (5:7.0.15-1~deb12u4) bookworm; urgency=high\n\n  * CVE-2025-21605\n"


def _run(answers: dict[str, tuple[int, str]]) -> object:
    def run(argv: Sequence[str], **_more: object) -> subprocess.CompletedProcess[bytes]:
        status, said = answers[" ".join(argv[:2]).partition("=")[0]]
        return subprocess.CompletedProcess(list(argv), status, said.encode(), b"")

    return run


ANSWERS = {
    "dpkg-query --search": (0, "redis-server: /usr/bin/redis-server\n"),
    "dpkg-query --show": (0, "5:7.0.15-1~deb12u4\nDebian Redis Team <x@example.com>\namd64\nredis"),
    "apt-cache policy": (0, POLICY),
    "dpkg --verify": (0, ""),
}


@pytest.fixture(autouse=True)
def _host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "run", _run(ANSWERS))
    monkeypatch.setattr(packages, "read_text", lambda _path: SYSTEM)
    monkeypatch.setattr(packages, "read_bytes", lambda _path: gzip.compress(CHANGELOG.encode()))
    monkeypatch.setattr(packages, "_unpacked", lambda _name, _architecture: 1.5)
    monkeypatch.setattr(packages, "_lists_at", lambda: 2.5)


def test_a_held_back_package() -> None:
    assert packages.read("/usr/bin/redis-server") == {
        "name": "redis-server",
        "source": "redis",
        "version": "5:7.0.15-1~deb12u4",
        "distribution": "Debian GNU/Linux 12",
        "release": "debian:bookworm",
        "unpacked_at": 1.5,
        "changelog": [["5:7.0.15-1~deb12u4", ["CVE-2025-21605"]]],
        "candidate": {"version": "5:7.0.15-1~deb12u10", "security": True},
        "lists_at": 2.5,
        "altered": False,
    }


def test_somebody_elses_package_is_not_the_distributions(monkeypatch: pytest.MonkeyPatch) -> None:
    other = (0, "6:8.2.3-1rl1\nRedis Builds <x@example.com>\namd64\nredis")
    monkeypatch.setattr(packages, "run", _run({**ANSWERS, "dpkg-query --show": other}))
    found = packages.read("/usr/bin/redis-server")
    assert found is not None
    assert (found["distribution"], found["release"]) == ("", "")


def test_a_candidate_from_elsewhere_is_no_security_update(monkeypatch: pytest.MonkeyPatch) -> None:
    policy = POLICY.replace("debian-security bookworm-security", "debian bookworm-backports")
    monkeypatch.setattr(packages, "run", _run({**ANSWERS, "apt-cache policy": (0, policy)}))
    found = packages.read("/usr/bin/redis-server")
    assert found is not None
    assert found["candidate"] == {"version": "5:7.0.15-1~deb12u10", "security": False}


def test_a_file_of_no_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "run", _run({"dpkg-query --search": (1, "")}))
    assert packages.read("/opt/redis-server") is None


def test_a_changed_binary(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = (0, "??5?????? c /etc/redis/redis.conf\n??5??????   /usr/bin/redis-server\n")
    monkeypatch.setattr(packages, "run", _run({**ANSWERS, "dpkg --verify": changed}))
    found = packages.read("/usr/bin/redis-server")
    assert found is not None
    assert found["altered"] is True


def test_an_image_without_documentation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "read_bytes", lambda _path: None)
    found = packages.read("/usr/bin/redis-server")
    assert found is not None
    assert found["changelog"] is None


def test_a_broken_changelog_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "read_bytes", lambda _path: b"no gzip")
    with pytest.raises(HostError, match="cannot be unpacked"):
        packages.read("/usr/bin/redis-server")
