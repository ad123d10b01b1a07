"""What the kernel and systemd grant a process, and what they may make of its memory. From /proc, /sys and systemctl."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import host
from ..errors import HostError
from . import process

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_UNIT = re.compile(r"/([^/\n]+\.service)(?:/|$)", re.MULTILINE)
_LIMIT = re.compile(r"^(Max open files|Max core file size)\s+(\S+)", re.MULTILINE)
_PROPERTIES = (
    *("NoNewPrivileges", "ProtectSystem", "CapabilityBoundingSet", "IPAddressDeny", "IPAddressAllow"),
    *("MemorySwapMax", "ReadWritePaths"),
)
_KERNEL = {
    "overcommit_memory": "/proc/sys/vm/overcommit_memory",
    "somaxconn": "/proc/sys/net/core/somaxconn",
    "core_pattern": "/proc/sys/kernel/core_pattern",
    "thp": "/sys/kernel/mm/transparent_hugepage/enabled",
}
SWAPS = "/proc/swaps"
SYSTEMD = "/run/systemd/system"  # there where systemd is the init
_CONTAINERS = ("/.dockerenv", "/run/.containerenv", "/run/systemd/container")
_VENDOR = "/sys/class/dmi/id/sys_vendor"
# Block devices with this prefix in their device mapper uuid are encrypted.
_ENCRYPTED = "CRYPT-"


def read_limits(pid: int) -> dict[str, int | None]:
    """Return the soft limits ``open_files`` and ``core`` (bytes; None: unlimited), and ``swapped`` memory in KiB.

    :raises HostError: the process ended, or may not be looked into.
    """
    try:
        limits = dict(_LIMIT.findall(Path(process.PROC, str(pid), "limits").read_text(encoding="ascii")))
        status = Path(process.PROC, str(pid), "status").read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise HostError(f"cannot be looked into: {error.strerror}", where=f"process {pid}") from error
    swapped = re.search(r"^VmSwap:\s+(\d+)", status, re.MULTILINE)
    return {
        "open_files": _number(limits.get("Max open files", "unlimited")),
        "core": _number(limits.get("Max core file size", "unlimited")),
        "swapped": int(swapped.group(1)) if swapped else 0,
    }


def _number(text: str) -> int | None:
    return int(text) if text.isdigit() else None


def read_kernel() -> dict[str, Any]:
    """Return the settings by name (those that can be read), ``swaps`` and whether this is a ``container``."""
    found: dict[str, Any] = {name: text.strip() for name, path in _KERNEL.items() if (text := _text(path))}
    found["swaps"] = list(_swaps(_text(SWAPS)))
    found["container"] = any(Path(path).exists() for path in _CONTAINERS)
    return found


def _swaps(text: str) -> Iterator[dict[str, Any]]:
    for line in text.splitlines()[1:]:
        device = line.split()[0]
        uuid = _text(f"/sys/class/block/{Path(device).resolve().name}/dm/uuid")
        # Compressed memory never reaches a disk.
        yield {"device": device, "safe": uuid.startswith(_ENCRYPTED) or "zram" in device}


def read_unit(pid: int) -> dict[str, Any]:
    """Return what systemd grants the unit of a process; empty when it runs outside a unit or there is no systemd.

    ``exposure`` is the score of ``systemd-analyze security``, None when it does not tell.

    :raises HostError: the process ended, or may not be looked into.
    """
    try:
        group = Path(process.PROC, str(pid), "cgroup").read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise HostError(f"cannot be looked into: {error.strerror}", where=f"process {pid}") from error
    name = next(iter(_UNIT.findall(group)), "")
    if not name or not Path(SYSTEMD).is_dir():
        return {}
    shown = host.run_ok(["systemctl", "--no-pager", "show", name, f"--property={','.join(_PROPERTIES)}"])
    values = dict(line.split("=", 1) for line in shown.splitlines() if "=" in line)
    return {"name": name, "exposure": _exposure(name), **_settings(values)}


def _settings(values: Mapping[str, str]) -> dict[str, Any]:
    return {
        "no_new_privileges": values.get("NoNewPrivileges") == "yes",
        "protect_system": values.get("ProtectSystem", "no"),
        "capabilities": values.get("CapabilityBoundingSet", "").split(),
        "denied_addresses": values.get("IPAddressDeny", "").split(),
        "swap_max": values.get("MemorySwapMax", "infinity"),
        "writable": [word.lstrip("-+") for word in values.get("ReadWritePaths", "").split()],
    }


def _exposure(name: str) -> float | None:
    try:
        done = host.run(["systemd-analyze", "--no-pager", "--offline=false", "security", name])
    except HostError:
        return None  # a systemd without its analyser
    found = re.search(rb"exposure level for [^:]+: ([\d.]+)", done.stdout)
    return float(found.group(1)) if found else None


def read_cloud() -> dict[str, Any]:
    """Return the ``provider`` of this machine (``""``: none that is known) and its ``firewalls``, which are not asked.

    The provider's firewalls are asked for with a token, from the controller; who has them puts them in here.
    """
    vendor = _text(_VENDOR).strip()
    return {"provider": vendor if vendor == "DigitalOcean" else "", "firewalls": None}


def read_firewall() -> list[dict[str, Any]]:
    """Return nftables' rule set as ``nft --json list ruleset`` tells it; rules of iptables-nft and ufw are in it too.

    :raises HostError: there is no nft here, or no right to use it.
    """
    text = host.run_ok(["nft", "--json", "list", "ruleset"])
    try:
        rows: list[dict[str, Any]] = json.loads(text)["nftables"]
    except (ValueError, KeyError) as error:
        raise HostError("answers no JSON", where="nft --json list ruleset") from error
    return rows


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""  # this kernel has no such file, or hides it
