"""Goal P2: what a handshake costs the server with our kind of key, against RSA-4096; and no resumed session fails."""

from __future__ import annotations

import ssl
import statistics
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.attacks.resp import encode

from . import tls_site

OURS, GUIDE = "ecdsa-p256", "rsa-4096"
LIMIT = 0.3
HANDSHAKES = 60
ROUNDS = 7
RESUMPTIONS = 40
# The guide's block: no session caching. With client certificates every resumed session is cut off.
NO_CACHING = "tls-session-caching no"
PONG = b"+PONG\r\n"


def measure() -> dict[str, Any]:
    """Return the verdict: the ratio of the medians of interleaved rounds, and resumed sessions that failed."""
    with tempfile.TemporaryDirectory(prefix="rampart-bench-") as name:
        folder = Path(name)
        costs: dict[str, list[float]] = {OURS: [], GUIDE: []}
        with tls_site.hardened(folder / OURS, OURS) as ours, tls_site.hardened(folder / GUIDE, GUIDE) as guide:
            for _round in range(ROUNDS):
                costs[OURS].append(_cost(ours))
                costs[GUIDE].append(_cost(guide))
            failed = _failed_resumptions(ours)
        with tls_site.hardened(folder / "no-caching", more=NO_CACHING) as careless:
            peers = _failed_resumptions(careless)
    medians = {kind: statistics.median(values) for kind, values in costs.items()}
    value = round(medians[OURS] / medians[GUIDE], 2)
    for kind, median in medians.items():
        print(f"{kind}: {median / 1000:.2f} ms of server CPU per handshake with client certificate")
    print(f"resumed sessions that failed: {failed} of {RESUMPTIONS}, with the guide's session setting {peers}")
    return {
        "goal": "P2",
        "value": value,
        "limit": LIMIT,
        "peer": 1.0,
        "failed_resumptions": failed,
        "peer_failed_resumptions": peers,
        "met": value <= LIMIT and not failed,
    }


def _cost(place: tls_site.Place) -> float:
    """Return microseconds of server CPU per new connection, from the handshake to the answer of a PING."""
    before = tls_site.cpu(place)
    for _time in range(HANDSHAKES):
        with place.login() as link:
            tls_site.exchange(link, encode("PING"), len(PONG))
    # The second look is a handshake too.
    return (tls_site.cpu(place) - before) / (HANDSHAKES + 1) / 1000


def _failed_resumptions(place: tls_site.Place) -> int:
    """Connect again and again with the session of the connection before."""
    session: ssl.SSLSession | None = None
    failed = 0
    for _time in range(RESUMPTIONS):
        known, session = session, None
        with suppress(OSError, RuntimeError), place.link(known) as link:
            tls_site.exchange(link, encode("AUTH", tls_site.USER, tls_site.PASSWORD), len(b"+OK\r\n"))
            tls_site.exchange(link, encode("PING"), len(PONG))
            session = link.session if isinstance(link, ssl.SSLSocket) else None
        failed += session is None
    return failed
