"""The text of the rules; what the real nft and kernel make of it is in tests/live/firewall."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.firewall.ruleset import (
    COUNTERS,
    put_back,
    quarantine,
    removed,
    ruleset,
)
from ansible_collections.rampart.redis.plugins.module_utils.firewall.wish import parse
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.firewall.cases import FULL, PARAMS, wishes
from hypothesis import given


def lines(change: dict[str, Any]) -> list[str]:
    """Return the lines of the rules for the small deployment with a change."""
    return [line.strip() for line in ruleset(parse({**PARAMS, **change})).splitlines()]


def chain(text: str, name: str) -> list[str]:
    """Return the lines of one chain."""
    inside = text.partition(f"\tchain {name} {{\n")[2].partition("\t}")[0]
    return [line.strip() for line in inside.splitlines()]


@given(wishes())
def test_only_our_table_is_touched(options: dict[str, Any]) -> None:
    wish = parse(options)
    for text, table in ((ruleset(wish), "rampart"), (quarantine(wish), "rampart_quarantine")):
        assert "flush" not in text
        assert text.startswith(f"table inet {table}\ndelete table inet {table}\ntable inet {table} {{\n")
        assert text.count("table ") == 3
        assert text.count("{") == text.count("}")


@given(wishes())
def test_sentinel_is_closed_unless_proved(options: dict[str, Any]) -> None:
    wish = parse(options)
    accepting = [line for line in ruleset(wish).splitlines() if line.endswith("accept") and "saddr" in line]
    ports = {str(port) for port in wish.ports["sentinel"]}
    named = [line for line in accepting if ports & set(line.partition("dport ")[2].replace(",", " ").split())]
    assert wish.sentinel_proved or not named


@pytest.mark.parametrize(
    ("change", "line", "expected"),
    [
        ({}, 'ip saddr @clients4 tcp dport { 6379, 6380 } counter name "clients" accept', True),
        ({}, 'ip6 saddr @clients6 tcp dport { 6379, 6380 } counter name "clients" accept', True),
        ({}, 'ip saddr @peers4 tcp dport { 6379, 6380, 16379 } counter name "peers" accept', True),
        ({"bus_ports": []}, 'ip saddr @peers4 tcp dport { 6379, 6380 } counter name "peers" accept', True),
        (
            {"sentinel_proved": True},
            'ip saddr @clients4 tcp dport { 6379, 6380, 26379 } counter name "clients" accept',
            True,
        ),
        ({}, 'ip saddr @monitors4 tcp dport 9121 counter name "monitors" accept', True),
        ({}, 'ip saddr @bastions4 tcp dport 22 counter name "bastions" accept', True),
        ({"scope": "ports"}, 'ip saddr @bastions4 tcp dport 22 counter name "bastions" accept', False),
        ({}, "type filter hook input priority -5; policy drop;", True),
        ({"scope": "ports"}, "type filter hook input priority -5; policy accept;", True),
        ({}, 'tcp dport { 6379, 6380 } counter name "redis_refused" goto refused', True),
        ({}, 'tcp dport 26379 counter name "sentinel_refused" goto refused', True),
        ({"sentinel_ports": []}, 'tcp dport 26379 counter name "sentinel_refused" goto refused', False),
        (
            {"addresses": ["10.10.1.10"]},
            'ip daddr @addresses4 ip saddr @clients4 tcp dport { 6379, 6380 } counter name "clients" accept',
            True,
        ),
        (
            {"addresses": ["10.10.1.10"]},
            'ip6 saddr @clients6 tcp dport { 6379, 6380 } counter name "clients" accept',
            False,
        ),
        (
            {"vpc": ["10.0.0.0/8"], "interfaces": ["eth1", "wg0"]},
            'iifname != { "eth1", "wg0" } ip saddr @vpc4 counter name "spoofed" drop',
            True,
        ),
        ({"user": "redis"}, 'meta skuid "redis" jump service_out', True),
        ({"user": "redis", "dns": True}, 'udp dport 53 counter name "egress" accept', True),
        ({"user": "redis"}, 'udp dport 53 counter name "egress" accept', False),
        ({}, 'limit rate 10/minute burst 5 packets log prefix "rampart: refused " level info', True),
        ({"log_per_minute": 0}, 'limit rate 0/minute burst 5 packets log prefix "rampart: refused " level info', False),
    ],
)
def test_a_rule(change: dict[str, Any], line: str, expected: bool) -> None:
    assert (line in lines(change)) is expected


def test_without_a_user_what_goes_out_is_not_looked_at() -> None:
    assert "hook output" not in ruleset(parse(PARAMS))


def test_every_counter_is_always_there_and_goes_on() -> None:
    text = ruleset(parse(PARAMS), {"redis_refused": (7, 420), "gone": (1, 1)})
    assert [line.split()[1] for line in text.splitlines() if line.startswith("\tcounter ")] == list(COUNTERS)
    assert "counter redis_refused { packets 7 bytes 420 }" in text
    assert "gone" not in text


def test_a_network_stays_one_and_a_host_stays_alone() -> None:
    found = lines({"clients": ["10.0.0.7", "fd00::/32", "fd01::7"]})
    assert "elements = { 10.0.0.7 }" in found
    assert "elements = { fd00::/32, fd01::7 }" in found


def test_the_refused_are_logged_and_then_dropped() -> None:
    assert chain(ruleset(parse(FULL)), "refused")[-1] == "drop"
    assert chain(ruleset(parse(FULL)), "service_out")[-1] == "drop"


def test_quarantine_leaves_ssh_and_nothing_else() -> None:
    text = quarantine(parse(FULL))
    for name, rules in (
        ("input", 5),
        ("output", 5),
        ("forward", 1),
    ):
        found = chain(text, name)
        assert found[0] == f"type filter hook {name} priority -300; policy drop;"
        assert len(found) == 1 + rules
    assert 'ip saddr @bastions4 tcp dport 22 counter name "bastions" accept' in text
    assert "ip daddr @bastions4 tcp sport 22 accept" in text
    # Accepted once is not accepted for ever: connections that are there are cut too.
    assert "ct state" not in text


def test_a_quarantine_without_ssh_leaves_nothing() -> None:
    assert "bastions4 tcp" not in quarantine(parse({**PARAMS, "ssh_ports": [], "allow_no_bastions": True}))


def test_what_was_there_comes_back_and_what_was_not_does_not() -> None:
    listed = "table inet rampart {\n}\n"
    assert put_back("rampart", listed) == removed("rampart") + listed
    assert put_back("rampart", "") == "table inet rampart\ndelete table inet rampart\n"
