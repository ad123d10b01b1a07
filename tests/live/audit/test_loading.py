"""A server that reads its data at start: it answers some questions and refuses others until it has them."""

from __future__ import annotations

import shutil
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ansible_collections.rampart.redis.plugins.module_utils.connection import Endpoint, connect
from ansible_collections.rampart.redis.plugins.module_utils.errors import UnreachableError
from ansible_collections.rampart.redis.plugins.modules import redis_config_audit
from ansible_collections.rampart.redis.tests.live.servers import distributions_own, running
from ansible_collections.rampart.redis.tests.runner import succeed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Servers look up from their work every 2 MiB: here every 0.2 s, for half a minute if it were waited for.
KEYS, SIZE, MICROSECONDS_A_KEY = 1500, 50_000, 20_000
SECONDS = 10.0


def _data(binary: str, folder: Path) -> None:
    with running(binary, "rdbcompression no") as server, server.session() as talk:
        talk.pipeline([("SET", f"app:{number}", "v" * SIZE) for number in range(KEYS)])
        talk.command("SAVE")
        shutil.copy(server.folder / "dump.rdb", folder)


@contextmanager
def _loading(binary: str, folder: Path) -> Iterator[Endpoint]:
    endpoint = Endpoint(unix_socket=str(folder / "socket"), tls=False, timeout=SECONDS)
    lines = [f"dir {folder}", "port 0", f"unixsocket {folder}/socket", f"key-load-delay {MICROSECONDS_A_KEY}"]
    (folder / "redis.conf").write_text("\n".join(lines) + "\n", encoding="utf-8")
    process = subprocess.Popen([binary, str(folder / "redis.conf")], stdout=subprocess.DEVNULL)
    try:
        yield endpoint
    finally:
        process.kill()
        process.wait()


def _loads(endpoint: Endpoint) -> bool:
    try:
        with connect(endpoint) as talk:
            return talk.info("persistence")["loading"] == "1"
    except UnreachableError:
        return False


def test_a_server_that_loads_its_data_is_judged_by_what_it_says(tmp_path: Path) -> None:
    binary = distributions_own()
    _data(binary, tmp_path)
    with _loading(binary, tmp_path) as endpoint, running(binary) as other:
        deadline = time.monotonic() + SECONDS
        while not _loads(endpoint) and time.monotonic() < deadline:
            time.sleep(0.05)
        sockets = {"loading": endpoint.unix_socket, "other": other.endpoint.unix_socket}
        endpoints = [{"name": name, "login_unix_socket": path} for name, path in sockets.items()]
        options = {"tls": False, "login_timeout": SECONDS, "endpoints": endpoints}
        loading, ready = succeed(redis_config_audit, options)["reports"]
        assert _loads(endpoint)
    statuses = {row["id"]: row["status"] for row in loading["results"]}
    assert loading["missing"]["modules"].endswith(
        "MODULE LIST was refused: LOADING Redis is loading the dataset in memory"
    )
    assert statuses["RDS-CFG-006"] == "not_evaluated"
    assert statuses["RDS-ACL-002"] == "fail"
    assert "modules" not in ready["missing"]
