"""What kernel and systemd grant a process."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from ansible_collections.rampart.redis.plugins.module_utils import host
from ansible_collections.rampart.redis.plugins.module_utils.collect import process, system
from ansible_collections.rampart.redis.plugins.module_utils.errors import HostError

if TYPE_CHECKING:
    from pathlib import Path

LIMITS = """\
Limit                     Soft Limit           Hard Limit           Units
Max core file size        unlimited            unlimited            bytes
Max open files            1024                 524288               files
"""
SHOWN = """\
NoNewPrivileges=yes
ProtectSystem=strict
CapabilityBoundingSet=cap_sys_resource cap_chown
IPAddressDeny=::/0 0.0.0.0/0
MemorySwapMax=0
ReadWritePaths=-/etc/redis /var/lib/redis
"""
SCORE = b"\xe2\x86\x92 Overall exposure level for redis-server.service: 1.2 OK :-)\n"


@pytest.fixture
def proc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of process 42 of a made-up /proc."""
    monkeypatch.setattr(process, "PROC", tmp_path)
    (tmp_path / "42").mkdir()
    return tmp_path / "42"


def _answers(monkeypatch: pytest.MonkeyPatch, **programs: tuple[int, bytes]) -> None:
    def run(argv: list[str], **_more: object) -> subprocess.CompletedProcess[bytes]:
        status, said = programs[argv[0].replace("-", "_")]
        return subprocess.CompletedProcess(argv, status, said, b"")

    monkeypatch.setattr(host, "run", run)


def test_limits(proc: Path) -> None:
    (proc / "limits").write_text(LIMITS)
    (proc / "status").write_text("Name:\tredis-server\nVmSwap:\t      12 kB\n")
    assert system.read_limits(42) == {"open_files": 1024, "core": None, "swapped": 12}


def test_limits_of_a_process_that_is_gone(proc: Path) -> None:
    with pytest.raises(HostError, match="process 42: cannot be looked into"):
        system.read_limits(42)
    assert not (proc / "limits").exists()


@pytest.mark.usefixtures("proc")
def test_a_process_outside_of_units_has_none(proc: Path) -> None:
    (proc / "cgroup").write_text("0::/user.slice/user-0.slice/session-3.scope\n")
    assert system.read_unit(42) == {}


def test_the_settings_of_a_unit(proc: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (proc / "cgroup").write_text("0::/system.slice/redis-server.service\n")
    monkeypatch.setattr(system, "SYSTEMD", str(tmp_path))
    _answers(monkeypatch, systemctl=(0, SHOWN.encode()), systemd_analyze=(0, SCORE))
    assert system.read_unit(42) == {
        "name": "redis-server.service",
        "exposure": 1.2,
        "no_new_privileges": True,
        "protect_system": "strict",
        "capabilities": ["cap_sys_resource", "cap_chown"],
        "denied_addresses": ["::/0", "0.0.0.0/0"],
        "swap_max": "0",
        "writable": ["/etc/redis", "/var/lib/redis"],
    }


def test_the_firewall(monkeypatch: pytest.MonkeyPatch) -> None:
    _answers(monkeypatch, nft=(0, b'{"nftables": [{"metainfo": {}}]}'))
    assert system.read_firewall() == [{"metainfo": {}}]
    _answers(monkeypatch, nft=(0, b"no JSON"))
    with pytest.raises(HostError, match="answers no JSON"):
        system.read_firewall()
    _answers(monkeypatch, nft=(1, b"Operation not permitted"))
    with pytest.raises(HostError, match="Operation not permitted"):
        system.read_firewall()


def test_swap_that_is_encrypted_is_safe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    swaps = tmp_path / "swaps"
    swaps.write_text("Filename Type Size Used Priority\n/dev/sda2 partition 1 0 -2\n/dev/zram0 partition 1 0 5\n")
    monkeypatch.setattr(system, "SWAPS", str(swaps))
    assert system.read_kernel()["swaps"] == [
        {"device": "/dev/sda2", "safe": False},
        {"device": "/dev/zram0", "safe": True},
    ]
