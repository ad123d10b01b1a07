"""Save the state of a server and its host before anything is changed; the first half of redis_undo."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import stat
import time
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import host
from ..conf import checkpoint
from ..conf import restart as decide
from ..conf.checkpoint import ABSENT, FILE, FOLDER, LINK, Entry, Manifest, Snapshot
from ..errors import HostError
from . import instance
from .restarting import snapshot

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ..connection import Server
    from .instance import Site

MANIFEST = "manifest.json"
DATA = "dump.rdb"
_COPIES = "files"
_CHUNK = 1 << 20
_PAUSE = 0.1


def save(params: Mapping[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """Save a checkpoint, unless there is one; return the result of redis_undo with ``state=saved``.

    :raises HostError: nothing could be saved, with the reason; the server goes on as it was.
    """
    folder = Path(params["path"])
    result: dict[str, Any] = {"changed": False, "checkpoint": str(folder)}
    if (folder / MANIFEST).is_file():
        return {**result, "reason": "there is a checkpoint already"}
    site = instance.look(params["unit"], params["config_file"])
    if site.binary is None:
        return {**result, "reason": "no server is installed, so there is no state to come back to"}
    if not check_mode:
        with _partial(folder) as partial:
            manifest = _take(site, partial, params)
            write_private(partial / MANIFEST, checkpoint.render(manifest).encode())
        entries: Iterable[Entry] = manifest.entries
    else:
        entries = scan(_roots(site, params))
    return {**result, "changed": True, "diff": {"before": "", "after": checkpoint.shown(entries)}, "reason": None}


def scan(roots: Iterable[str]) -> list[Entry]:
    """Return an entry for each root and everything below it."""
    return [look_at(path) for root in roots for path in _tree(root)]


def scan_modes(folders: Iterable[str]) -> list[Entry]:
    """Return mode and owner of the folders and of what lies directly in them, links left out."""
    paths = [path for folder in map(Path, folders) if folder.is_dir() for path in (folder, *sorted(folder.iterdir()))]
    return [look_at(str(path), content=False) for path in paths if not path.is_symlink()]


def keep(folder: Path, roots: Iterable[str]) -> tuple[Entry, ...]:
    """Copy all files below the roots into the folder, readable by root only; return the entries."""
    entries = []
    for root in roots:
        for path in _tree(root):
            entry = look_at(path)
            if entry.kind == FILE:
                data = host.read_bytes(path) or b""
                entry = Entry(**{**vars(entry), "sha256": hashlib.sha256(data).hexdigest()})
                write_private(copy_of(folder, entry), data)
            entries.append(entry)
    return tuple(entries)


def copy_of(folder: Path, entry: Entry) -> Path:
    """Return where the content of a file is kept: by its hash, so equal files are kept once."""
    return folder / _COPIES / entry.sha256


def look_at(path: str, *, content: bool = True) -> Entry:
    """Return one path as it is now."""
    try:
        found = Path(path).lstat()
    except FileNotFoundError:
        return Entry(path, ABSENT)
    kinds = ((stat.S_ISLNK, LINK), (stat.S_ISDIR, FOLDER), (stat.S_ISREG, FILE))
    kind = next((kind for check, kind in kinds if check(found.st_mode)), None)
    if kind is None and content:
        raise HostError("is neither a file nor a folder, so it cannot be saved", where=path)
    return Entry(
        path,
        kind or FILE,
        mode=stat.S_IMODE(found.st_mode),
        uid=found.st_uid,
        gid=found.st_gid,
        sha256=hash_of(path) if kind == FILE and content else "",
        target=str(Path(path).readlink()) if kind == LINK else "",
    )


def hash_of(path: str) -> str:
    """Return the SHA-256 of a file that may be large."""
    digest = hashlib.sha256()
    with Path(path).open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def make_private(folder: Path) -> None:
    """Make a folder, and those above that are missing, for root only."""
    for path in (*reversed(folder.parents), folder):
        if not path.is_dir():
            path.mkdir(mode=0o700)


@contextmanager
def alone(folder: Path, timeout: float) -> Iterator[None]:
    """Wait until nobody else works on the checkpoint: a module whose controller died goes on by itself.

    :param timeout: seconds.
    :raises HostError: somebody still does.
    """
    if not folder.parent.is_dir():
        yield  # there is no checkpoint to work on
        return
    handle = os.open(folder.parent, os.O_RDONLY)
    try:
        deadline = time.monotonic() + timeout
        while not _locked(handle):
            if time.monotonic() > deadline:
                raise HostError("another run is still at work on it", where=str(folder), hint="Wait, and run again")
            time.sleep(_PAUSE)
        yield
    finally:
        os.close(handle)


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _partial(folder: Path) -> Iterator[Path]:
    """Yield a folder that becomes the checkpoint only when all is in it; of a run that died nothing is taken over."""
    partial = folder.with_name(f".{folder.name}.partial")
    try:
        if partial.exists():
            shutil.rmtree(partial)
        make_private(partial / _COPIES)
        yield partial
        partial.rename(folder)
    except OSError as error:
        raise HostError(f"cannot be written: {error.strerror}", where=str(folder)) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _take(site: Site, partial: Path, params: Mapping[str, Any]) -> Manifest:
    roots = _roots(site, params)
    about: dict[str, Any] = {
        "made_at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "unit": site.unit.name,
        "roots": roots,
        "modes": tuple(scan_modes(params["modes"])),
        "kernel": {name: value for name in params["kernel"] if (value := read_kernel(name)) is not None},
    }
    if site.pid is not None:
        with instance.door(site, params) as way:
            if way.server is None:
                raise HostError(
                    f"no door lets us in, so the data cannot be saved: {'; '.join(way.reasons)}", where=site.unit.name
                )
            about.update(_said(way.server), login_user=way.user)
            about["snapshot"] = _save_data(site, way.server, partial, params["timeout"])
    return Manifest(entries=keep(partial, roots), **about)


def _roots(site: Site, params: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*([site.config_file] if site.config_file else []), *params["paths"]]))


def _said(server: Server) -> dict[str, Any]:
    pairs = server.command("CONFIG", "GET", "*")
    return {"running": dict(zip(pairs[::2], pairs[1::2])), "users": tuple(server.command("ACL", "LIST"))}


def _save_data(site: Site, server: Server, partial: Path, timeout: float) -> Snapshot:
    where = server.config("dir", "dbfilename")
    source = Path(where["dir"], where["dbfilename"])
    size = int(server.info("memory")["used_memory"])
    refused = checkpoint.space_refusal(size, _free(source.parent), _free(partial))
    if refused:
        raise HostError(
            f"the disk is too full for a snapshot: {refused}", where="checkpoint", hint="Nothing was changed"
        )
    keys = decide.count(server.info("keyspace")).total
    snapshot(server, timeout)
    copy = partial / DATA
    copy.touch(mode=0o600)
    shutil.copyfile(source, copy)
    _verify(site, copy, timeout)
    return Snapshot(str(source), hash_of(str(copy)), copy.stat().st_size, keys)


def _free(folder: Path) -> tuple[int, int]:
    found = os.statvfs(folder)
    return folder.stat().st_dev, found.f_bavail * found.f_frsize


def _verify(site: Site, copy: Path, timeout: float) -> None:
    """Let the server's own program read the copy: under this name it only checks a snapshot."""
    product = site.version.product if site.version else "redis"
    checker = copy.with_name(f"{product}-check-rdb")
    checker.symlink_to(str(site.binary))
    try:
        done = host.run([str(checker), str(copy)], timeout=timeout)
    finally:
        checker.unlink()
    said = done.stdout.decode("utf-8", "replace")
    if done.returncode or "RDB looks OK" not in said:
        last = (said.strip().splitlines() or ["it said nothing"])[-1]
        raise HostError(f"the copy of the snapshot is damaged: {last}", where="checkpoint", hint="Nothing was changed")


def read_kernel(name: str) -> str | None:
    """Return a value of sysctl, or None where this kernel does not have it."""
    text = host.read_text(f"/proc/sys/{name.replace('.', '/')}")
    return None if text is None else text.strip()


def _tree(root: str) -> list[str]:
    top = Path(root)
    if top.is_symlink() or not top.is_dir():
        return [root]
    return [root, *map(str, sorted(top.rglob("*")))]


def write_private(path: Path, data: bytes) -> None:
    """Write a file that only root can read."""
    account = str(os.geteuid())
    host.replace([host.FileWish(str(path), data, 0o600, account, str(os.getegid()))])
