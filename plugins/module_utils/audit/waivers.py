"""Waivers: findings that somebody accepts for a while. They are shown as waived, and fail again when they expire.

::

    - id: NET-009                 # a check, not a family
      host: "cache-*"             # pattern of names of hosts; without it every host
      reason: The socket is shared with the web server of the same host
      owner: ann@example.com
      expires: 2027-03-31         # the last day on which it holds
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from .check import FAIL, WAIVED
from .registry import idents

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .check import Result

_REQUIRED = ("id", "reason", "owner", "expires")
_KNOWN = (*_REQUIRED, "host")


@dataclass(frozen=True)
class Waiver:
    """One accepted finding. ``expires`` is the last day on which it holds."""

    check: str
    host: str
    reason: str
    owner: str
    expires: date

    def fits(self, check: str, host: str) -> bool:
        """Tell whether it is about this check on this host."""
        return self.check == check and fnmatchcase(host, self.host)

    @property
    def sentence(self) -> str:
        """Who accepts it, until when, and why."""
        return f"by {self.owner} until {self.expires.isoformat()}: {self.reason}"


def parse(rows: Sequence[Any], places: Sequence[str] = ()) -> tuple[Waiver, ...]:
    """Read waivers.

    :param rows: one mapping each.
    :param places: where each of them stands, such as ``waivers.yml line 4``; without it the place in the list.
    :raises InputError: one that is broken, with its place.
    """
    named = places or [f"waivers[{number}]" for number in range(len(rows))]
    return tuple(_waiver(row, place) for row, place in zip(rows, named))


def apply(results: Iterable[Result], waivers: Sequence[Waiver], host: str, today: date) -> list[Result]:
    """Return the results with failures that are waived on this host marked so; an expired waiver says that it is."""
    return [_judged(result, waivers, host, today) if result.status == FAIL else result for result in results]


def _judged(result: Result, waivers: Sequence[Waiver], host: str, today: date) -> Result:
    fitting = [waiver for waiver in waivers if waiver.fits(result.check.ident, host)]
    if not fitting:
        return result
    longest = max(fitting, key=lambda waiver: waiver.expires)
    if longest.expires >= today:
        return replace(result, status=WAIVED, evidence=(*result.evidence, f"Waived {longest.sentence}"))
    return replace(result, evidence=(*result.evidence, f"The waiver has expired. It was given {longest.sentence}"))


def _waiver(row: Any, place: str) -> Waiver:  # noqa: ANN401 - whatever stands in the file
    if not isinstance(row, dict):
        raise InputError("a waiver is a mapping of id, host, reason, owner and expires", where=place)
    unknown = [str(key) for key in row if key not in _KNOWN]
    if unknown:
        raise InputError(f"unknown key {unknown[0]!r}", where=place, hint=f"Known are {', '.join(_KNOWN)}")
    missing = [key for key in _REQUIRED if not str(row.get(key) or "").strip()]
    if missing:
        raise InputError(f"{missing[0]} is missing", where=place, hint="Say what is accepted, why, by whom, how long")
    return Waiver(_check(row, place), str(row.get("host") or "*"), row["reason"], row["owner"], _day(row, place))


def _check(row: Mapping[str, Any], place: str) -> str:
    found = idents([str(row["id"])], place)
    if len(found) != 1:
        raise InputError(f"{row['id']!r} is a family; a waiver is for one check", where=place)
    return found.pop()


def _day(row: Mapping[str, Any], place: str) -> date:
    try:
        return date.fromisoformat(str(row["expires"]))
    except ValueError as error:
        hint = "Write the last day on which it holds as 2027-03-31"
        raise InputError(f"expires {str(row['expires'])!r} is no day", where=place, hint=hint) from error
