"""Snapshots: nothing secret in them, and judged again they say the same."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.acl import ages
from ansible_collections.rampart.redis.plugins.module_utils.audit import snapshots
from ansible_collections.rampart.redis.plugins.module_utils.audit.registry import CHECKS
from ansible_collections.rampart.redis.plugins.module_utils.audit.report import build
from ansible_collections.rampart.redis.plugins.module_utils.errors import InputError
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.audit.cases import COMMANDS, DAY, NOW, SECTIONS

PASSWORD = "Company2026"
WEAK = hashlib.sha256(b"foobared").hexdigest()
OWN = hashlib.sha256(PASSWORD.encode()).hexdigest()
SALT = b"s" * 32
SUBJECT = {"host": "db1", "endpoint": "10.1.2.3:6379", "collected_at": "2027-01-15T08:00:00Z"}


def _user(*hashes: str, rules: str = "-@all +get") -> list[Any]:
    return ["flags", ["on"], "passwords", list(hashes), "commands", rules, "keys", "~a:*", "channels", ""]


USERS = {"web": _user(WEAK), "shop": _user(OWN), "twin": _user(OWN)}
SINCE = {name: {ages.key(one): {"first_seen": NOW - 100 * DAY} for one in reply[3]} for name, reply in USERS.items()}
RAW = {
    **{name: value for name, value in SECTIONS.items() if name not in ("rights", "weak", "bugs")},
    "users": USERS,
    "commands": COMMANDS,
    "acl_file": [f"user web on #{WEAK} ~a:* -@all +get", f"user shop on >{PASSWORD} ~a:* -@all +get"],
    "passwords": SINCE,
    "words": [PASSWORD],
    "directives": {"rename-command": ["CONFIG s3cret", "DEBUG"]},
}


def _judged(sections: dict[str, Any]) -> dict[str, Any]:
    report = build({**sections, "expected": {}}, {}, CHECKS, subject=SUBJECT, proof={})
    return {row["id"]: (row["status"], row["evidence"]) for row in report["results"]}


def _saved() -> dict[str, Any]:
    saved = snapshots.save(RAW, {}, subject=SUBJECT, proof={"sent": {}}, salt=SALT)
    found: dict[str, Any] = json.loads(json.dumps(saved))
    return found


def test_nothing_secret_is_in_it() -> None:
    text = json.dumps(_saved())
    for secret in (PASSWORD, WEAK, OWN, ages.key(OWN), "s3cret", SALT.decode()):
        assert secret not in text


def test_judged_again_it_says_the_same() -> None:
    before = _judged(RAW)
    assert _judged(snapshots.read(_saved(), "x")["sections"]) == before
    assert before["RDS-ACL-006"][1] == [
        "web: the password is on every attacker's list",
        "shop: the password is in your list of words",
        "twin: the password is in your list of words",
    ]
    assert before["RDS-ACL-007"][0] == before["RDS-ACL-039"][0] == "fail"
    assert before["RDS-ACL-030"][1] == ["twin runs, and is not in the file"]


def test_two_salts_give_two_snapshots() -> None:
    other = snapshots.save(RAW, {}, subject=SUBJECT, proof={}, salt=b"t" * 32)
    assert other["sections"]["users"] != _saved()["sections"]["users"]


def test_what_was_collected_is_left_as_it_is() -> None:
    before = json.dumps(RAW)
    _saved()
    assert json.dumps(RAW) == before


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schema": "rampart.redis/facts/9"}, "x: has the schema 'rampart.redis/facts/9', not"),
        ({"schema": None}, "x: has the schema None"),
        ({"sections": []}, "x: has no sections"),
    ],
)
def test_another_time_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        snapshots.read({**_saved(), **change}, "x")
    assert str(caught.value).startswith(message)


def test_earlier_snapshots_tell_who_was_seen_and_how_much_was_refused() -> None:
    old = {"sections": {"now": NOW - 9 * DAY, "clients": [{"user": "web"}], "login": "auditor", "stats": {}}}
    stats = {"errorstat_WRONGPASS": "count=7"}
    new = {"sections": {"now": NOW - DAY, "clients": [{"user": "shop"}], "login": "auditor", "stats": stats}}
    assert snapshots.earlier([new, old]) == {
        "since": NOW - 9 * DAY,
        "seen": ["auditor", "shop", "web"],
        "counters": {"failed logins": 7},
    }
    assert snapshots.earlier([]) is None
