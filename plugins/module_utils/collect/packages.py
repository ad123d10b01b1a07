"""Which package a binary belongs to, who maintains it, and what its changelog and the package lists say."""

from __future__ import annotations

import gzip
import re
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..audit.changelog import parse
from ..errors import HostError
from ..host import read_bytes, read_text, run

if TYPE_CHECKING:
    from collections.abc import Mapping

_DISTRIBUTIONS = ("debian", "ubuntu")
_LISTS = "/var/lib/apt/lists"
_FIELDS = ("Version", "Maintainer", "Architecture", "source:Package")
# The origins of a version stand below it, one a line, as "500 .../debian-security bookworm-security/main".
_CANDIDATE = re.compile(r"^  Candidate: (\S+)$", re.MULTILINE)


def read(binary: str) -> dict[str, Any] | None:
    """Return what is known of the package of a binary; None: no package's file.

    ``name``, ``source``, ``version``, maintaining ``distribution`` (``""``: others), its ``release`` (as
    ``debian:bookworm``), ``unpacked_at``; ``changelog``: ``[version, CVEs]`` of each entry, or None when there is none
    to read; ``candidate``: the version that apt would install and whether it is from a security suite, or None;
    ``lists_at``: when apt's lists were fetched, or None; ``altered``: whether the binary is not the package's.

    :raises HostError: this host has no dpkg.
    """
    owner = run(["dpkg-query", "--search", binary])
    if owner.returncode:
        return None
    name = owner.stdout.decode().split(":")[0]
    shown = run(["dpkg-query", "--show", "--showformat=" + "\\n".join(f"${{{field}}}" for field in _FIELDS), name])
    version, maintainer, architecture, source = shown.stdout.decode().split("\n")
    system = _os_release()
    known = any(word in maintainer.lower() for word in _DISTRIBUTIONS)
    return {
        "name": name,
        "source": source,
        "version": version,
        "distribution": system.get("PRETTY_NAME", "") if known else "",
        "release": f"{system.get('ID', '')}:{system.get('VERSION_CODENAME', '')}" if known else "",
        "unpacked_at": _unpacked(name, architecture),
        "changelog": _changelog(name),
        "candidate": _candidate(name),
        "lists_at": _lists_at(),
        "altered": _altered(name, binary),
    }


def _os_release() -> Mapping[str, str]:
    lines = (read_text("/etc/os-release") or "").splitlines()
    return {name: value.strip('"') for name, value in (line.split("=", 1) for line in lines if "=" in line)}


def _unpacked(name: str, architecture: str) -> float:
    for stem in (name, f"{name}:{architecture}"):
        path = Path(f"/var/lib/dpkg/info/{stem}.list")
        if path.exists():
            return path.stat().st_mtime
    raise HostError("has no file list", where=f"package {name}")


def _changelog(name: str) -> list[list[Any]] | None:
    for path in (f"/usr/share/doc/{name}/changelog.Debian.gz", f"/usr/share/doc/{name}/changelog.gz"):
        packed = read_bytes(path)
        if packed is not None:
            try:
                text = gzip.decompress(packed).decode("utf-8", "replace")
            except (OSError, EOFError, zlib.error) as error:
                raise HostError(f"cannot be unpacked: {error}", where=path) from error
            return [[version, cves] for version, cves in parse(text)]
    return None


def _candidate(name: str) -> dict[str, Any] | None:
    try:
        done = run(["apt-cache", "policy", name])
    except HostError:
        return None  # a host without apt
    text = done.stdout.decode("utf-8", "replace")
    found = _CANDIDATE.search(text)
    if not found or found.group(1) == "(none)":
        return None
    version = found.group(1)
    lines = text.partition("Version table:")[2].splitlines()
    heads = [number for number, line in enumerate(lines) if version in line.replace("***", "").split()]
    origins = lines[heads[0] + 1 :] if heads else []
    own = [line for line in _until_next(origins) if "security" in line]
    return {"version": version, "security": bool(own)}


def _until_next(lines: list[str]) -> list[str]:
    """Return the lines of one version's origins: they are indented deeper than versions."""
    last = next((number for number, line in enumerate(lines) if not line.startswith("        ")), len(lines))
    return lines[:last]


def _lists_at() -> float | None:
    times = [path.stat().st_mtime for path in Path(_LISTS).glob("*Release")]
    return max(times, default=None)


def _altered(name: str, binary: str) -> bool:
    done = run(["dpkg", "--verify", name])
    return any(line.split()[-1:] == [binary] for line in done.stdout.decode("utf-8", "replace").splitlines())
