"""All families and checks, and how a user picks among them. An explicit list: nothing is discovered on the target."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from .checks.acl import ACL
from .checks.config import CONFIG
from .checks.host import HOST
from .checks.network import NETWORK
from .checks.package import PACKAGE
from .checks.rights import RIGHTS
from .checks.sentinel import SENTINEL
from .checks.tls import TLS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .check import Check, Family, Result

FAMILIES: tuple[Family, ...] = (NETWORK, ACL, RIGHTS, TLS, CONFIG, SENTINEL, HOST, PACKAGE)
CHECKS: tuple[Check, ...] = tuple(check for family in FAMILIES for check in family.checks)
TITLES = {family.code: family.title for family in FAMILIES}


def select(include: Iterable[str] = (), exclude: Iterable[str] = ()) -> tuple[Check, ...]:
    """Return the checks named by ``include`` (all when empty) without those of ``exclude``.

    A name is an id (``RDS-NET-003`` or ``NET-003``) or a family (``NET``), in any case.

    :raises InputError: a name that is neither, with the nearest one.
    """
    wanted, unwanted = idents(include, "include"), idents(exclude, "exclude")
    return tuple(check for check in CHECKS if (not wanted or check.ident in wanted) and check.ident not in unwanted)


def judge(checks: Iterable[Check], sections: Mapping[str, Any], missing: Mapping[str, str]) -> Sequence[Result]:
    """Run the checks over one server's sections."""
    return [check.run(sections, missing) for check in checks]


def idents(names: Iterable[str], option: str) -> set[str]:
    """Return the ids of the checks meant by names of checks and families.

    :raises InputError: a name that is neither, with the nearest one; ``option`` says where it stands.
    """
    found: set[str] = set()
    for name in names:
        wanted = name.strip().upper().removeprefix("RDS-")
        matches = {check.ident for check in CHECKS if wanted in (check.family, check.ident[4:])}
        if not matches:
            raise InputError(f"unknown check {name!r}", where=option, hint=_hint(wanted))
        found |= matches
    return found


def _hint(name: str) -> str:
    known = [check.ident[4:] for check in CHECKS] + list(TITLES)
    family, _dash, number = name.partition("-")
    meant = f"{family}-{number.zfill(3)}"
    near = [meant] if meant in known else difflib.get_close_matches(name, known, n=1)
    return f"Did you mean {near[0]!r}?" if near else f"Families are {', '.join(TITLES)}"
