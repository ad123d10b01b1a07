"""Connections for a person: a table, and a sentence for each group that would be cut off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .connections import PLAINTEXT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .connections import Group

# Narrow: Ansible breaks lines of 80 characters.
_HEAD = ("from", "user", "door", "name", "library", "no.", "idle", "command", "cut off")
_NOTHING = "-"
# Durations by their length in seconds, the longest first.
_UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def table(groups: Iterable[Group]) -> list[str]:
    """Return the lines of a table, its head first."""
    rows = [_HEAD, *(_row(group) for group in groups)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    return ["  ".join(word.ljust(width) for word, width in zip(row, widths)).rstrip() for row in rows]


def sentences(groups: Iterable[Group]) -> list[str]:
    """Return one sentence for each group that would be cut off."""
    return [_sentence(group) for group in groups if group.is_cut_off]


def duration(seconds: int) -> str:
    """Return a duration in its largest whole unit."""
    length, unit = next((one for one in _UNITS if seconds >= one[0]), _UNITS[-1])
    return f"{seconds // length} {unit}"


def _row(group: Group) -> tuple[str, ...]:
    return (
        group.host or _NOTHING,
        group.user,
        group.transport,
        group.name or _NOTHING,
        group.library or _NOTHING,
        str(group.connections),
        duration(group.idle),
        group.command or _NOTHING,
        _fate(group),
    )


def _fate(group: Group) -> str:
    if group.is_own:
        return "no: us"
    if group.is_link:
        return "no: link"
    return "yes" if group.is_cut_off else "no"


def _sentence(group: Group) -> str:
    way = f"in {group.transport}" if group.transport == PLAINTEXT else f"through {group.transport}"
    what = [f"{group.host or 'somebody'} as {group.user} {way}"]
    what += [f"name {group.name}"] if group.name else []
    what += [group.library] if group.library else []
    what += [f"{group.connections} connections" if group.connections > 1 else "1 connection"]
    what += [f"last command {group.command or 'none'} {duration(group.idle)} ago"]
    return ", ".join(what)
