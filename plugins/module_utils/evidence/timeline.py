"""What happened when, as far as server and host know; each line says where it is from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .manifest import utc

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_JOURNAL = re.compile(r"(\d{9,11}\.\d{1,6}) (.*)")
_LONGEST = 500
# Seconds: what is not between these was no time, or comes from a server that lies.
_EARLIEST, _LATEST = 0.0, 32503680000.0


@dataclass(frozen=True, order=True)
class Event:
    """``at``: seconds since 1970."""

    at: float
    source: str
    what: str


def from_info(info: Mapping[str, str], now: float) -> Iterator[Event]:
    """Yield the start of the server, its last save, and how long its primary has been away."""
    uptime = _number(info.get("uptime_in_seconds"))
    if uptime is not None:
        yield Event(now - uptime, "INFO", "the server started")
    saved = _number(info.get("rdb_last_save_time"))
    if saved is not None:
        yield Event(saved, "INFO", f"the data was saved ({info.get('rdb_last_bgsave_status', '?')})")
    away = _number(info.get("master_link_down_since_seconds"))
    if away is not None and away >= 0:
        yield Event(now - away, "INFO", "the link to the primary went down")


def from_clients(text: str, now: float) -> Iterator[Event]:
    """Yield the begin of each connection of CLIENT LIST, and its last command where that was later."""
    for line in text.splitlines():
        fields = dict(word.split("=", 1) for word in line.split(" ") if "=" in word)
        age, idle = _number(fields.get("age")), _number(fields.get("idle"))
        who = f"client {fields.get('id')} {fields.get('addr')} as {fields.get('user', '?')}"
        if age is not None:
            yield Event(now - age, "CLIENT LIST", f"{who} connected")
        if age is not None and idle is not None and idle < age:
            yield Event(now - idle, "CLIENT LIST", f"{who}: last command {fields.get('cmd', '?')}")


def from_acl_log(reply: Any, now: float) -> Iterator[Event]:  # noqa: ANN401 - whatever the server answered
    """Yield the first and the last time of each denial; before 7.2 only the last, from its age."""
    for entry in reply if isinstance(reply, list) else ():
        fields = _pairs(entry)
        what = (
            f"{fields.get('count')} x {fields.get('reason')} in {fields.get('context')}: {fields.get('object')}"
            f" as {fields.get('username')}; {fields.get('client-info')}"
        )
        first, last = (_number(fields.get(f"timestamp-{name}")) for name in ("created", "last-updated"))
        age = _number(fields.get("age-seconds"))
        if first is not None and last is not None:
            yield Event(last / 1000, "ACL LOG", f"denied, last of {what}")
            if first < last:
                yield Event(first / 1000, "ACL LOG", f"denied, first of {what}")
        elif age is not None:
            yield Event(now - age, "ACL LOG", f"denied, last of {what}")


def from_slowlog(reply: Any) -> Iterator[Event]:  # noqa: ANN401 - whatever the server answered
    """Yield each slow command, by its name only, for arguments are data.

    An entry is: id, seconds since 1970, microseconds, words, and from 4.0 on the client.
    """
    for entry in reply if isinstance(reply, list) else ():
        if isinstance(entry, list) and len(entry) >= len(("id", "at", "took", "words")) and isinstance(entry[3], list):
            at, who = _number(entry[1]), f" from {entry[4]}" if len(entry) > len(entry[:4]) else ""
            if at is not None:
                yield Event(at, "SLOWLOG", f"{(entry[3] or ['?'])[0]} took {entry[2]} us{who}")


def from_journal(text: str, source: str) -> Iterator[Event]:
    """Yield each line of a journal printed with times in seconds since 1970."""
    for found in map(_JOURNAL.fullmatch, text.splitlines()):
        if found:
            yield Event(float(found.group(1)), source, found.group(2))


def from_files(rows: Iterable[Mapping[str, Any]], source: str) -> Iterator[Event]:
    """Yield when each file was changed."""
    for row in rows:
        if "mtime" in row:
            yield Event(
                float(row["mtime"]), source, f"{row['path']} was changed (mode {row['mode']}, uid {row['uid']})"
            )


def render(events: Iterable[Event]) -> str:
    """Return the events in order, one a line: time, source, what; nothing in it steers a terminal."""
    possible = sorted(event for event in events if _EARLIEST <= event.at < _LATEST)
    return "".join(f"{utc(event.at)}\t{event.source}\t{_shown(event.what)}\n" for event in possible)


def _shown(text: str) -> str:
    plain = "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)
    return plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST]} ..."


def _pairs(entry: Any) -> dict[str, Any]:  # noqa: ANN401
    words: Sequence[Any] = entry if isinstance(entry, list) else ()
    return {str(name): value for name, value in zip(words[::2], words[1::2])}


def _number(value: Any) -> float | None:  # noqa: ANN401
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
