"""The guide's two checklists."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.audit.checklists import (
    CHECKLISTS,
    KEYS,
    answered,
    declarations,
)
from ansible_collections.rampart.redis.plugins.module_utils.errors import InputError

TODAY = date(2026, 11, 24)
SAID = {"by": "ann", "day": "2026-11-01", "where": "wiki/backups"}


def _points(statuses: dict[str, str], *declared: dict[str, str]) -> dict[str, dict[str, Any]]:
    rows = [{"id": f"RDS-{ident}", "status": status} for ident, status in statuses.items()]
    lists = answered(rows, declarations(declared), TODAY)
    return {point["key"]: point for checklist in lists for point in checklist["points"]}


def _all(status: str) -> dict[str, str]:
    return dict.fromkeys((ident for checklist in CHECKLISTS for p in checklist.points for ident in p.checks), status)


def test_the_lists_have_the_guides_points() -> None:
    assert [(checklist.title, len(checklist.points)) for checklist in CHECKLISTS] == [
        ("Production deployment", 12),
        ("Monthly security review", 10),
    ]
    assert len({point.key for checklist in CHECKLISTS for point in checklist.points}) == 22


def test_without_any_evidence_nothing_is_ticked() -> None:
    assert {point["answer"] for point in _points({}).values()} == {"open", "person", "no"}


def test_all_that_passes_ticks_what_needs_no_person() -> None:
    points = _points(_all("pass"))
    assert {key for key, point in points.items() if point["answer"] == "yes"} == set(points) - set(KEYS)
    assert {points[key]["answer"] for key in set(KEYS) - {"backups"}} == {"person"}


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("pass", "yes"),
        ("info", "open"),
        ("fail", "no"),
        ("waived", "open"),
        ("not_evaluated", "open"),
    ],
)
def test_one_check_is_enough_to_spoil_a_point(status: str, expected: str) -> None:
    assert _points({**_all("pass"), "TLS-002": status})["tls"]["answer"] == expected


def test_a_check_that_did_not_run_leaves_the_point_open() -> None:
    statuses = _all("pass")
    del statuses["NET-006"]
    point = _points(statuses)["firewall"]
    assert point["answer"] == "open"
    assert point["evidence"] == ["did not run: RDS-NET-006", "pass: RDS-NET-008, RDS-NET-011"]


def test_what_has_no_object_is_not_applicable() -> None:
    assert _points(_all("not_applicable"))["tls"]["answer"] == "not_applicable"


def test_an_undeclared_backup_is_a_no() -> None:
    points = _points(_all("pass"))
    assert points["backups"]["answer"] == "no"
    assert points["backups"]["evidence"][-1].startswith("A person must declare it (expected.declared, point backups): ")
    declared = _points(_all("pass"), {"point": "backups", **SAID})["backups"]
    assert declared["answer"] == "declared"
    assert declared["evidence"][-1] == "Declared by ann on 2026-11-01: wiki/backups"


def test_a_declaration_does_not_outweigh_a_check() -> None:
    assert _points({**_all("pass"), "CFG-023": "fail"}, {"point": "backups", **SAID})["backups"]["answer"] == "no"


@pytest.mark.parametrize(("day", "expected"), [("2026-10-24", "declared"), ("2026-10-23", "person")])
def test_the_monthly_review_forgets_after_a_month(day: str, expected: str) -> None:
    assert _points({}, {"point": "training", **SAID, "day": day})["training"]["answer"] == expected


def test_the_latest_declaration_counts() -> None:
    rows = [{"point": "training", **SAID, "day": day} for day in ("2026-11-01", "2026-11-20", "2026-11-03")]
    assert declarations(rows)["training"].on == date(2026, 11, 20)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({**SAID}, "expected.declared[0]: point is missing. Say who"),
        ({**SAID, "point": "training", "by": ""}, "expected.declared[0]: by is missing. Say who"),
        ({**SAID, "point": "backup"}, "expected.declared[0]: unknown point 'backup'. Did you mean 'backups'?"),
        ({**SAID, "point": "zzz"}, "expected.declared[0]: unknown point 'zzz'. Points are monitoring, backups, "),
        (
            {**SAID, "point": "training", "day": "May"},
            "expected.declared[0]: day 'May' is none. Write it as 2027-03-31",
        ),
    ],
)
def test_a_broken_declaration_is_named(row: dict[str, str], message: str) -> None:
    with pytest.raises(InputError) as caught:
        declarations([row])
    assert str(caught.value).startswith(message)
