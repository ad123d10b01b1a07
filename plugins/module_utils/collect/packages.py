"""Which package a binary belongs to, and who maintains it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..errors import HostError
from ..host import read_text, run

_DISTRIBUTIONS = ("debian", "ubuntu")


def read(binary: str) -> dict[str, Any] | None:
    """Return name, version, maintaining distribution (``""``: others) and time of unpacking; None: no package's file.

    :raises HostError: this host has no dpkg.
    """
    owner = run(["dpkg-query", "--search", binary])
    if owner.returncode:
        return None
    name = owner.stdout.decode().split(":")[0]
    shown = run(["dpkg-query", "--show", "--showformat=${Version}\\n${Maintainer}\\n${Architecture}", name])
    version, maintainer, architecture = shown.stdout.decode().split("\n")
    return {
        "name": name,
        "version": version,
        "distribution": _distribution(maintainer),
        "unpacked_at": _unpacked(name, architecture),
    }


def _distribution(maintainer: str) -> str:
    fields = dict(line.split("=", 1) for line in (read_text("/etc/os-release") or "").splitlines() if "=" in line)
    known = any(word in maintainer.lower() for word in _DISTRIBUTIONS)
    return fields.get("PRETTY_NAME", "").strip('"') if known else ""


def _unpacked(name: str, architecture: str) -> float:
    for stem in (name, f"{name}:{architecture}"):
        path = Path(f"/var/lib/dpkg/info/{stem}.list")
        if path.exists():
            return path.stat().st_mtime
    raise HostError("has no file list", where=f"package {name}")
