"""The record of since when passwords are known."""

from __future__ import annotations

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.acl import ages
from ansible_collections.rampart.redis.plugins.module_utils.acl.user import digest
from ansible_collections.rampart.redis.plugins.module_utils.errors import InputError

OLD, NEW = digest("the old one"), digest("the new one")
HASHES = {"app": {OLD}, "off": frozenset[str]()}


def test_what_is_new_begins_now_and_what_was_known_keeps_its_date() -> None:
    first = ages.brought_up_to_date({}, HASHES, 100.0)
    assert first == {"app": {ages.key(OLD): {"first_seen": 100.0}}}
    assert ages.brought_up_to_date(first, HASHES, 900.0) == first
    both = ages.brought_up_to_date(first, {"app": {OLD, NEW}}, 900.0)
    assert [ages.first_seen(both, "app", one) for one in (OLD, NEW)] == [100.0, 900.0]


def test_what_is_gone_is_dropped() -> None:
    both = ages.brought_up_to_date({}, {"app": {OLD, NEW}, "gone": {OLD}}, 100.0)
    left = ages.brought_up_to_date(both, {"app": {NEW}}, 900.0)
    assert left == {"app": {ages.key(NEW): {"first_seen": 100.0}}}


def test_the_moment_is_that_of_handing_over_if_there_was_one() -> None:
    record = ages.brought_up_to_date({}, {"app": {OLD, NEW}}, 100.0)
    given = ages.handed_over(record, {"app": NEW}, 160.0)
    assert ages.moment(given, "app", NEW) == 160.0
    assert ages.moment(given, "app", OLD) == 100.0
    assert ages.moment(given, "app", digest("unknown")) is None
    assert ages.moment(given, "nobody", NEW) is None
    assert ages.moment(ages.handed_over(given, {"app": NEW}, 500.0), "app", NEW) == 500.0, "a later one counts"
    assert ages.first_seen(given, "app", NEW) == 100.0
    assert ages.moment(record, "app", NEW) == 100.0, "the record given is not changed"


def test_a_password_nobody_recorded_is_seen_when_it_is_handed_over() -> None:
    given = ages.handed_over({}, {"app": NEW}, 160.0)
    assert given == {"app": {ages.key(NEW): {"first_seen": 160.0, "handed_over": 160.0}}}


def test_the_text_comes_back_and_names_no_hash() -> None:
    record = ages.handed_over(ages.brought_up_to_date({}, HASHES, 100.0), {"app": NEW}, 160.0)
    text = ages.render(record)
    assert ages.parse(text, "x.json") == record
    assert ages.parse("", "x.json") == {}
    assert [hash_ for hash_ in (OLD, NEW) if hash_ in text] == []
    assert ages.counted(record) == "app: 2 password(s) with a date\n"


@pytest.mark.parametrize("text", ["[", "[]", "3", "{}", '{"rampart.redis/passwords/1": [1]}', '{"other/1": {}}'])
def test_another_text_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(InputError) as caught:
        ages.parse(text, "/x/y.json")
    assert str(caught.value).startswith("/x/y.json: this is no record of passwords. Remove the file")
