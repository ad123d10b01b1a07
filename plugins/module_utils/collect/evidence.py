"""Collect what memory and host still know into one encrypted bundle; the work of redis_evidence."""

from __future__ import annotations

import os
import platform
import tempfile
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import host
from ..connection import connect
from ..errors import HostError, InputError, RampartError, ServerRefusedError, UnreachableError
from ..evidence import manifest
from ..evidence.pieces import plan
from . import evidence_about, evidence_saving, instance, sealing
from .checkpoints import hash_of
from .evidence_case import Case, add_file, ask_all, close

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..connection import Endpoint, Server
    from .doors import Way
    from .instance import Site

_PREFIX = "rampart-evidence-"
_BEFORE, _NOW = "data/dump-before.rdb", "data/dump.rdb"
_DATA, _BGSAVE = "what memory holds", "server: BGSAVE"


def collect(params: Mapping[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """Collect, and return the result of redis_evidence with ``state=collected``.

    :raises InputError: nobody could open the bundle; nothing was asked yet.
    :raises HostError: the bundle could not be written; what was collected is gone.
    """
    owner = host.ids(params["owner"], "root")[0]
    with sealing.recipients(params["recipients"]) as handles:
        began = time.time()
        site = instance.look(params["unit"], params["config_file"])
        planned = plan(evidence_about.about(site, params))
        name = f"evidence-{manifest.safe_name(params['name'] or platform.node())}-{manifest.stamp(began)}"
        if check_mode:
            names = [piece.name for piece in planned.pieces]
            return {"changed": True, "bundle": None, "planned": [*names, *([_NOW] if params["rdb"] == "save" else [])]}
        # What was saved before keeps its second name until the bundle is whole.
        with _folder(params["path"]) as folder, ExitStack() as until_whole:
            path = folder / f"{name}.cms"
            with sealing.sealed(path, name, handles) as bundle, instance.door(site, params) as way:
                case = Case(bundle)
                door = _door(way, params)
                answers = ask_all(case, planned, door, way.reasons)
                data = _data(case, site, door, folder, params, until_whole)
                head = {**_head(site, way, params, began), "data": data}
                close(case, head, evidence_about.events(answers, site.pid))
        unasked = "" if way.server else "; ".join(way.reasons) or "it does not run"
        return {**_result(case, path, owner, data), "server_not_asked": unasked}


def remove(params: Mapping[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """Remove a bundle that was fetched whole.

    :raises InputError: the file is no bundle, or not the one that was fetched.
    """
    path = Path(params["bundle"] or "")
    if path.suffix != ".cms" or not path.parent.name.startswith(_PREFIX):
        raise InputError("is no bundle of redis_evidence", where=str(path))
    if not path.exists():
        return {"changed": False}
    if hash_of(str(path)) != params["sha256"]:
        raise InputError("is not the file that was fetched, so it stays", where=str(path), hint="Fetch it again")
    if not check_mode:
        path.unlink()
        with suppress(OSError):  # something else lies in it
            path.parent.rmdir()
    return {"changed": True}


@contextmanager
def _folder(above: str) -> Iterator[Path]:
    """Make a folder for root only; it is gone when nothing is left in it."""
    try:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=above))
    except OSError as error:
        raise HostError(f"cannot be written to: {error.strerror}", where=above) from error
    try:
        yield folder
    finally:
        with suppress(OSError):  # the bundle is in it
            folder.rmdir()


def _door(way: Way, params: Mapping[str, Any]) -> Endpoint | None:
    """Return the door that was found, with the login that opened it."""
    if way.server is None:
        return None
    door = way.server.endpoint
    password = door.password if way.user == door.user or way.user is None else params["current_password"]
    return replace(door, user=way.user, password=password if way.user else None)


def _data(
    case: Case, site: Site, door: Endpoint | None, folder: Path, params: Mapping[str, Any], until_whole: ExitStack
) -> dict[str, str]:
    """Add the data; return ``state`` (saved, refused, failed, skipped) and ``reason``."""
    if params["rdb"] == "skip":
        return {"state": "skipped", "reason": "on request"}
    if door is None:
        return _failed(case, HostError("no door lets us in", where="server"))
    try:
        # The first connection may be closed by now: a server hangs up on who is silent.
        with connect(door) as server:
            return _told(case, site, server, folder, params["timeout"], until_whole)
    except UnreachableError as error:
        return _failed(case, error)


def _told(
    case: Case, site: Site, server: Server, folder: Path, timeout: float, until_whole: ExitStack
) -> dict[str, str]:
    """Tell the server to save, unless something speaks against it."""
    try:
        where = evidence_saving.place(site, server)
        size = where.path.lstat().st_size if where.path.exists() else 0
        reason = evidence_saving.refusal(site, server, where, folder, size)
    except ServerRefusedError as error:
        return _failed(case, error)
    if reason:
        add_file(case, _BEFORE, "the data saved before", where.path, 0)
        case.miss(_NOW, _DATA, _BGSAVE, HostError(reason))
        return {"state": "refused", "reason": reason}
    before = until_whole.enter_context(evidence_saving.kept(where.path, folder))
    taken = add_file(case, _BEFORE, "the data saved before", before, 0) if before else 0
    return _save(case, server, where.path, taken, timeout)


def _save(case: Case, server: Server, path: Path, taken: int, timeout: float) -> dict[str, str]:
    existed = path.exists()
    try:
        evidence_saving.save(server, path, timeout)
    except RampartError as error:
        return _failed(case, error)
    add_file(case, _NOW, _DATA, path, taken)
    return {"state": "saved", "reason": "" if existed else f"{path} was made; there was none before"}


def _failed(case: Case, error: RampartError) -> dict[str, str]:
    case.miss(_NOW, _DATA, _BGSAVE, error)
    return {"state": "failed", "reason": error.what}


def _head(site: Site, way: Way, params: Mapping[str, Any], began: float) -> dict[str, Any]:
    return {
        "host": params["name"] or platform.node(),
        "began_at": manifest.utc(began),
        "ended_at": manifest.utc(time.time()),
        "collected_by": params["collected_by"],
        "on_the_host_as": os.environ.get("SUDO_USER") or str(os.geteuid()),
        "incident": params["incident"],
        "login": way.user or "",
        "unit": site.unit.name,
        "server": str(site.version or ""),
        "tools": {"openssl": sealing.version(), "python": platform.python_version(), "kernel": platform.release()},
    }


def _result(case: Case, path: Path, owner: int, data: dict[str, str]) -> dict[str, Any]:
    found = {"bundle": str(path), "sha256": hash_of(str(path)), "size": path.stat().st_size}
    # Who fetches it need not be root, and cannot read what is in it.
    for one in (path, path.parent):
        os.chown(one, owner, -1)
    return {
        "changed": True,
        **found,
        "data": data,
        "files": [{"name": item.name, "sha256": item.sha256, "truncated": item.truncated} for item in case.items],
        "missing": [{"name": gap.name, "reason": gap.reason} for gap in case.missing],
    }
