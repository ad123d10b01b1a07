"""The hardening guide's two checklists, answered by evidence, or named as a person's work. Nothing is ticked silently.

A point is answered by checks, by what somebody declared (``expected.declared``), or by both. The answers:

- ``yes``: all its checks looked and found it right.
- ``no``: a check failed, or what has to be declared is not.
- ``open``: a check could not be evaluated, only informs, did not run, or is waived.
- ``declared``: somebody says so; who, when and where is the evidence.
- ``person``: somebody has to do it and say so.
- ``not_applicable``: none of its checks has an object on this server.
"""

from __future__ import annotations

import difflib
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import InputError
from .check import FAIL, INFO, NOT_APPLICABLE, NOT_EVALUATED, WAIVED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

YES, NO, OPEN, DECLARED, PERSON = "yes", "no", "open", "declared", "person"
ANSWERS = (NO, OPEN, PERSON, DECLARED, YES, NOT_APPLICABLE)
_MONTH = 31
# What only informs leaves the point to its reader: nothing is known to be wrong, and nothing was found right.
_OPEN = (NOT_EVALUATED, WAIVED, INFO)


class Point(NamedTuple):
    """A line of a checklist.

    ``key`` is its name in ``expected.declared``; ``checks`` answer it; ``person`` is what a machine cannot do;
    ``required``: not declaring it is a no.
    """

    key: str
    text: str
    checks: tuple[str, ...] = ()
    person: str = ""
    required: bool = False


class Checklist(NamedTuple):
    """``days``: how old a declaration may be, None for any age."""

    title: str
    days: int | None
    points: tuple[Point, ...]


_FIREWALLS = ("NET-006", "NET-008", "NET-011")
_RIGHTS = ("ACL-005", "ACL-010", "ACL-011", "ACL-013", "ACL-015", "ACL-016", "ACL-018", "ACL-020", "ACL-021")

PRODUCTION = Checklist(
    "Production deployment",
    None,
    (
        Point("network", "Redis deployed in private VPC", ("NET-001", "NET-002")),
        Point("firewall", "Firewall rules configured (only app access)", _FIREWALLS),
        Point("tls", "TLS/SSL enabled and configured", ("NET-004", "TLS-001", "TLS-002", "TLS-003", "TLS-006")),
        Point(
            "passwords",
            "Strong passwords generated and stored securely",
            ("ACL-002", "ACL-003", "ACL-006", "ACL-007", "ACL-029", "HOST-002", "HOST-009"),
        ),
        Point("acl", "ACL users configured with minimal privileges", ("ACL-001", *_RIGHTS)),
        Point(
            "commands", "Dangerous commands disabled/renamed", ("ACL-010", "ACL-016", "ACL-017", "CFG-001", "CFG-002")
        ),
        Point("logging", "Security logging enabled", ("CFG-015",)),
        Point("monitoring", "Monitoring and alerting configured", (), "Who is told, by what, when something happens"),
        Point(
            "backups",
            "Regular backup schedule implemented",
            ("CFG-023", "HOST-011"),
            "Where backups go, how often, and who looks after them",
            required=True,
        ),
        Point("audits", "Security audit scripts deployed", (), "When this audit runs, and who reads it"),
        Point("incidents", "Incident response procedures documented", (), "Where they are written down"),
        Point("contacts", "Security team contact information updated", (), "Where they are kept, and since when right"),
    ),
)
MONTHLY = Checklist(
    "Monthly security review",
    _MONTH,
    (
        Point("access_logs", "Review access logs for anomalies", ("ACL-031", "NET-012"), "Somebody reads them"),
        Point("patches", "Update Redis to latest security patches", ("PKG-001", "PKG-003", "PKG-004")),
        Point("rotation", "Rotate service account passwords", ("ACL-008", "ACL-039")),
        Point("acl_review", "Review and update ACL permissions", _RIGHTS, "Somebody says each user is still needed"),
        Point("restore_test", "Test backup and restore procedures", ("CFG-023",), "A restore that was tried"),
        Point("alert_test", "Verify monitoring and alerting functionality", (), "An alert that was tried"),
        Point("firewall_review", "Review firewall rules and network access", _FIREWALLS, "Somebody reads the rules"),
        Point("penetration_test", "Conduct penetration testing", (), "A test by somebody who attacks"),
        Point("documentation", "Update security documentation", (), "Somebody reads it through"),
        Point("training", "Train team on security procedures", (), "Who was trained in what"),
    ),
)
CHECKLISTS = (PRODUCTION, MONTHLY)
KEYS = tuple(point.key for checklist in CHECKLISTS for point in checklist.points if point.person)


class Declaration(NamedTuple):
    """What somebody says of a point: who, on which day, and where it can be seen."""

    by: str
    on: date
    where: str


def declarations(rows: Sequence[Mapping[str, Any]]) -> dict[str, Declaration]:
    """Read ``point``, ``by``, ``day`` and ``where`` of each row; return the latest by point.

    :raises InputError: a row that is broken, with its place.
    """
    found: dict[str, Declaration] = {}
    for number, row in enumerate(rows):
        place = f"expected.declared[{number}]"
        _require(row, place)
        said = Declaration(row["by"], _day(row["day"], place), row["where"])
        known = found.get(row["point"])
        found[row["point"]] = said if known is None or said.on > known.on else known
    return found


def answered(
    results: Sequence[Mapping[str, Any]], declared: Mapping[str, Declaration], today: date
) -> list[dict[str, Any]]:
    """Return the checklists ``{title, points: [{key, text, answer, checks, evidence}]}``, from the rows of a report."""
    rows = {row["id"][4:]: row for row in results}
    return [
        {
            "title": checklist.title,
            "points": [
                _answer(point, rows, _valid(declared.get(point.key), checklist.days, today))
                for point in checklist.points
            ],
        }
        for checklist in CHECKLISTS
    ]


def _answer(point: Point, rows: Mapping[str, Mapping[str, Any]], said: Declaration | None) -> dict[str, Any]:
    found = {ident: rows[ident]["status"] if ident in rows else "did not run" for ident in point.checks}
    return {
        "key": point.key,
        "text": point.text,
        "answer": _verdict(point, set(found.values()), said),
        "checks": [f"RDS-{ident}" for ident in point.checks],
        "evidence": [*_by_checks(found), *_by_people(point, said)],
    }


def _verdict(point: Point, statuses: set[str], said: Declaration | None) -> str:
    if FAIL in statuses or (point.required and said is None):
        return NO
    if statuses & {*_OPEN, "did not run"}:
        return OPEN
    if point.person:
        return DECLARED if said else PERSON
    return NOT_APPLICABLE if statuses == {NOT_APPLICABLE} else YES


def _by_checks(found: Mapping[str, str]) -> Iterator[str]:
    by_status: dict[str, list[str]] = {}
    for ident, status in found.items():
        by_status.setdefault(status, []).append(f"RDS-{ident}")
    for status, idents in by_status.items():
        yield f"{status.replace('_', ' ')}: {', '.join(idents)}"


def _by_people(point: Point, said: Declaration | None) -> Iterator[str]:
    if said:
        yield f"Declared by {said.by} on {said.on.isoformat()}: {said.where}"
    elif point.person:
        yield f"A person must declare it (expected.declared, point {point.key}): {point.person}"


def _valid(said: Declaration | None, days: int | None, today: date) -> Declaration | None:
    return None if said and days is not None and (today - said.on).days > days else said


def _require(row: Mapping[str, Any], place: str) -> None:
    missing = next((key for key in ("point", "by", "day", "where") if not str(row.get(key) or "").strip()), None)
    if missing:
        raise InputError(f"{missing} is missing", where=place, hint="Say who, on which day, and where it can be seen")
    if row["point"] not in KEYS:
        near = difflib.get_close_matches(str(row["point"]), KEYS, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else f"Points are {', '.join(KEYS)}"
        raise InputError(f"unknown point {row['point']!r}", where=place, hint=hint)


def _day(text: object, place: str) -> date:
    try:
        return date.fromisoformat(str(text))
    except ValueError as error:
        raise InputError(f"day {str(text)!r} is none", where=place, hint="Write it as 2027-03-31") from error
