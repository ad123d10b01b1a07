"""May a server be restarted, and did it come back with its data? Decisions only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .directives import find
from .values import Lines, from_running, meaning, to_set

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Where the next start looks for the data: running and configured must agree, or it starts empty.
STORAGE = ("dir", "dbfilename", "appendonly", "appendfilename", "appenddirname")
# A file written this many seconds after the start of a process is newer; clocks of /proc are coarse.
_TICK = 0.05
# Keys may be deleted or evicted by clients between the two counts.
_TOLERANCE = 0.01
_MARGIN = 10


@dataclass(frozen=True)
class Keys:
    """Keys of all databases, and how many of them may vanish because they have a time to live."""

    total: int = 0
    expiring: int = 0


def reasons(
    given: Sequence[str], modified: Mapping[str, float], started: float | None, *, needs_reload: bool
) -> list[str]:
    """Return why a restart is needed; none means it is not.

    :param modified: path -> time of change; :param started: of the process, None when it does not run.
    """
    if started is None:
        return [*given, "the server does not run"]
    newer = [f"{path} is newer than the process" for path, changed in modified.items() if changed > started + _TICK]
    return [*given, *newer, *(["the unit was changed since it was loaded"] if needs_reload else [])]


def refusal(info: Mapping[str, str], running: Mapping[str, str], configured: Mapping[str, Lines]) -> str | None:
    """Return why a restart would lose data, or None.

    :param info: fields of INFO persistence and keyspace; :param running: CONFIG GET of ``STORAGE``;
    :param configured: the directives of the file.
    """
    if info.get("loading", "0") != "0":
        return "the server is still reading its data"
    for name in STORAGE:
        wanted = configured.get(name) or _default(name)
        if name in running and wanted and meaning(name, wanted) != meaning(name, from_running(name, running[name])):
            return f"it runs with {name} {running[name]}, but would start with {to_set(wanted)} and not find its data"
    if running.get("appendonly") == "yes":
        return _unhealthy(info)
    return None


def needs_snapshot(info: Mapping[str, str], running: Mapping[str, str]) -> bool:
    """Tell whether the data must be saved by BGSAVE before a restart."""
    return running.get("appendonly") != "yes" and count(info).total > 0


def count(info: Mapping[str, str]) -> Keys:
    """Add up INFO keyspace: ``db0:keys=3,expires=1,avg_ttl=0``."""
    rows = [value for name, value in info.items() if name[:2] == "db" and value.startswith("keys=")]
    fields = [dict(field.split("=", 1) for field in row.split(",")) for row in rows]
    return Keys(sum(int(row["keys"]) for row in fields), sum(int(row["expires"]) for row in fields))


def loss(before: Keys, after: Keys) -> str | None:
    """Say how many keys are missing, or None; keys with a time to live and a few deletions are no loss."""
    lasting = before.total - before.expiring
    if after.total >= lasting - max(_MARGIN, int(lasting * _TOLERANCE)) and (after.total > 0 or lasting == 0):
        return None
    return f"{before.total} keys before the restart ({before.expiring} with a time to live), {after.total} after it"


def _default(name: str) -> Lines | None:
    default = find(name).default
    return None if default is None else from_running(name, default)


def _unhealthy(info: Mapping[str, str]) -> str | None:
    if "1" in (info.get("aof_rewrite_in_progress"), info.get("aof_rewrite_scheduled")):
        return "the append-only file is being rewritten"
    for name in ("aof_last_write_status", "aof_last_bgrewrite_status"):
        if info.get(name, "ok") != "ok":
            return f"the append-only file is not healthy: {name} is {info[name]}"
    return None
