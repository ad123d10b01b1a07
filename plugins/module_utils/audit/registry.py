"""All families and checks, and how a user picks among them. An explicit list: nothing is discovered on the target."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from .check import NOT_APPLICABLE, Result
from .checks.acl import ACL
from .checks.certificates import CERTIFICATES
from .checks.config import CONFIG
from .checks.connections import CONNECTIONS
from .checks.copies import COPIES
from .checks.host import HOST
from .checks.network import NETWORK
from .checks.package import PACKAGE
from .checks.purposes import PURPOSES
from .checks.reach import REACH
from .checks.rights import RIGHTS
from .checks.sentinel import SENTINEL
from .checks.settings import SETTINGS
from .checks.system import SYSTEM
from .checks.tls import TLS
from .checks.users import USERS
from .checks.vulnerabilities import VULNERABILITIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .check import Check, Family

# Several lists of one family keep files short; in the registry they are one, in the order of their numbers.
FAMILIES: tuple[Family, ...] = (
    *(NETWORK, CONNECTIONS, REACH),
    *(ACL, RIGHTS, USERS, PURPOSES),
    *(TLS, CERTIFICATES),
    *(CONFIG, SETTINGS, COPIES),
    *(SENTINEL, HOST, SYSTEM, PACKAGE, VULNERABILITIES),
)
_CODES = tuple(dict.fromkeys(family.code for family in FAMILIES))
CHECKS: tuple[Check, ...] = tuple(
    sorted(
        (check for family in FAMILIES for check in family.checks),
        key=lambda check: (_CODES.index(check.family), check.ident),
    )
)
TITLES = {family.code: family.title for family in FAMILIES}

_SENTINEL = "a Sentinel holds no data"
# What a Sentinel cannot have: settings, persistence, replication, modules, tenants.
ABOUT_DATA = frozenset(
    {check.ident for check in CHECKS if check.family == CONFIG.code and check.ident != "RDS-CFG-015"}
    | {f"RDS-ACL-{number:03d}" for number in (14, 16, 19, 21, 23, 25)}
    | {f"RDS-TLS-{number:03d}" for number in (4, 5, 20)}
    | {"RDS-NET-007", "RDS-NET-015", "RDS-HOST-003", "RDS-HOST-004", "RDS-HOST-011"}
)


def select(include: Iterable[str] = (), exclude: Iterable[str] = ()) -> tuple[Check, ...]:
    """Return the checks named by ``include`` (all when empty) without those of ``exclude``.

    A name is an id (``RDS-NET-003`` or ``NET-003``) or a family (``NET``), in any case.

    :raises InputError: a name that is neither, with the nearest one.
    """
    wanted, unwanted = idents(include, "include"), idents(exclude, "exclude")
    return tuple(check for check in CHECKS if (not wanted or check.ident in wanted) and check.ident not in unwanted)


def judge(checks: Iterable[Check], sections: Mapping[str, Any], missing: Mapping[str, str]) -> Sequence[Result]:
    """Run the checks over one server's sections; a Sentinel holds no data, so what is about data is not about it."""
    is_sentinel = (sections.get("server") or {}).get("mode") == "sentinel"
    return [
        Result(check, NOT_APPLICABLE, check.severity, (_SENTINEL,))
        if is_sentinel and check.ident in ABOUT_DATA
        else check.run(sections, missing)
        for check in checks
    ]


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
    family, _dash, number = name.partition("-")
    whole = f"{family}-{number.zfill(3)[-3:]}"
    if number.isdigit() and any(check.ident[4:] == whole for check in CHECKS):
        return f"Did you mean {whole!r}?"
    known = [check.ident[4:] for check in CHECKS] + list(TITLES)
    family, _dash, number = name.partition("-")
    meant = f"{family}-{number.zfill(3)}"
    near = [meant] if meant in known else difflib.get_close_matches(name, known, n=1)
    return f"Did you mean {near[0]!r}?" if near else f"Families are {', '.join(TITLES)}"
