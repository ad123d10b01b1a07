"""The running process: its listening sockets, account, and what it shows to others. From /proc only."""

from __future__ import annotations

import pwd
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import HostError
from . import process

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Answer = TypeVar("Answer")

_NAMES = ("redis-server", "valkey-server", "redis-sentinel", "valkey-sentinel")
_DELETED = " (deleted)"
# Options whose value on a command line is a secret.
_SECRET_OPTIONS = re.compile(
    r"--(requirepass|masterauth|primaryauth|user|tls-key-file-pass|pass|askpass)$", re.IGNORECASE
)
_SECRET_NAMES = re.compile(r"(^REDISCLI_AUTH$|PASSW|SECRET|TOKEN|_PASS$)", re.IGNORECASE)


def find_pid(info: Mapping[str, str]) -> int:
    """Return the process of the server: the one INFO names if it is one of this host, or the only one there is.

    :raises HostError: none, or several and INFO does not say which.
    """
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit() and _title(entry) in _NAMES]
    named = int(info.get("process_id", "0"))
    if named in pids:
        return named
    if len(pids) == 1:
        return pids[0]
    what = f"{len(pids)} servers run here" if pids else "no server runs here"
    raise HostError(what, where="/proc", hint="Name config_file, or audit with sections: [server]")


def read_sockets(pid: int) -> list[dict[str, Any]]:
    """Return address and port of each TCP socket the process listens on.

    :raises HostError: the process ended, or may not be looked into.
    """
    found = [{"address": address, "port": port} for address, port in process.listening(pid)]
    return sorted(found, key=lambda row: (row["port"], row["address"]))


def read_process(pid: int) -> dict[str, Any]:
    """Return account, binary, start and visible secrets of the process; ``unseen`` is why the environment is unknown.

    :raises HostError: the process ended, or may not be looked into.
    """
    uid = _guarded(lambda: Path(f"/proc/{pid}").stat().st_uid, pid)
    exe = _guarded(lambda: str(Path(f"/proc/{pid}/exe").readlink()), pid)
    secrets = [["the command line", option] for option in _secret_options(_read(pid, "cmdline"))]
    unseen = ""
    try:
        secrets += [["the environment", name] for name in _secret_names(_read(pid, "environ"))]
    except HostError as error:
        unseen = str(error)
    return {
        "pid": pid,
        "uid": uid,
        "user": _account(uid),
        "exe": exe.removesuffix(_DELETED),
        "exe_deleted": exe.endswith(_DELETED),
        "started_at": process.started_at(pid),
        "visible_secrets": secrets,
        "unseen": unseen,
    }


def read_account(uid: int) -> dict[str, Any]:
    """Return shell and footholds (SSH keys, crontabs) of an account.

    :raises HostError: there is no such account, or its home may not be looked into.
    """
    try:
        entry = pwd.getpwuid(uid)
    except KeyError as error:
        raise HostError("there is no such account", where=f"uid {uid}") from error
    paths = [Path(entry.pw_dir, ".ssh", name) for name in ("authorized_keys", "authorized_keys2")]
    paths += [Path(folder, entry.pw_name) for folder in ("/var/spool/cron/crontabs", "/var/spool/cron")]
    footholds = [str(path) for path in paths if path.is_file()]
    return {"name": entry.pw_name, "shell": entry.pw_shell, "home": entry.pw_dir, "footholds": footholds}


def _title(folder: Path) -> str:
    # A server's title is "/usr/bin/redis-server 127.0.0.1:6379"; the kernel's own name of it is cut at 15 characters.
    try:
        words = _read(int(folder.name), "cmdline").decode("utf-8", "replace").replace("\0", " ").split(" ")
    except HostError:
        return ""
    return Path(words[0]).name


def _read(pid: int, name: str) -> bytes:
    return _guarded(Path(f"/proc/{pid}/{name}").read_bytes, pid)


def _guarded(read: Callable[[], Answer], pid: int) -> Answer:
    try:
        return read()
    except OSError as error:
        raise HostError(f"cannot be looked into: {error.strerror}", where=f"process {pid}") from error


def _account(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _secret_options(cmdline: bytes) -> list[str]:
    words = cmdline.decode("utf-8", "replace").split("\0")
    return sorted({word for word in words if _SECRET_OPTIONS.match(word)})


def _secret_names(environ: bytes) -> list[str]:
    pairs = (pair.decode("utf-8", "replace").partition("=") for pair in environ.split(b"\0"))
    return sorted({name for name, _equals, value in pairs if value and _SECRET_NAMES.search(name)})
