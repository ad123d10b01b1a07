"""A throwaway server of the target's own binary: it says what a staged file will do before the real server reads it."""

from __future__ import annotations

import hashlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .conf.staging import ACL_NAME, explain, stage
from .connection import Endpoint, Server, open_connection
from .errors import ShadowError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator

# The user by which the caller is logged in; it is an addition to the users of the staged file.
SHADOW_USER = "rampart-shadow"

_BINARIES = ("redis-server", "valkey-server")
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# Seconds after which a shadow dies even if the process that started it was killed.
_LIFETIME = "120"
_GONE_SECONDS = 0.5
_PAUSE = 0.005


def find_binary() -> str | None:
    """Return the path of this host's server binary, or None."""
    for name in _BINARIES:
        found = shutil.which(name, path=_PATH)
        if found:
            return found
    return None


@contextmanager
def shadow(
    binary: str, *, config: str = "", acl: str | None = None, run_as: str | None = None, timeout: float = 10.0
) -> Iterator[Server]:
    """Start a server on a unix socket in a private directory and yield a connection with all rights.

    :param config: text of redis.conf; what would touch production (ports, files, replication, ...) is overridden.
    :param acl: text of users.acl; the user ``SHADOW_USER`` is added to it.
    :param run_as: account that the real server has; used when we are root, so that unreadable files are noticed.
    :param timeout: seconds for the start and for each reply.
    :raises ShadowError: the server did not accept a text; says which line.
    """
    account = pwd.getpwnam(run_as) if run_as and os.geteuid() == 0 else None
    # /run is memory, short (a socket's path has at most 107 bytes) and open to the service account.
    folder = tempfile.mkdtemp(prefix="rampart-shadow-", dir="/run" if os.geteuid() == 0 else None)
    password = secrets.token_hex(32)
    process = None
    try:
        _write_files(folder, config, acl, password)
        _give(folder, account)
        process = _start(binary, folder, account)
        with _connected(process, folder, config, password, timeout) as server:
            yield server
    finally:
        if process is not None:
            _kill(process)
        shutil.rmtree(folder, ignore_errors=True)


def _write_files(folder: str, config: str, acl: str | None, password: str) -> None:
    superuser = f"user {SHADOW_USER} on #{hashlib.sha256(password.encode()).hexdigest()} ~* +@all"
    staged = stage(config, folder=folder, acl=acl is not None, superuser=superuser)
    Path(folder, "redis.conf").write_text(staged, encoding="utf-8", errors="surrogateescape")
    if acl is not None:
        text = f"{acl.rstrip()}\n{superuser}\n" if acl.strip() else f"{superuser}\n"
        Path(folder, ACL_NAME).write_text(text, encoding="utf-8", errors="surrogateescape")


def _give(folder: str, account: pwd.struct_passwd | None) -> None:
    if account:
        for path in [folder, *map(str, Path(folder).iterdir())]:
            os.chown(path, account.pw_uid, account.pw_gid)


def _start(binary: str, folder: str, account: pwd.struct_passwd | None) -> subprocess.Popen[bytes]:
    identity: dict[str, Any] = {}
    if account:
        groups = os.getgrouplist(account.pw_name, account.pw_gid)
        identity = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": groups}
    with Path(folder, "log").open("wb") as log:
        # run_command waits for the end, and belongs to AnsibleModule. pylint: disable-next=ansible-bad-function
        return subprocess.Popen(  # noqa: S603 - no shell; a fixed program and the target's server
            ["timeout", "--signal=KILL", _LIFETIME, binary, f"{folder}/redis.conf"],  # noqa: S607 - coreutils
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env={"PATH": _PATH, "LC_ALL": "C"},
            start_new_session=True,
            umask=0o077,
            **identity,
        )


@contextmanager
def _connected(
    process: subprocess.Popen[bytes], folder: str, config: str, password: str, timeout: float
) -> Iterator[Server]:
    endpoint = Endpoint(unix_socket=f"{folder}/socket", tls=False, user=SHADOW_USER, password=password, timeout=timeout)
    server = _wait(process, endpoint)
    if server is None:
        log = Path(folder, "log").read_text(encoding="utf-8", errors="replace")
        raise explain(log, config)
    try:
        if server.version.since((6, 2)):
            server.command("ACL", "SETUSER", SHADOW_USER, "allchannels")
        yield server
    finally:
        # Where it goes by itself, ``timeout`` waits for it; killed, it would be left to init.
        with suppress(UnreachableError):
            server.pipeline([("SHUTDOWN", "NOSAVE")])
        server.close()


def _wait(process: subprocess.Popen[bytes], endpoint: Endpoint) -> Server | None:
    """Return a logged-in connection, or None when the server has ended."""
    deadline = time.monotonic() + endpoint.timeout
    while time.monotonic() < deadline:
        ended = process.poll() is not None
        try:
            return _login(endpoint)
        except UnreachableError:
            # The socket exists before the ACL file is read, so a server that refuses the file may hang up on us.
            if ended:
                return None
            time.sleep(_PAUSE)
    raise ShadowError(f"the server did not start within {endpoint.timeout:g} s", where="shadow server")


def _login(endpoint: Endpoint) -> Server:
    server = open_connection(endpoint)
    try:
        server.login(str(endpoint.user), str(endpoint.password))
    except UnreachableError:
        server.close()
        raise
    return server


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(subprocess.TimeoutExpired):
        process.wait(_GONE_SECONDS)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        # Its child, the server, is gone a moment later: nobody but init waits for it.
        deadline = time.monotonic() + _GONE_SECONDS
        while time.monotonic() < deadline:
            os.killpg(process.pid, 0)
            time.sleep(_PAUSE)
    process.wait()
