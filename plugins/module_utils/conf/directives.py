"""What is known about a directive: its kind, where it exists, whether it can be set while the server runs."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import InputError
from ..versions import REDIS, VALKEY
from .table import ALIASES, CRAWLED, DIRECTIVES

if TYPE_CHECKING:
    from ..versions import ServerVersion

# Their arguments are credentials; shown nowhere.
SECRET = frozenset(
    {"requirepass", "masterauth", "primaryauth", "tls-key-file-pass", "tls-client-key-file-pass", "user"}
)
Release = tuple[int, int]


@dataclass(frozen=True)
class Directive:
    """One directive; ``exists`` and ``settable`` map a product to ranges of releases (see table.py)."""

    name: str
    kind: str
    default: str | None
    exists: dict[str, tuple[str, ...]]
    settable: dict[str, tuple[str, ...]]

    def known_to(self, version: ServerVersion) -> bool | None:
        """Tell whether the server has it; None for a release between those that were looked at."""
        release = version.number[:2]
        found = _covers(self.exists[version.product], release)
        if found or release in map(_release, CRAWLED[version.product]):
            return found
        return None

    def is_live(self, version: ServerVersion) -> bool:
        """Tell whether CONFIG SET changes it."""
        return _covers(self.settable[version.product], version.number[:2])


def find(name: str, where: str = "directives") -> Directive:
    """Return a directive by its name or old name.

    :raises InputError: no release of any product has it; the nearest name is suggested.
    """
    # A server that knows the new name knows the old one too.
    names = (name.lower(), canonical(name))
    rows = [DIRECTIVES[known] for known in dict.fromkeys(names) if known in DIRECTIVES]
    if not rows:
        near = difflib.get_close_matches(name.lower(), [*DIRECTIVES, *ALIASES], n=1)
        hint = f"Did you mean {near[0]}?" if near else "The names are those of redis.conf"
        raise InputError(f"unknown directive {name!r}", where=where, hint=hint)
    return Directive(
        name.lower(),
        kind=rows[0][0],
        default=rows[0][1],
        exists={REDIS: tuple(row[2] for row in rows), VALKEY: tuple(row[3] for row in rows)},
        settable={REDIS: tuple(row[4] for row in rows), VALKEY: tuple(row[5] for row in rows)},
    )


def canonical(name: str) -> str:
    """Return the one name that a directive and its aliases share."""
    return ALIASES.get(name.lower(), name.lower())


def kind_of(name: str) -> str:
    """Return the kind of a directive found in a file; of an unknown one, ``text``."""
    row = DIRECTIVES.get(canonical(name)) or DIRECTIVES.get(name.lower())
    return row[0] if row else "text"


def require_known(directive: Directive, version: ServerVersion, where: str = "directives") -> None:
    """Raise ``InputError`` when the server's release is known not to have the directive."""
    if directive.known_to(version) is False:
        ranges = [f"{product} {span}" for product, spans in directive.exists.items() for span in spans if span]
        raise InputError(f"{directive.name} does not exist in {version}, only in {', '.join(ranges)}", where=where)


def _release(text: str) -> Release:
    major, minor = text.split(".")
    return int(major), int(minor)


def _covers(spans: tuple[str, ...], release: tuple[int, ...]) -> bool:
    return any(_within(span, release) for span in spans if span)


def _within(span: str, release: tuple[int, ...]) -> bool:
    since, until = span.split("-")
    return _release(since) <= release and (not until or release <= _release(until))
