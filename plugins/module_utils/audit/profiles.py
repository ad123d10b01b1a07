"""Profiles: how much a server is asked for, and when an audit has failed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .check import CRITICAL, FAIL, HIGH, NOT_EVALUATED, SEVERITIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .check import Check

NEVER = "never"
LEVELS = (*SEVERITIES, NEVER)


@dataclass(frozen=True)
class Profile:
    """``severities``: the checks it takes. ``failing``: statuses that count as failures."""

    name: str
    severities: tuple[str, ...]
    failing: tuple[str, ...]


DEFAULT = "guide-production"
PROFILES = {
    profile.name: profile
    for profile in (
        # What no server may have, whatever it is for.
        Profile("baseline", (CRITICAL, HIGH), (FAIL,)),
        # All that the guide asks of a server in production.
        Profile(DEFAULT, SEVERITIES, (FAIL,)),
        # The same, and what could not be looked at counts as failed.
        Profile("strict", SEVERITIES, (FAIL, NOT_EVALUATED)),
    )
}


def chosen(checks: Iterable[Check], profile: str) -> tuple[Check, ...]:
    """Return those of the checks that the profile takes."""
    return tuple(check for check in checks if check.severity in PROFILES[profile].severities)


def failures(report: Mapping[str, Any], fail_on: str) -> list[Mapping[str, Any]]:
    """Return the results for which an audit fails: as severe as ``fail_on``, or worse; none for ``never``."""
    if fail_on == NEVER:
        return []
    severe = SEVERITIES[: SEVERITIES.index(fail_on) + 1]
    failing = PROFILES[report["profile"]].failing
    return [row for row in report["results"] if row["status"] in failing and row["severity"] in severe]
