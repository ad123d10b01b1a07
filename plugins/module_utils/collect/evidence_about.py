"""What is known before anything is asked, and what the answers say about when."""

from __future__ import annotations

import pwd
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from .. import host
from ..errors import HostError
from ..evidence import timeline
from ..evidence.pieces import About
from ..evidence.timeline import Event
from . import evidence_reading, process

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .instance import Site

_SENTINEL = ("/etc/redis/sentinel.conf", "/etc/valkey/sentinel.conf")
_JOURNALS = {
    "host/journal_server.txt": "journal of the server",
    "host/journal_ssh.txt": "journal of sshd",
    "host/journal_root.txt": "journal of sudo, su, cron",
}
_TREES = ("host/footholds.json", "host/data_folder.json")


def about(site: Site, params: Mapping[str, Any]) -> About:
    """Return what the pieces are asked about on this host."""
    values = site.values
    return About(
        unit=site.unit.name,
        pid=str(site.pid or ""),
        package=_package(site.binary),
        data_dir=values.get("dir", "") if values.get("dir", "").startswith("/") else "",
        hours=str(params["hours"]),
        files=(*_files(site), *(_logs_of_writes(values) if params["rdb"] == "save" else ())),
        homes=tuple(
            sorted({entry.pw_dir for entry in pwd.getpwall() if entry.pw_dir.count("/") and entry.pw_dir != "/"})
        ),
        version=site.version.number if site.version else None,
    )


def events(answers: Mapping[str, tuple[Any, float]], pid: int | None) -> Iterator[Event]:
    """Yield what happened when, from answers by the name of their piece, each with the time it was given."""
    nothing: tuple[Any, float] = ("", 0.0)
    text, at = answers.get("server/info.txt", nothing)
    info = dict(line.split(":", 1) for line in str(text).splitlines() if ":" in line)
    yield from timeline.from_info(info, at)
    yield from timeline.from_clients(*_text(answers, "server/client_list.txt"))
    yield from timeline.from_acl_log(*answers.get("server/acl_log.json", nothing))
    yield from timeline.from_slowlog(answers.get("server/slowlog.json", nothing)[0])
    for name, source in _JOURNALS.items():
        yield from timeline.from_journal(_text(answers, name)[0], source)
    for name in _TREES:
        rows = answers.get(name, nothing)[0]
        yield from timeline.from_files(rows if isinstance(rows, tuple) else (), "file")
    started = process.started_at(pid) if pid else None
    if started is not None:
        yield Event(started, "/proc", f"process {pid} of the server was started")


def _text(answers: Mapping[str, tuple[Any, float]], name: str) -> tuple[str, float]:
    text, at = answers.get(name, ("", 0.0))
    return (text if isinstance(text, str) else ""), at


def _package(binary: str | None) -> str:
    with suppress(HostError):
        done = host.run(["dpkg-query", "--search", binary or ""]) if binary else None
        if done and not done.returncode:
            return done.stdout.decode("utf-8", "replace").split(":")[0]
    return ""


def _logs_of_writes(values: Mapping[str, str]) -> Iterator[str]:
    """Yield the append-only files: the newest commands are at their end."""
    folder = values.get("dir", "")
    if folder.startswith("/"):
        yield from sorted(evidence_reading.matches(f"{folder}/*.aof"))
        yield from sorted(evidence_reading.matches(f"{folder}/{values.get('appenddirname') or 'appendonlydir'}/*.aof"))


def _files(site: Site) -> Iterator[str]:
    """Yield configuration with what it includes, users, log, and that of a Sentinel beside it."""
    values = site.values
    yield site.config_file or ""
    for line in site.document.directives("include") if site.document else ():
        yield from evidence_reading.matches(line.arguments[0]) if line.arguments else ()
    yield from (values.get(name, "") for name in ("aclfile", "logfile"))
    yield from _SENTINEL
