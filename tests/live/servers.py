"""Real servers for tests: binaries found, and each started on a unix socket in a folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.connection import (
    Endpoint,
    Server,
    connect,
    open_connection,
)
from ansible_collections.rampart.redis.plugins.module_utils.errors import UnreachableError
from ansible_collections.rampart.redis.plugins.module_utils.versions import ServerVersion, from_banner

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("redis-server", "valkey-server")
START_SECONDS = 10.0


def find_binaries(*more: Path) -> dict[str, str]:
    """Return path by version: those in PATH, in folders of ``$RAMPART_SERVERS``, ``.cache/servers`` and ``more``."""
    folders = [Path(os.environ["RAMPART_SERVERS"])] if os.environ.get("RAMPART_SERVERS") else []
    folders += [ROOT / ".cache/servers", *more]
    paths = [shutil.which(name) for name in NAMES]
    paths += [str(path) for folder in folders for name in NAMES for path in sorted(folder.glob(f"*/{name}"))]
    found: dict[str, str] = {}
    for path in paths:
        if path:
            found.setdefault(str(version_of(path)), path)
    return found


def distributions_own() -> str:
    """Return the distribution's server, which is built with TLS; others seldom are."""
    found = shutil.which("redis-server")
    if found is None:
        pytest.fail("the distribution's server is not in PATH; make live puts it there")
    return found


def version_of(binary: str) -> ServerVersion:
    """Ask a binary for its version."""
    return from_banner(subprocess.run([binary, "--version"], capture_output=True, text=True, check=True).stdout)


@dataclass(frozen=True)
class Running:
    """A started server: its folder, the way in, and the binary it runs."""

    folder: Path
    endpoint: Endpoint
    binary: str

    @property
    def version(self) -> ServerVersion:
        return version_of(self.binary)

    @contextmanager
    def session(self, user: str | None = None, password: str | None = None) -> Iterator[Server]:
        """Open a connection, logged in if ``password`` is given."""
        with connect(replace(self.endpoint, user=user, password=password)) as server:
            yield server


@contextmanager
def running(binary: str, config: str = "", acl: str | None = None) -> Iterator[Running]:
    """Start a server without persistence and without ports; stop it and remove its folder at the end.

    :param config: more lines for its redis.conf; ``{folder}`` is filled in.
    :param acl: the text of its users.acl, which it loads.
    """
    folder = Path(tempfile.mkdtemp(prefix="rampart-live-"))
    endpoint = Endpoint(unix_socket=str(folder / "socket"), tls=False)
    lines = ["port 0", f"unixsocket {endpoint.unix_socket}", f"dir {folder}", 'save ""', f"logfile {folder}/log"]
    if acl is not None:
        (folder / "users.acl").write_text(acl, encoding="utf-8")
        lines.append(f"aclfile {folder}/users.acl")
    conf = folder / "redis.conf"
    conf.write_text("\n".join([*lines, config.format(folder=folder)]) + "\n", encoding="utf-8")
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen([binary, str(conf)], stdout=output, stderr=output)
    try:
        _await(process, endpoint, folder)
        yield Running(folder, endpoint, binary)
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(folder)


def _await(process: subprocess.Popen[bytes], endpoint: Endpoint, folder: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if _answers(endpoint):
            return
        time.sleep(0.01)
    said = "".join(path.read_text() for path in (folder / "log", folder / "output") if path.exists())
    pytest.fail(f"the server did not start: {said}")


def _answers(endpoint: Endpoint) -> bool:
    """Tell whether the server serves: its socket is there before it has read its data, so a connection says nothing."""
    try:
        with closing(open_connection(endpoint)) as server:
            return server.pipeline([("PING",)])[0] is not None
    except UnreachableError:
        return False
