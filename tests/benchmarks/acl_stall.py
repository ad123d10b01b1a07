"""Goal P5: while a thousand users are re-checked, another client's PING is answered in time."""

from __future__ import annotations

import multiprocessing
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible_collections.rampart.redis.plugins.module_utils.connection import Endpoint, connect

from tests.live.servers import running

from . import acl_site

if TYPE_CHECKING:
    from multiprocessing.synchronize import Event

USERS = 1000
ROUNDS = 5
LIMIT_MS = 25.0
# performance.md: ACL GETUSER for all of them in one pipeline; a cold ACL LIST takes 600 to 800 ms.
PEER_MS = 463.0
_PAUSE = 0.0005


def measure() -> dict[str, Any]:
    """Return the verdict: the median over rounds of the worst PING during a re-check, in milliseconds."""
    during, quiet = [], []
    with (
        tempfile.TemporaryDirectory(prefix="rampart-bench-") as folder,
        running(acl_site.slowest(), acl=acl_site.OPEN) as server,
    ):
        with server.session() as session:
            _prefer(int(session.info("server")["process_id"]))
        task = acl_site.acl_task(server, acl_site.users(USERS))
        acl_site.play(Path(folder), [task])
        for _round in range(ROUNDS):
            _make_cold(server.endpoint)
            worst, seconds = _worst_ping(server.endpoint, lambda: _check(Path(folder), task))
            during.append(worst)
            quiet.append(_worst_ping(server.endpoint, lambda: time.sleep(seconds))[0])  # noqa: B023 - called at once
        cold = _worst_ping(server.endpoint, lambda: _list_cold(server.endpoint))[0]
    print(f"worst PING during a re-check of {USERS} users: {_shown(during)}")
    print(f"worst PING of a server with nothing to do, as long: {_shown(quiet)}")
    print(f"worst PING during one ACL LIST after a change: {cold:.0f} ms")
    value = round(statistics.median(during), 1)
    return {"goal": "P5", "value": value, "limit": LIMIT_MS, "peer": PEER_MS, "met": value <= LIMIT_MS}


def _prefer(pid: int) -> None:
    """Let a process go before others: what else this machine does is not what is measured. Only root may."""
    if os.geteuid() == 0:
        os.setpriority(os.PRIO_PROCESS, pid, -15)


def _shown(values: list[float]) -> str:
    return f"median {statistics.median(values):.1f} ms of {', '.join(f'{value:.1f}' for value in values)}"


def _check(folder: Path, task: dict[str, Any]) -> float:
    done = acl_site.play(folder, [task])
    if done.changed:
        raise RuntimeError("the re-check changed something")
    return done.seconds


def _make_cold(endpoint: Endpoint) -> None:
    """Make the server forget the texts it has worked out for ACL LIST."""
    with connect(endpoint) as server:
        names = server.command("ACL", "USERS")
        server.pipeline([("ACL", "SETUSER", name, "sanitize-payload") for name in names if name != "default"])


def _list_cold(endpoint: Endpoint) -> float:
    _make_cold(endpoint)
    with connect(endpoint) as server:
        server.command("ACL", "LIST")
    return 0.0


def _worst_ping(endpoint: Endpoint, work: Any) -> tuple[float, float]:  # noqa: ANN401
    """Return the slowest PING, in milliseconds, of a client in a process of its own, and what ``work`` returned."""
    context = multiprocessing.get_context("fork")
    ready, stop = context.Event(), context.Event()
    receiver, sender = context.Pipe(duplex=False)
    pinger = context.Process(target=_ping, args=(endpoint, ready, stop, sender))
    pinger.start()
    ready.wait()
    try:
        returned = work()
    finally:
        stop.set()
    worst = receiver.recv()
    pinger.join()
    return worst, returned


def _ping(endpoint: Endpoint, ready: Event, stop: Event, sender: Any) -> None:  # noqa: ANN401
    worst = 0.0
    _prefer(0)
    with connect(endpoint) as server:
        ready.set()
        while not stop.is_set():
            started = time.perf_counter()
            server.command("PING")
            worst = max(worst, time.perf_counter() - started)
            time.sleep(_PAUSE)
    sender.send(worst * 1000)
