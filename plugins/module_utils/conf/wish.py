"""The wishes for a configuration, checked: what cannot be had safely is refused here, with the reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..errors import InputError
from .directives import SECRET, canonical, find
from .values import Lines, from_wish

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_NOT_OURS = {
    "include": "the included file could not be validated with the rest; give its directives instead",
    "loadmodule": "a module is code that runs inside the server; load it in a file that a person has read",
    "user": "users belong in the ACL file; use rampart.redis.redis_acl",
}


@dataclass(frozen=True)
class Wishes:
    """``values``: name as given -> lines; ``absent``: canonical names that shall not be in the file."""

    values: Mapping[str, Lines] = field(repr=False)
    absent: frozenset[str] = frozenset()


def parse(
    directives: Mapping[str, object], secrets: Mapping[str, object], absent: Iterable[str], *, cores: int
) -> Wishes:
    """Check and combine the options of redis_config. ``cores``: processors of the host.

    :raises InputError: says which option and what to do instead.
    """
    shown = sorted(SECRET.intersection(map(str.lower, directives)) - {"user"})
    if shown:
        raise InputError(
            "would be shown in logs here", where=f"directives.{shown[0]}", hint="Give it in secret_directives"
        )
    values: dict[str, Lines] = {}
    for name, value in [*directives.items(), *secrets.items()]:
        _refuse(name, value, cores)
        values[name.lower()] = from_wish(name, value)
    _refuse_twice(values, absent)
    gone = {canonical(find(name, "absent").name) for name in absent}
    # A server with an ACL file does not start when redis.conf defines users too.
    inline_users = {"user"} if values.get("aclfile", (("",),)) != (("",),) else set()
    return Wishes(values, frozenset(gone | inline_users))


def _refuse(name: str, value: object, cores: int) -> None:
    where = f"directives.{name}"
    if name.lower() == "rename-command":
        raise InputError(
            "is refused: it breaks loading of the append-only file, replicas and Sentinel, and denies nothing that an "
            f"ACL rule would not deny better (here: {_acl_rules(value)})",
            where=where,
            hint="Give users fewer rights with rampart.redis.redis_acl",
        )
    if name.lower() in _NOT_OURS:
        raise InputError(f"is refused: {_NOT_OURS[name.lower()]}", where=where)
    limit = max(1, cores - 1)
    if name.lower() == "io-threads" and str(value).isdigit() and int(str(value)) > limit:
        raise InputError(
            f"{value} threads for input and output on {cores} processors make the server slower",
            where=where,
            hint=f"At most {limit} here",
        )


def _acl_rules(value: object) -> str:
    entries = value if isinstance(value, list) else [value]
    commands = [str(entry).split()[0].lower() for entry in entries if str(entry).split()]
    return " ".join(f"-{command}" for command in commands) or "-@dangerous"


def _refuse_twice(values: Mapping[str, Lines], absent: Iterable[str]) -> None:
    seen: dict[str, str] = {}
    for name in [*values, *absent]:
        if canonical(name) in seen:
            raise InputError(f"the same directive as {seen[canonical(name)]}, given twice", where=f"directives.{name}")
        seen[canonical(name)] = name
