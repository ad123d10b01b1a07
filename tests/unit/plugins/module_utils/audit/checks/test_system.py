"""Kernel, systemd, disk."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.audit.cases import (
    BACKUP,
    FILES,
    NOW,
    PROCESS,
    SECTIONS,
    UNIT,
    Case,
    file,
    verify,
)


def _unit(**more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"unit": {**UNIT, **more}}


def _kernel(**more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"kernel": {**SECTIONS["kernel"], **more}}


def _limits(**more: int | None) -> dict[str, Any]:
    return {"limits": {**SECTIONS["limits"], **more}}


def _backup(**more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"backups": [{**BACKUP, **more}]}


def _expected(**more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"expected": {"backup_dir": "/var/backups/redis", **more}}


_SWAP = _kernel(swaps=[{"device": "/dev/sda2", "safe": False}])
_STRANGER = {"neighbours": {"here": ["process 99 of redis-old.service"], "containers": []}}
_CONTAINER = {"neighbours": {"here": [], "containers": ["process 98"]}}
_EXPORTER = SECTIONS["exporter"][0]

CASES = [
    Case("HOST-004", {}, "pass", "redis may only read"),
    Case("HOST-004", {"files": []}, "not_applicable", "no configuration"),
    Case("HOST-004", {"files": [file("/etc/redis/redis.conf", "config", 0o660)]}, "fail", "redis may write"),
    Case(
        "HOST-004", {"files": [*FILES, file("/etc/u", "acl", 0o640, owner="redis")]}, "fail", "redis may write /etc/u"
    ),
    Case("HOST-005", {}, "pass", "exposure 1.2"),
    Case("HOST-005", {"unit": {}}, "not_applicable", "no systemd unit"),
    Case("HOST-005", _unit(exposure=None), "pass", "unknown"),
    Case("HOST-005", _unit(exposure=6.4), "fail", "6.4, 2.0 is the limit"),
    Case("HOST-005", {**_unit(exposure=6.4), **_expected(exposure=7.0)}, "pass", "6.4"),
    Case("HOST-005", _unit(no_new_privileges=False), "fail", "NoNewPrivileges is no"),
    Case("HOST-005", _unit(protect_system="no"), "fail", "ProtectSystem is no"),
    Case("HOST-005", _unit(capabilities=["cap"] * 41), "fail", "holds nothing back"),
    Case("HOST-006", {}, "pass", "suit"),
    Case("HOST-006", _kernel(overcommit_memory="0"), "fail", "overcommit_memory is 0"),
    Case("HOST-006", _kernel(thp="[always] madvise never"), "fail", "huge pages"),
    Case("HOST-006", _kernel(somaxconn="128"), "fail", "somaxconn is 128"),
    Case("HOST-006", _kernel(somaxconn="128", container=True), "info", "the host's"),
    Case("HOST-007", {}, "pass", "no swap"),
    Case("HOST-007", _kernel(swaps=[{"device": "/dev/dm-1", "safe": True}]), "pass", "encrypted"),
    Case("HOST-007", _SWAP, "pass", "may not be swapped out"),
    Case("HOST-007", {**_SWAP, **_unit(swap_max="infinity")}, "fail", "/dev/sda2 is not encrypted"),
    Case("HOST-007", {**_SWAP, **_limits(swapped=12)}, "fail", "12 KiB are swapped out"),
    Case("HOST-008", {}, "pass", "core files are off"),
    Case("HOST-008", _limits(core=None), "fail", "the limit of core files is none"),
    Case("HOST-008", _limits(core=1024), "fail", "is 1024"),
    Case("HOST-011", {}, "pass", "1 hours old"),
    Case("HOST-011", {"expected": {}}, "fail", "no backup is declared"),
    Case("HOST-011", {"expected": {"backup_required": False}}, "not_applicable", "no backup"),
    Case("HOST-011", {"expected": {"cache": True}}, "not_applicable", "no backup"),
    Case("HOST-011", {"backups": []}, "fail", "is empty"),
    Case("HOST-011", _backup(changed=NOW - 27 * 3600), "fail", "27 hours old, 26 are the limit"),
    Case("HOST-011", {**_backup(changed=NOW - 27 * 3600), **_expected(backup_hours=48)}, "pass", "27 hours"),
    Case("HOST-011", _backup(mode=0o644), "fail", "is 0644"),
    Case("HOST-011", _backup(encrypted=False), "pass", "1 hours"),
    Case("HOST-011", {**_backup(encrypted=False), **_expected(backup_encrypted=True)}, "fail", "is not encrypted"),
    Case("HOST-012", {}, "pass", "no other server"),
    Case("HOST-012", _STRANGER, "fail", "redis-old.service"),
    Case("HOST-012", {**_STRANGER, "expected": {"neighbours": ["redis-old.service"]}}, "pass", "all are declared"),
    Case("HOST-012", _CONTAINER, "fail", "in a container"),
    Case("HOST-012", {**_CONTAINER, "expected": {"neighbours": ["containers"]}}, "pass", "all are declared"),
    Case("HOST-013", {}, "pass", "account of its own"),
    Case("HOST-013", {"exporter": []}, "not_applicable", "no exporter"),
    Case("HOST-013", {"exporter": [{**_EXPORTER, "uid": 0}]}, "fail", "runs as root"),
    Case("HOST-013", {"exporter": [{**_EXPORTER, "uid": PROCESS["uid"]}]}, "fail", "account redis"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_system(case: Case) -> None:
    verify(case)
