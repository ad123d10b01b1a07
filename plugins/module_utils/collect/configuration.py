"""Bring a configuration file and the running server to what is wished; the work of redis_config."""

from __future__ import annotations

import os
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import host
from ..conf import diff, merge
from ..conf.directives import find, require_known
from ..conf.syntax import render
from ..conf.wish import Wishes
from ..conf.wish import parse as parse_wishes
from ..connection import Endpoint, connect
from ..errors import HostError, LoginError, MissingLibraryError, RampartError, UnreachableError
from ..shadow import find_binary
from . import leftovers, process, staged

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..conf.syntax import Document
    from ..connection import Server

# Commands of every release: one that the running server does not know was renamed.
_COMMANDS = ("config", "debug", "del", "eval", "flushall", "flushdb", "get", "keys", "set", "shutdown", "sort")
_REWRITE_SECONDS = 600.0
_PAUSE = 0.1


@dataclass(frozen=True)
class Running:
    """The running server: None, or its values of the wished directives and what they lack."""

    server: Server | None = None
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    plan: diff.Plan = field(default_factory=diff.Plan)
    warnings: tuple[str, ...] = ()


def configure(params: Mapping[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """Do the work of redis_config and return its result.

    :raises InputError: a wish that cannot be had. :raises ShadowError: the result is no configuration.
    :raises LoginError: the running server does not let us in.
    """
    path = params["config_file"]
    cores = len(os.sched_getaffinity(0))
    wishes = parse_wishes(params["directives"], params["secret_directives"], params["absent"], cores=cores)
    before, after = merge.staged(host.read_text(path) or "", wishes, path)
    binary = params["binary"] or find_binary()
    wish = _file_wish(params, after)
    writes = params["apply"] != "live" and not _is_met(wish, check_mode=check_mode)
    validated, reason = _judged(params, after, binary, check_mode=check_mode)
    with _running(params, wishes, binary, check_mode=check_mode) as running:
        if not check_mode:
            _apply(running, wish if writes else None)
        closed = [] if params["apply"] == "file" else _close_leftovers(running, wishes, check_mode=check_mode)
        return {
            "changed": writes or bool(running.plan.live) or bool(closed),
            "diff": _shown(before, after, running) if writes else _shown(before, before, running),
            "live": running.plan.live,
            "closed": closed,
            "restart_required": list(running.plan.restart),
            "validated": validated,
            "reason": reason,
            "warnings": list(running.warnings),
        }


def _judged(
    params: Mapping[str, Any], after: Document, binary: str | None, *, check_mode: bool
) -> tuple[bool, str | None]:
    if params["apply"] == "live":
        return False, "apply is live: the running server itself judges"
    return staged.judge(after, params["service_user"], binary, check_mode=check_mode)


def _file_wish(params: Mapping[str, Any], after: Document) -> host.FileWish:
    path = Path(params["config_file"])
    owner = params["service_user"]
    with suppress(FileNotFoundError, KeyError):
        owner = path.owner()
    data = render(after).encode("utf-8", "surrogateescape")
    return host.FileWish(str(path), data, int(params["mode"], 8), owner, params["service_group"])


def _is_met(wish: host.FileWish, *, check_mode: bool) -> bool:
    try:
        return wish.is_met()
    except HostError:
        if check_mode:
            return False  # the accounts come with the package
        raise


@contextmanager
def _running(params: Mapping[str, Any], wishes: Wishes, binary: str | None, *, check_mode: bool) -> Iterator[Running]:
    only_file = params["apply"] == "file"
    with ExitStack() as stack:
        try:
            server = stack.enter_context(connect(Endpoint.from_params(params)))
        except (UnreachableError, MissingLibraryError) as error:
            warning = _excuse(error, binary, only_file=only_file, check_mode=check_mode)
            yield Running(warnings=(warning,) if warning else ())
            return
        for name in wishes.values:
            require_known(find(name), server.version)
        values = server.config(*diff.names(wishes))
        plan = diff.plan(wishes, values, server.version, apply_live=not only_file)
        yield Running(server, values, _with_renamed(plan, server, wishes))


def _excuse(error: RampartError, binary: str | None, *, only_file: bool, check_mode: bool) -> str | None:
    """Go on without the server when it does not run, or is not to be touched; else raise the error."""
    if isinstance(error, MissingLibraryError) and not check_mode:
        raise error
    if not isinstance(error, LoginError) and not (binary and process.running_from(binary)):
        return None
    if only_file or check_mode:
        return f"The running server was not compared: {error}"
    raise error


def _with_renamed(plan: diff.Plan, server: Server, wishes: Wishes) -> diff.Plan:
    if "rename-command" not in wishes.absent:
        return plan
    table = server.command("COMMAND", "INFO", *_COMMANDS)
    gone = [name.upper() for name, entry in zip(_COMMANDS, table) if not entry]
    sentence = f"rename-command: the running server still renames {', '.join(gone)}"
    return diff.Plan(plan.batches, (*plan.restart, sentence)) if gone else plan


def _apply(running: Running, wish: host.FileWish | None) -> None:
    """First the server, then the file: an append-only file must exist before the next start looks for it."""
    done: list[tuple[tuple[str, str], ...]] = []
    try:
        for batch in running.plan.batches:
            _set(running, batch)
            done.append(batch)
        if wish:
            host.replace([wish])
    except RampartError as error:
        stuck = _undo(running, tuple(done))
        if stuck:
            error.hint = f"{error.hint} These could not be taken back: {', '.join(stuck)}".strip()
        raise


def _close_leftovers(running: Running, wishes: Wishes, *, check_mode: bool) -> list[str]:
    """Where ``port`` is to be 0 and is so by now, close what still talks through it; return who that is."""
    server = running.server
    if server is None or wishes.values.get("port") != (("0",),) or server.config("port") != {"port": "0"}:
        return []
    found = leftovers.find(server)
    if found and not check_mode:
        leftovers.hang_up(server, found)
    return [f"{one.address} as {one.user}" for one in found]


def _undo(running: Running, done: diff.Batches) -> list[str]:
    """Take the batches back, as far as the server lets us; return what stayed."""
    stuck = [batch for batch in diff.undo(done, running.values) if not _is_set(running, batch)]
    return [name for batch in stuck for name, _value in batch]


def _is_set(running: Running, batch: tuple[tuple[str, str], ...]) -> bool:
    try:
        _set(running, batch)
    except RampartError:
        return False
    return True


def _set(running: Running, batch: tuple[tuple[str, str], ...]) -> None:
    if running.server is None:
        return
    running.server.command("CONFIG", "SET", *[word for pair in batch for word in pair])
    if ("appendonly", "yes") in batch:
        _await_rewrite(running.server)


def _await_rewrite(server: Server) -> None:
    deadline = time.monotonic() + _REWRITE_SECONDS
    while time.monotonic() < deadline:
        state = server.info("persistence")
        if state["aof_rewrite_in_progress"] == state["aof_rewrite_scheduled"] == "0":
            if state["aof_last_bgrewrite_status"] == "ok":
                return
            raise HostError("the append-only file could not be written, see the server's log", where="appendonly")
        time.sleep(_PAUSE)
    raise HostError(f"the append-only file was not complete after {_REWRITE_SECONDS:g} s", where="appendonly")


def _shown(before: Document, after: Document, running: Running) -> dict[str, str]:
    files, live = merge.shown(before, after), diff.shown(running.plan.batches, running.values)
    return {"before": files["before"] + live["before"], "after": files["after"] + live["after"]}
