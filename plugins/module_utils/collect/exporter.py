"""Exporters of metrics on this host, and what they tell a stranger."""

from __future__ import annotations

import http.client
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..errors import HostError
from . import process

# As the kernel cuts the names of processes, at 15 characters.
_NAMES = ("redis_exporter", "redis-exporter", "prometheus-redi", "valkey_exporter", "valkey-exporter")
_TIMEOUT = 2.0
_ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what is listened on, not bound to


def read() -> list[dict[str, Any]]:
    """Return a row for each socket of an exporter: pid, uid, address, port, and ``metrics`` and ``scrape``.

    These are the status of GET /metrics and of GET /scrape without a target and without credentials: a number, or why
    there is none. An exporter asked for metrics asks its server, as it does all day.
    """
    rows = []
    for pid in process.pids():
        if _name(pid) in _NAMES:
            with suppress(FileNotFoundError):  # ended meanwhile
                uid = Path(process.PROC, str(pid)).stat().st_uid
                rows += [_row(pid, uid, address, port) for address, port in _sockets(pid)]
    return rows


def _sockets(pid: int) -> list[tuple[str, int]]:
    try:
        return process.listening(pid)
    except HostError:
        return []  # ended meanwhile


def _row(pid: int, uid: int, address: str, port: int) -> dict[str, Any]:
    reach = _ANY.get(address, address)
    return {
        "pid": pid,
        "uid": uid,
        "address": address,
        "port": port,
        "metrics": _status(reach, port, "/metrics"),
        "scrape": _status(reach, port, "/scrape"),
    }


def _status(address: str, port: int, path: str) -> int | str:
    link = http.client.HTTPConnection(address, port, timeout=_TIMEOUT)
    try:
        link.request("GET", path)
        return link.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return f"no HTTP: {error}"  # TLS, or nothing that speaks HTTP
    finally:
        link.close()


def _name(pid: int) -> str:
    try:
        return Path(process.PROC, str(pid), "comm").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""  # ended meanwhile
