"""Differences between firewalls, in sentences; none when there is none."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.digitalocean.firewall import (
    Droplet,
    Firewall,
    body_of,
    diff,
    droplet_of,
    firewall_of,
    told,
)
from ansible_collections.rampart.redis.plugins.module_utils.digitalocean.rules import Key
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.digitalocean.drawn import FIREWALLS
from hypothesis import given

SSH = Key("allow", "tcp", "22")
BASTION = frozenset({("tags", "bastion")})
OFFICE = frozenset({("addresses", "203.0.113.7")})
PLAIN = Firewall("f", {SSH: BASTION}, {}, frozenset({"redis"}), frozenset({7}))


@pytest.mark.parametrize(
    ("have", "want", "sentences"),
    [
        (None, None, []),
        (None, PLAIN, ["make the firewall f"]),
        (PLAIN, None, ["delete the firewall f"]),
        (PLAIN, PLAIN, []),
        (PLAIN, replace(PLAIN, tags=frozenset({"a"})), ["attach it to tag a", "detach it from tag redis"]),
        (PLAIN, replace(PLAIN, droplet_ids=frozenset()), ["detach it from droplet 7"]),
        (PLAIN, replace(PLAIN, inbound={}), ["close inbound: tcp 22 from tag bastion"]),
        (PLAIN, replace(PLAIN, inbound={SSH: OFFICE | BASTION}), ["open inbound: tcp 22 from 203.0.113.7"]),
        (
            PLAIN,
            replace(PLAIN, inbound={SSH: OFFICE}),
            ["open inbound: tcp 22 from 203.0.113.7", "close inbound: tcp 22 from tag bastion"],
        ),
        (
            PLAIN,
            replace(PLAIN, outbound={Key("allow", "udp", "53"): OFFICE}),
            ["open outbound: udp 53 to 203.0.113.7"],
        ),
    ],
)
def test_differences_are_told(have: Firewall | None, want: Firewall | None, sentences: list[str]) -> None:
    assert diff(have, want) == sentences


@given(FIREWALLS)
def test_nothing_differs_from_itself(firewall: Firewall) -> None:
    assert diff(firewall, firewall) == []


@given(FIREWALLS, FIREWALLS)
def test_two_firewalls_differ_when_a_sentence_says_so(one: Firewall, other: Firewall) -> None:
    assert (diff(one, other) == []) == (one == other)


@given(FIREWALLS)
def test_what_is_sent_reads_back_the_same(firewall: Firewall) -> None:
    assert firewall_of(body_of(firewall)) == firewall


def test_fields_that_are_null_or_unknown_are_no_trouble() -> None:
    raw = {"name": "f", "inbound_rules": None, "outbound_rules": None, "tags": None, "droplet_ids": None, "later": 1}
    assert firewall_of(raw) == Firewall("f")


def test_a_firewall_is_told_line_by_line() -> None:
    assert told(None) == ""
    assert told(PLAIN) == "firewall f\nfor tag redis\nfor droplet 7\ninbound: tcp 22 from tag bastion\n"


def test_which_droplets_are_behind_it_and_which_tags_it_names() -> None:
    assert PLAIN.filters(Droplet(7, "x", frozenset()))
    assert PLAIN.filters(droplet_of({"id": 8, "name": "x", "tags": ["redis", "b"]}))
    assert not PLAIN.filters(droplet_of({"id": 8, "name": "x", "tags": None}))
    assert PLAIN.named_tags() == {"redis", "bastion"}
