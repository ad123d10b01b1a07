"""Read what a host knows: programs, files, names, /proc. Everything with an upper size and a time limit."""

from __future__ import annotations

import glob
import json
import os
import select
import stat
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import HostError
from ..evidence.pieces import FILE, KERNEL, PROCESS, PROGRAM, TREE
from .checkpoints import hash_of, read_kernel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..evidence.pieces import Piece

_CHUNK = 65536
_HASHED = 16 * 2**20
_MOST_ROWS = 5000
_MOST_SAID = 2000
# The time of the last read access is evidence too; only root may leave it as it is.
_READ = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_PROC_FILES = ("status", "limits", "cgroup", "maps", "mountinfo")


@dataclass(frozen=True)
class Answer:
    """What was read; ``rows`` are those of a tree, for the timeline."""

    data: bytes
    truncated: bool = False
    note: str = ""
    rows: tuple[dict[str, Any], ...] = ()


def read(piece: Piece) -> Answer:
    """Return what a piece asks the host for.

    :raises HostError: it cannot be had.
    """
    readers: dict[str, Callable[[Piece], Answer]] = {
        PROGRAM: _program,
        FILE: lambda one: read_end(one.ask[0], one.limit),
        TREE: _tree,
        PROCESS: lambda one: _document(server_process(int(one.ask[0])), one.limit),
        KERNEL: _kernel,
    }
    return readers[piece.kind](piece)


def open_regular(path: str, *, follow: bool = True) -> int:
    """Open a regular file to read, without waiting for anybody and without leaving a trace of it.

    :raises HostError: there is none, or it is a pipe, a device or (without ``follow``) a link.
    """
    flags = _READ if follow else _READ | os.O_NOFOLLOW
    try:
        handle = _open(path, flags)
    except FileNotFoundError as error:
        raise HostError("there is no such file", where=path) from error
    except OSError as error:
        raise HostError(f"cannot be read: {error.strerror}", where=path) from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise HostError("is no regular file", where=path)
    return handle


def read_end(path: str, limit: int) -> Answer:
    """Return the end of a file, ``limit`` bytes at most."""
    with os.fdopen(open_regular(path), "rb") as stream:
        found = os.fstat(stream.fileno())
        try:
            stream.seek(max(0, found.st_size - limit))
            data = stream.read(limit)
        except OSError as error:
            raise HostError(f"cannot be read: {error.strerror}", where=path) from error
    real = os.path.realpath(path)
    note = f"mode {stat.S_IMODE(found.st_mode):04o}, owner {found.st_uid}:{found.st_gid}, changed {found.st_mtime:.0f}"
    return Answer(data, found.st_size > limit, note if real == path else f"{note}, is {real}")


def matches(pattern: str) -> Iterator[str]:
    """Return what a pattern means, hidden names too: that is where footholds are."""
    folder, _slash, last = pattern.rpartition("/")
    yield from glob.glob(pattern)  # noqa: PTH207 - a text as it is
    if last == "*":
        yield from glob.glob(f"{folder}/.*")  # noqa: PTH207


def server_process(pid: int) -> dict[str, Any]:
    """Return what /proc shows of the server: program with its hash, arguments, open files; of its environment names."""
    folder = Path(f"/proc/{pid}")
    try:
        arguments = folder.joinpath("cmdline").read_bytes().split(b"\0")
        found: dict[str, Any] = {
            "pid": pid,
            "exe": str(folder.joinpath("exe").readlink()),
            "exe_sha256": hash_of(str(folder / "exe")),
            "cwd": str(folder.joinpath("cwd").readlink()),
            "cmdline": [word.decode("utf-8", "backslashreplace") for word in arguments if word],
            "environment_names": _names(folder.joinpath("environ").read_bytes()),
            "open_files": dict(_handles(folder)),
            "children": [name for name, parent in _parents() if parent == str(pid)],
        }
    except OSError as error:
        raise HostError(f"cannot be looked into: {error.strerror}", where=f"process {pid}") from error
    for name in _PROC_FILES:
        with suppress(OSError):
            found[name] = folder.joinpath(name).read_text(encoding="utf-8", errors="replace").splitlines()
    return found


def _open(path: str, flags: int) -> int:
    try:
        return os.open(path, flags | os.O_NOATIME)
    except PermissionError:
        return os.open(path, flags)


def _names(environ: bytes) -> list[str]:
    pairs = (pair.partition(b"=")[0] for pair in environ.split(b"\0"))
    return sorted({name.decode("utf-8", "backslashreplace") for name in pairs if name})


def _handles(folder: Path) -> Iterator[tuple[str, str]]:
    for handle in sorted((folder / "fd").iterdir(), key=lambda path: int(path.name)):
        with suppress(OSError):  # closed meanwhile
            yield handle.name, str(handle.readlink())


def _parents() -> Iterator[tuple[str, str]]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                yield folder.name, (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()[1]


def _document(found: Any, limit: int) -> Answer:  # noqa: ANN401 - what JSON can hold
    data = json.dumps(found, indent=1).encode()
    return Answer(data[:limit], len(data) > limit)


def _kernel(piece: Piece) -> Answer:
    values = {name: read_kernel(name) for name in piece.ask}
    return Answer("".join(f"{name} = {value}\n" for name, value in values.items() if value is not None).encode())


def _tree(piece: Piece) -> Answer:
    deadline = time.monotonic() + piece.seconds
    paths = [path for pattern in piece.ask for path in sorted(matches(pattern))]
    rows = [_row(path, deadline) for path in dict.fromkeys(paths[:_MOST_ROWS])]
    kept = tuple(row for row in rows if row)
    answer = _document(kept, piece.limit)
    return Answer(answer.data, answer.truncated or len(paths) > _MOST_ROWS, f"{len(kept)} names", kept)


def _row(path: str, deadline: float) -> dict[str, Any] | None:
    try:
        found = os.lstat(path)
        row: dict[str, Any] = {
            "path": path,
            "mode": f"{found.st_mode:06o}",
            "uid": found.st_uid,
            "gid": found.st_gid,
            "size": found.st_size,
            "mtime": found.st_mtime,
            "ctime": found.st_ctime,
        }
        if stat.S_ISLNK(found.st_mode):
            row["target"] = os.readlink(path)  # noqa: PTH115 - a text as it is
        if stat.S_ISREG(found.st_mode) and found.st_size <= _HASHED and time.monotonic() < deadline:
            row["sha256"] = hash_of(path)
    except OSError:
        return None  # gone meanwhile
    return row


def _program(piece: Piece) -> Answer:
    memory = os.memfd_create("rampart-said", os.MFD_CLOEXEC)
    try:
        process = _start(piece.ask, memory)
        data, why = _read_for(process, piece.limit, piece.seconds)
        said = os.pread(memory, _MOST_SAID, 0).decode("utf-8", "replace").strip()
    finally:
        os.close(memory)
    if process.returncode and not data and not why:
        raise HostError(f"ended with status {process.returncode}", where=piece.ask[0], hint=said)
    status = f"ended with status {process.returncode}" if process.returncode and not why else ""
    return Answer(data, bool(why), ", ".join(filter(None, (why, status, said))))


def _start(argv: tuple[str, ...], said: int) -> subprocess.Popen[bytes]:
    try:
        # run_command has no limits, and belongs to AnsibleModule. pylint: disable-next=ansible-bad-function
        return subprocess.Popen(  # noqa: S603 - no shell; programs of a table
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=said,
            env={**os.environ, "LC_ALL": "C", "TZ": "UTC", "SYSTEMD_COLORS": "0"},
        )
    except FileNotFoundError as error:
        raise HostError("no such program", where=argv[0]) from error
    except OSError as error:
        raise HostError(f"cannot be started: {error.strerror}", where=argv[0]) from error


def _read_for(process: subprocess.Popen[bytes], limit: int, seconds: float) -> tuple[bytes, str]:
    """Read until the program ends, says too much or takes too long; return what it said, and why it was stopped."""
    deadline, data, why = time.monotonic() + seconds, bytearray(), ""
    with process:
        stream = process.stdout.fileno() if process.stdout else -1
        while not why:
            ready = select.select([stream], [], [], max(0.0, deadline - time.monotonic()))[0]
            chunk = os.read(stream, _CHUNK) if ready else None
            if chunk is None:
                why = f"stopped after {seconds:g} s"
            elif not chunk:
                break
            else:
                data += chunk
                why = f"cut at {limit} bytes" if len(data) > limit else ""
        if why:
            process.kill()
    return bytes(data[:limit]), why
