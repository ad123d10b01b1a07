"""Waivers: read with the place of what is wrong, applied for a while, failing when they expire."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.audit.registry import CHECKS
from ansible_collections.rampart.redis.plugins.module_utils.audit.report import Policy, build
from ansible_collections.rampart.redis.plugins.module_utils.audit.waivers import parse
from ansible_collections.rampart.redis.plugins.module_utils.errors import InputError
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.audit.cases import DAY, NOW, SECTIONS, config

ROW = {"id": "cfg-009", "reason": "measured", "owner": "ann", "expires": "2027-01-15", "host": "db*"}


def _result(**changed: Any) -> dict[str, Any]:  # noqa: ANN401
    sections = {**SECTIONS, "users": {}, **config(maxmemory="0"), "now": changed.pop("now", NOW)}
    subject = {"host": "db1", "endpoint": "", "collected_at": ""}
    policy = Policy(waivers=parse([{**ROW, **changed}]))
    report = build(sections, {}, CHECKS, subject=subject, proof={}, policy=policy)
    found: dict[str, Any] = next(row for row in report["results"] if row["id"] == "RDS-CFG-009")
    assert report["summary"]["waived"] == (found["status"] == "waived")
    return found


def test_now_is_the_last_day_of_the_sample() -> None:
    assert datetime.fromtimestamp(NOW, UTC).date().isoformat() == "2027-01-15"


def test_a_waived_finding_says_by_whom_until_when_and_why() -> None:
    found = _result()
    assert found["status"] == "waived"
    assert found["evidence"][-1] == "Waived by ann until 2027-01-15: measured"
    assert len(found["evidence"]) > 1


@pytest.mark.parametrize("changed", [{"now": NOW + DAY}, {"expires": "2027-01-14"}])
def test_an_expired_waiver_fails(changed: dict[str, Any]) -> None:
    found = _result(**changed)
    assert found["status"] == "fail"
    assert found["evidence"][-1].startswith("The waiver has expired. It was given by ann until 2027-01-1")


@pytest.mark.parametrize("changed", [{"host": "cache*"}, {"id": "CFG-001"}])
def test_a_waiver_is_for_its_check_and_hosts_only(changed: dict[str, Any]) -> None:
    assert _result(**changed)["status"] == "fail"


def test_without_a_pattern_it_is_for_every_host() -> None:
    assert _result(host=None)["status"] == "waived"


def test_the_longest_of_several_counts() -> None:
    waivers = parse([{**ROW, "expires": "2020-01-01"}, ROW])
    sections = {**SECTIONS, "users": {}, **config(maxmemory="0")}
    report = build(sections, {}, CHECKS, subject={"host": "db1"}, proof={}, policy=Policy(waivers=waivers))
    assert report["summary"]["waived"] == 1


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("text", "f line 3: a waiver is a mapping of id, host, reason, owner and expires"),
        ({**ROW, "check": "x"}, "f line 3: unknown key 'check'. Known are id, reason, owner, expires, host"),
        ({**ROW, "owner": " "}, "f line 3: owner is missing. Say what is accepted, why, by whom, how long"),
        ({**ROW, "expires": None}, "f line 3: expires is missing. Say what is accepted, why, by whom, how long"),
        ({**ROW, "expires": "soon"}, "f line 3: expires 'soon' is no day. Write the last day on which it holds as "),
        ({**ROW, "id": "NET-05"}, "f line 3: unknown check 'NET-05'. Did you mean 'NET-005'?"),
        ({**ROW, "id": "CFG"}, "f line 3: 'CFG' is a family; a waiver is for one check"),
    ],
)
def test_a_broken_waiver_is_named_with_its_place(row: object, message: str) -> None:
    with pytest.raises(InputError) as caught:
        parse([ROW, row], ["f line 1", "f line 3"])
    assert str(caught.value).startswith(message)


def test_without_places_the_number_in_the_list_is_named() -> None:
    with pytest.raises(InputError, match=r"^waivers\[1\]: "):
        parse([ROW, {}])
