"""Known bugs: which of them this very build has. A version number alone cannot tell on a distribution.

A bug is a mapping, in the table as in the user's own data::

    {"title": "...", "severity": "high" or nothing when nobody rated it, "component": "lua", "attacker": "user",
     "affected_from": {"redis": "7.0.0"},             first release with it, by product
     "fixed_in": {"redis": {"7.2": "7.2.6"}},         release that repairs it, by product and branch
     "unfixed": {"redis": ["7.0"]},                   branches that are known to have it and get no release
     "precondition": "tls-port",                      directive without which it is out of reach
     "deny": ["eval", "@scripting"],                  what an ACL must deny to keep users away from it
     "packages": {"debian:bookworm:redis": ["5:7.0.15-1~deb12u2"]},   revision that repairs it
     "disputed": true}                                the makers say that it is none
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from ..versions import parse_number
from . import dpkg
from .check import SEVERITIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

AFFECTED = "affected"
FIXED = "fixed"
UNAFFECTED = "not affected"
UNDETERMINED = "undetermined"

NOT_AFFECTED = "not affected"  # as a revision in `packages`: the distribution says that it never had it
_CVE = "CVE-"
_MODULE = "module:"
# Names that modules give themselves.
_MODULE_NAMES = {"bloom": "bf"}


@dataclass(frozen=True)
class Bug:
    """One entry of the table, see the module's text."""

    ident: str
    title: str = ""
    severity: str = ""
    component: str = ""
    attacker: str = ""
    disputed: bool = False
    affected_from: Mapping[str, str] = field(default_factory=dict)
    fixed_in: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    unfixed: Mapping[str, Sequence[str]] = field(default_factory=dict)
    precondition: str = ""
    deny: Sequence[str] = ()
    packages: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def is_numbered(self) -> bool:
        """Tell whether it has a CVE number, so that changelogs name it."""
        return self.ident.startswith(_CVE)

    @property
    def remedy(self) -> str:
        """The releases that repair it, for people."""
        places = [f"{product} {release}" for product, found in self.fixed_in.items() for release in found.values()]
        return f"repaired in {', '.join(places)}" if places else "no repaired release is known"


@dataclass(frozen=True)
class Build:
    """What runs: product and version; ``package`` as the collector brings it, or None; names of ``modules``, or None.

    :param mode: ``standalone``, ``cluster`` or ``sentinel``.
    """

    product: str
    version: str
    mode: str = "standalone"
    package: Mapping[str, Any] | None = None
    modules: frozenset[str] | None = None

    @property
    def key(self) -> str:
        """The place of its package in ``packages``, or ``""``."""
        found = self.package or {}
        return f"{found['release']}:{found.get('source') or found['name']}" if found.get("release") else ""


@dataclass(frozen=True)
class Answer:
    """A bug and whether the build has it; ``why`` is there when that is undetermined."""

    bug: Bug
    state: str
    why: str = ""


def answers(bugs: Iterable[Bug], build: Build) -> list[Answer]:
    """Say of each bug whether the build has it. Bugs that the makers dispute are left out."""
    every = [bug for bug in bugs if not bug.disputed]
    tracked = any(build.key in bug.packages for bug in every)
    return [_answer(bug, build, tracked=tracked) for bug in every]


def _answer(bug: Bug, build: Build, *, tracked: bool) -> Answer:
    in_range = by_version(bug, build.product, build.version)
    if build.key in bug.packages and not (bug.affected_from or bug.fixed_in):
        in_range = AFFECTED  # a bug of the distribution's own making
    if in_range == UNAFFECTED or not _is_present(bug, build):
        return Answer(bug, UNAFFECTED)
    state = by_package(bug, build) if build.key else ""
    why = "" if state else _doubt(bug, build, in_range, tracked=tracked)
    return Answer(bug, state or (UNDETERMINED if why else AFFECTED), why)


def _doubt(bug: Bug, build: Build, in_range: str, *, tracked: bool) -> str:
    """Say why nobody can tell; nothing when the bug is there."""
    if bug.component.startswith(_MODULE) and build.modules is None:
        return "it is not known which modules are loaded"
    if in_range == UNDETERMINED:
        return f"no release of {build.product} is known to have repaired it, or this branch to have it"
    if build.key and not tracked and (build.package or {}).get("changelog") is None:
        return "a distribution's package without a changelog: check its revision"
    if build.key and not bug.is_numbered:
        return "it has no CVE number, so the package's changelog does not name it"
    return ""


def by_version(bug: Bug, product: str, version: str) -> str:
    """Say what the makers' releases tell, as a scanner would that sees nothing but the version.

    A branch that is older than the newest repaired one and has no repaired release of its own is affected; one that is
    newer than all of them began with the repair in it.
    """
    number = parse_number(version)
    branch = f"{number[0]}.{number[1]}"
    fixes = bug.fixed_in.get(product, {})
    start = bug.affected_from.get(product)
    if branch in bug.unfixed.get(product, ()):
        return AFFECTED
    if start is not None and number < _number(start):
        return UNAFFECTED
    if branch in fixes:
        return AFFECTED if number < _number(fixes[branch]) else UNAFFECTED
    if fixes and number[:2] > max(_number(name)[:2] for name in fixes):
        return UNAFFECTED
    if start is None:
        # Nobody said that this branch has it. With a CVE number it is worth a look, without one it is a guess.
        return UNDETERMINED if fixes and bug.is_numbered else UNAFFECTED
    return AFFECTED if fixes else UNDETERMINED


def by_package(bug: Bug, build: Build) -> str:
    """Say what the revision of the package tells: fixed, affected, not affected, or ``""`` when it tells nothing."""
    package = build.package or {}
    installed = package["version"]
    revisions = bug.packages.get(build.key, ())
    if NOT_AFFECTED in revisions:
        return UNAFFECTED
    if revisions:
        return FIXED if any(_reaches(installed, one, revisions) for one in revisions) else AFFECTED
    for version, found in package.get("changelog") or ():
        if bug.ident in found and dpkg.compare(version, installed) <= 0:
            return FIXED
    return ""


def _reaches(installed: str, revision: str, revisions: Sequence[str]) -> bool:
    """Tell whether a revision repairs it: one of the same upstream branch does, of another only the newest of them."""
    if dpkg.compare(installed, revision) < 0:
        return False
    same_branch = _number(dpkg.upstream(installed))[:2] == _number(dpkg.upstream(revision))[:2]
    return same_branch or all(dpkg.compare(revision, other) >= 0 for other in revisions)


def _is_present(bug: Bug, build: Build) -> bool:
    """Tell whether the part with the bug is there at all."""
    if bug.component.startswith(_MODULE):
        name = bug.component[len(_MODULE) :]
        return build.modules is None or _MODULE_NAMES.get(name, name) in build.modules
    return bug.component != "sentinel" or build.mode == "sentinel"


def _number(text: str) -> tuple[int, int, int]:
    return parse_number(text if "." in text else f"{text}.0")


def read(rows: Mapping[str, Mapping[str, Any]], where: str) -> dict[str, Bug]:
    """Return the bugs of a table, by id.

    :raises InputError: something in it cannot be understood, with its place.
    """
    return {ident: _bug(ident, row, f"{where}.{ident}") for ident, row in rows.items()}


def merged(
    table: Mapping[str, Bug], cve_data: Mapping[str, Any] | None, distro_data: Mapping[str, Any] | None
) -> list[Bug]:
    """Return the table with the user's newer data: whole entries by id, and revisions by package and id.

    :param cve_data: entries as in the table.
    :param distro_data: ``{"debian:bookworm:redis": {"CVE-2026-1": "5:7.0.15-1~deb12u11"}}``; ``not affected`` is a
        revision too.
    :raises InputError: something in it cannot be understood, with its place.
    """
    bugs = {**table, **read(_mapping(cve_data or {}, "cve_data"), "cve_data")}
    for key, found in _mapping(distro_data or {}, "distro_data").items():
        if len(key.split(":")) != 3:  # noqa: PLR2004 - the three parts
            raise InputError(f"{key!r} names no package", where="distro_data", hint="Write debian:bookworm:redis")
        for ident, revision in _mapping(found, f"distro_data.{key}").items():
            old = bugs.get(ident, Bug(ident))
            packages = {**old.packages, key: [_text(revision, f"distro_data.{key}.{ident}")]}
            bugs[ident] = Bug(**{**old.__dict__, "packages": packages})
    return list(bugs.values())


def _bug(ident: str, row: Any, where: str) -> Bug:  # noqa: ANN401 - the user's data
    values = dict(_mapping(row, where))
    readers = {"affected_from": _texts, "fixed_in": _branches, "unfixed": _lists, "packages": _lists, "deny": _list}
    unknown = sorted(set(values) - set(Bug.__dataclass_fields__) - {"ident"})
    if unknown:
        raise InputError(f"unknown field {unknown[0]!r}", where=where, hint="The fields are those of docs/checks.md")
    for name, value in values.items():
        place = f"{where}.{name}"
        if name == "disputed":
            values[name] = bool(value)
        else:
            values[name] = readers.get(name, _text)(value, place)
    bug = Bug(ident, **values)
    _check_values(bug, where)
    return bug


def _check_values(bug: Bug, where: str) -> None:
    if bug.severity and bug.severity not in SEVERITIES:
        raise InputError(
            f"{bug.severity!r} is none", where=f"{where}.severity", hint=f"They are {', '.join(SEVERITIES)}"
        )
    for product, version in bug.affected_from.items():
        _require_number(version, f"{where}.affected_from.{product}")
    for product, fixes in bug.fixed_in.items():
        for branch, version in fixes.items():
            _require_number(branch, f"{where}.fixed_in.{product}")
            _require_number(version, f"{where}.fixed_in.{product}.{branch}")


def _require_number(text: str, where: str) -> None:
    try:
        _number(text)
    except InputError as error:
        raise InputError(error.what, where=where) from error


def _mapping(value: Any, where: str) -> Mapping[str, Any]:  # noqa: ANN401
    if not isinstance(value, dict):
        raise InputError("must be a mapping", where=where)
    return value


def _text(value: Any, where: str) -> str:  # noqa: ANN401
    if not isinstance(value, str):
        raise InputError("must be a text; write versions in quotes", where=where)
    return value


def _list(value: Any, where: str) -> list[str]:  # noqa: ANN401
    if not isinstance(value, (list, tuple)):
        raise InputError("must be a list", where=where)
    return [_text(item, where) for item in value]


def _texts(value: Any, where: str) -> dict[str, str]:  # noqa: ANN401
    return {str(name): _text(item, f"{where}.{name}") for name, item in _mapping(value, where).items()}


def _lists(value: Any, where: str) -> dict[str, list[str]]:  # noqa: ANN401
    return {str(name): _list(item, f"{where}.{name}") for name, item in _mapping(value, where).items()}


def _branches(value: Any, where: str) -> dict[str, dict[str, str]]:  # noqa: ANN401
    return {str(name): _texts(item, f"{where}.{name}") for name, item in _mapping(value, where).items()}
