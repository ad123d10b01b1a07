"""Restart a server without losing data; the work of redis_restart."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import host
from ..conf import restart as decide
from ..conf.merge import settings
from ..conf.syntax import parse
from ..errors import HostError
from . import instance, process, staged

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..connection import Server
    from .instance import Site

_PAUSE = 0.1
# With this the server saves once more when it is told to stop; the next start reads the file's own value.
_SAVE_AT_EXIT = "3600 1"


def restart(params: Mapping[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """Do the work of redis_restart and return its result.

    :raises HostError: a restart would lose data, did not succeed, or has lost data.
    """
    site = instance.look(params["unit"], params["config_file"])
    if not site.unit.name and not check_mode:
        raise HostError("there is no such unit", where=params["unit"])
    # In check mode the package, and the unit with it, may not be there yet.
    reasons = _reasons(site, params) if site.unit.name else list(params["reasons"])
    result: dict[str, Any] = {"changed": False, "restarted": False, "reasons": reasons}
    result.update(keys_before=None, keys_after=None)
    if not reasons or params["policy"] == "never":
        return {**result, "warnings": ["A restart is needed, but policy is never"] if reasons else []}
    if not site.unit.name:
        return {**result, "changed": True}
    _judge(site, check_mode=check_mode)
    before = _prepare(site, params, check_mode=check_mode)
    result.update(changed=True, keys_before=before.total if before else None)
    if check_mode:
        return result
    after = _restart(site, params)
    lost = decide.loss(before, after) if before else None
    if lost:
        raise HostError(f"data is missing: {lost}", where=site.unit.name)
    return {**result, "restarted": True, "keys_after": after.total}


def _reasons(site: Site, params: Mapping[str, Any]) -> list[str]:
    modified = {path: Path(path).stat().st_mtime for path in params["files"] if Path(path).exists()}
    started = process.started_at(site.pid) if site.pid else None
    return decide.reasons(params["reasons"], modified, started, needs_reload=site.unit.needs_reload)


def _judge(site: Site, *, check_mode: bool) -> None:
    """Find out before the running server stops that its file would be refused."""
    if site.document is not None:
        staged.judge(site.document, site.unit.user or "root", site.binary, check_mode=check_mode)


def _prepare(site: Site, params: Mapping[str, Any], *, check_mode: bool) -> decide.Keys | None:
    """Count the keys and make sure that they are on disk; None when the server does not run or cannot be asked."""
    if site.pid is None:
        return None
    with instance.door(site, params) as way:
        if way.server is None and params["policy"] == "force":
            return None
        if way.server is None:
            raise HostError(
                f"no door lets us in, so the data cannot be made safe: {'; '.join(way.reasons)}", where=site.unit.name
            )
        keys = decide.count(way.server.info("keyspace"))
        if params["policy"] == "safe":
            _make_safe(site, way.server, params["timeout"], check_mode=check_mode)
        return keys


def _make_safe(site: Site, server: Server, timeout: float, *, check_mode: bool) -> None:
    info = {**server.info("persistence"), **server.info("keyspace")}
    running = server.config(*decide.STORAGE, "save")
    refused = decide.refusal(info, running, _configured(site))
    if refused:
        raise HostError(f"a restart would lose data: {refused}", where=site.unit.name)
    if decide.needs_snapshot(info, running) and not check_mode:
        snapshot(server, timeout)
        if not running["save"]:
            server.command("CONFIG", "SET", "save", _SAVE_AT_EXIT)


def _configured(site: Site) -> dict[str, Any]:
    if site.document is None:
        raise HostError(
            "cannot be read, so where the next start looks for data is not known", where=site.config_file or ""
        )
    values = dict(settings(parse(staged.expanded(site.document), site.document.where)))
    if "dir" in values:
        values["dir"] = ((os.path.realpath(values["dir"][-1][0]),),)
    return values


def snapshot(server: Server, timeout: float) -> None:
    """Save the data by a BGSAVE that begins now, and wait until it succeeded. ``timeout`` is in seconds.

    :raises HostError: it failed, or did not end in time.
    """
    deadline = time.monotonic() + timeout
    _idle(server, deadline)  # a snapshot that is under way is older than the newest write
    server.command("BGSAVE")
    info = _idle(server, deadline)
    if info["rdb_last_bgsave_status"] != "ok":
        raise HostError("BGSAVE failed, see the server's log; it was not restarted", where="snapshot")


def _idle(server: Server, deadline: float) -> dict[str, str]:
    while time.monotonic() < deadline:
        info = server.info("persistence")
        if info["rdb_bgsave_in_progress"] == info["aof_rewrite_in_progress"] == "0":
            return info
        time.sleep(_PAUSE)
    raise HostError("BGSAVE did not end in time; the server was not restarted", where="snapshot")


def _restart(site: Site, params: Mapping[str, Any]) -> decide.Keys:
    if site.unit.needs_reload:
        host.run_ok(["systemctl", "daemon-reload"])
    host.run_ok(["systemctl", "restart", site.unit.name], timeout=params["timeout"])
    return _await(site, {**params, **_after(params)})


def _after(params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in (params["login_after"] or {}).items() if value is not None}


def _await(site: Site, params: Mapping[str, Any]) -> decide.Keys:
    """Wait until the new process has read its data, and count it."""
    deadline = time.monotonic() + params["timeout"]
    said: list[str] = []
    while time.monotonic() < deadline:
        found = instance.look(site.unit.name, params["config_file"])
        with instance.door(replace(found, warnings=[]), params) as way:
            if way.server and way.server.info("persistence").get("loading", "0") == "0":
                return decide.count(way.server.info("keyspace"))
            said = way.reasons
            if way.refused:
                break  # more of the same would only fill the ACL log
        time.sleep(_PAUSE)
    raise HostError(
        f"restarted, but no door lets us in: {'; '.join(said) or 'it still reads its data'}", where=site.unit.name
    )
