"""The running server against the wishes: what CONFIG SET changes, in which order, and what only a restart does."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .directives import SECRET, Directive, canonical, find
from .values import Lines, from_running, meaning, to_set

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..versions import ServerVersion
    from .wish import Wishes

# Batches of one CONFIG SET each; a batch is (name, value) pairs.
Batches = tuple[tuple[tuple[str, str], ...], ...]

_DOORS = ("port", "tls-port")
# Emptying it in the running server would open the default user: it ends with the restart that reads the ACL file.
_NEVER_EMPTIED = frozenset({"requirepass"})
_PAIR = frozenset({"tls-cert-file", "tls-key-file"})


@dataclass(frozen=True)
class Plan:
    """What to do to the running server. ``restart``: one sentence for each difference that CONFIG SET cannot mend."""

    batches: Batches = field(default=(), repr=False)
    restart: tuple[str, ...] = ()

    @property
    def live(self) -> list[str]:
        """Names of the directives to set, in order."""
        return [name for batch in self.batches for name, _value in batch]


def names(wishes: Wishes) -> list[str]:
    """Return the directives whose running value must be known."""
    return [*wishes.values, *sorted(wishes.absent - _NEVER_EMPTIED)]


def plan(wishes: Wishes, running: Mapping[str, str], version: ServerVersion, *, apply_live: bool) -> Plan:
    """Compare the wishes with CONFIG GET.

    :param running: name -> value; a name that the server does not answer is no difference.
    :param apply_live: False: nothing may be set, so every difference needs a restart.
    """
    differing = [(found, lines) for found, lines in _wanted(wishes) if _differs(found.name, lines, running)]
    static = {found.name for found, _lines in differing if not (apply_live and found.is_live(version))}
    changing = {found.name for found, _lines in differing}
    if not version.since((7, 0)) and running.get("tls-port", "0") != "0" and changing >= _PAIR:
        static |= _PAIR  # one at a time, the first would not match the second's old file
    live = {found.name: to_set(lines) for found, lines in differing if found.name not in static}
    sentences = [_sentence(found.name, lines, running) for found, lines in differing if found.name in static]
    return Plan(_batches(live, running, version), tuple(sentences))


def shown(batches: Batches, running: Mapping[str, str]) -> dict[str, str]:
    """Return the diff of running values for people, credentials hidden."""
    pairs = [pair for batch in batches for pair in batch]
    return {
        "before": "".join(_running_line(name, running[name]) for name, _value in pairs),
        "after": "".join(_running_line(name, value) for name, value in pairs),
    }


def undo(batches: Batches, running: Mapping[str, str]) -> Batches:
    """Return the batches that take the first ones back, last first."""
    return tuple(tuple((name, running[name]) for name, _value in reversed(batch)) for batch in reversed(batches))


def _wanted(wishes: Wishes) -> Iterable[tuple[Directive, Lines]]:
    for name, lines in wishes.values.items():
        yield find(name), lines
    for name in sorted(wishes.absent - _NEVER_EMPTIED):
        found = find(name)
        if found.default is not None:
            yield found, from_running(name, found.default)


def _differs(name: str, lines: Lines, running: Mapping[str, str]) -> bool:
    return name in running and meaning(name, from_running(name, running[name])) != meaning(name, lines)


def _sentence(name: str, lines: Lines, running: Mapping[str, str]) -> str:
    if canonical(name) in SECRET or name in SECRET:
        return f"{name}: the running server has another one"
    return f"{name}: running with {running[name] or 'none'}, wished is {to_set(lines) or 'none'}"


def _running_line(name: str, value: str) -> str:
    return f"running: {name} {'********' if name in SECRET else value}\n"


def _batches(live: Mapping[str, str], running: Mapping[str, str], version: ServerVersion) -> Batches:
    ordinary = [(name, value) for name, value in live.items() if name not in (*_DOORS, "bind")]
    doors = {name: live[name] for name in _DOORS if name in live}
    steps = [ordinary, [("bind", live["bind"])] if "bind" in live else [], *_door_steps(doors, running)]
    if not version.since((7, 0)):
        steps = [[pair] for step in steps for pair in step]
    return tuple(tuple(step) for step in steps if step)


def _door_steps(doors: Mapping[str, str], running: Mapping[str, str]) -> list[list[tuple[str, str]]]:
    """Open before closing; where one door takes over the other's number, close and open in one step."""
    in_use = {running.get(name, "0") for name in _DOORS} - {"0"}
    opening = [pair for pair in doors.items() if pair[1] != "0" and pair[1] not in in_use]
    taking = [pair for pair in doors.items() if pair[1] in in_use]
    closing = [pair for pair in doors.items() if pair[1] == "0"]
    if taking:
        return [[pair] for pair in opening] + [closing + taking]
    return [[pair] for pair in opening + closing]
