"""Goal P1: what an operation costs a hardened server, measured in its own CPU time against a plain one."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path
from typing import Any

from tests.attacks.resp import encode

from . import tls_site

# (bytes of a value, commands sent at once): the ratio that is allowed, and the guide's (performance.md).
LIMITS = {(64, 1): 1.6, (64, 16): 1.6, (1024, 16): 2.7}
PEERS = {(64, 1): 1.7, (64, 16): 1.8, (1024, 16): 3.1}
# By commands sent at once: a round is some 100 ms of server CPU, so that the ticks of a noisy machine do not count.
OPERATIONS = {1: 8000, 16: 96_000}
ROUNDS = 7


def measure() -> dict[str, Any]:
    """Return the verdict: for each shape the ratio of the medians of interleaved rounds."""
    with (
        tempfile.TemporaryDirectory(prefix="rampart-bench-") as folder,
        tls_site.plain() as plain,
        tls_site.hardened(Path(folder) / "tls") as hardened,
    ):
        places = {"plain": plain, "hardened": hardened}
        costs: dict[tuple[int, int], dict[str, list[float]]] = {
            shape: {"plain": [], "hardened": []} for shape in LIMITS
        }
        for _round in range(ROUNDS):
            for shape, found in costs.items():
                for name, place in places.items():
                    found[name].append(_cost(place, *shape))
    ratios = {}
    for (size, depth), found in costs.items():
        medians = {name: statistics.median(values) for name, values in found.items()}
        ratios[size, depth] = round(medians["hardened"] / medians["plain"], 2)
        print(
            f"{size} B, pipeline {depth}: server CPU per operation plain {medians['plain']:.2f} us, "
            f"hardened {medians['hardened']:.2f} us: {ratios[size, depth]} "
            f"(limit {LIMITS[size, depth]}, guide {PEERS[size, depth]})"
        )
    return {
        "goal": "P1",
        "value": [ratios[shape] for shape in LIMITS],
        "limit": list(LIMITS.values()),
        "peer": list(PEERS.values()),
        "met": all(ratios[shape] <= limit for shape, limit in LIMITS.items()),
    }


def _cost(place: tls_site.Place, size: int, depth: int) -> float:
    """Return microseconds of server CPU per operation, SET and GET in turn."""
    value = "x" * size
    pair = encode("SET", "app:bench", value) + encode("GET", "app:bench")
    answer = len(b"+OK\r\n") + len(f"${size}\r\n{value}\r\n")
    with place.login() as link:
        tls_site.exchange(link, pair, answer)
        before = tls_site.cpu(place)
        if depth == 1:
            _one_by_one(link, value, OPERATIONS[depth] // 2)
        else:
            for _batch in range(OPERATIONS[depth] // depth):
                tls_site.exchange(link, pair * (depth // 2), answer * (depth // 2))
        # A look at the server costs it a login, which is no part of the data path.
        return (tls_site.cpu(place) - before - _look(place)) / OPERATIONS[depth] / 1000


def _one_by_one(link: Any, value: str, times: int) -> None:  # noqa: ANN401 - a socket, secured or not
    commands = (
        (encode("SET", "app:bench", value), len(b"+OK\r\n")),
        (encode("GET", "app:bench"), len(f"${len(value)}\r\n{value}\r\n")),
    )
    for _time in range(times):
        for request, size in commands:
            tls_site.exchange(link, request, size)


def _look(place: tls_site.Place) -> int:
    """Return what one look at the server costs it."""
    before = tls_site.cpu(place)
    return tls_site.cpu(place) - before
