"""What is refused before anything is touched, and who is let in."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.errors import InputError
from ansible_collections.rampart.redis.plugins.module_utils.firewall.wish import (
    Session,
    let_in,
    networks,
    parse,
    refuse_lockout,
    strangers,
)
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.firewall.cases import FULL, PARAMS, SOURCES
from hypothesis import given
from hypothesis import strategies as st

REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"clients": []}, "clients: is empty, so nobody could connect"),
    ({"bastions": []}, "bastions: is empty, so nobody could log in"),
    ({"ssh_ports": []}, "ssh_ports: is empty, so nobody could log in"),
    ({"clients": ["10.0.0.5/24"]}, r"clients: 10.0.0.5/24 has host bits set. Write 10.0.0.0/24 for .* 10.0.0.5 for"),
    ({"peers": ["fd00::5/64"]}, "peers: fd00::5/64 has host bits set. Write fd00::/64"),
    ({"monitors": ["10.0.0.256"]}, "monitors: '10.0.0.256' is neither an address nor a network"),
    ({"clients": ["web-1"]}, "clients: 'web-1' is neither .* Names are not looked up"),
    ({"clients": [""]}, "clients: '' is neither"),
    ({"clients": ["10.0.0.0/33"]}, "is neither"),
    ({"clients": ["::ffff:10.0.0.5"]}, "IPv4 address written as IPv6. Write 10.0.0.5"),
    ({"bastions": ["fe80::1%eth0"]}, "names an interface"),
    ({"redis_ports": [70000]}, "redis_ports: 70000 is no port"),
    ({"redis_ports": [0]}, "redis_ports: 0 is no port"),
    ({"redis_ports": []}, "redis_ports: is empty"),
    ({"exporter_ports": [-1]}, "exporter_ports: -1 is no port"),
    ({"exporter_ports": [6379]}, "exporter_ports: 6379 is a port of redis too"),
    ({"ssh_ports": [26379]}, "ssh_ports: 26379 is a port of sentinel too"),
    ({"clients": ["0.0.0.0/0"]}, "clients: the whole world"),
    ({"clients": ["0.0.0.0/1", "128.0.0.0/1"]}, "clients: the whole world"),
    ({"peers": ["::/0"], "allow_public": True}, "peers: the whole world"),
    ({"clients": ["203.0.113.9"]}, "clients: 203.0.113.9/32 is public"),
    ({"addresses": ["203.0.113.9"]}, "addresses: 203.0.113.9/32 is public"),
    ({"monitors": ["2001:db8::1"]}, "monitors: 2001:db8::1/128 is public"),
    ({"clients": ["172.0.0.0/8"]}, "is public"),
    ({"vpc": ["10.0.0.0/8"]}, "interfaces: is empty"),
    ({"interfaces": ['eth1" accept; #']}, "interfaces: .* is no name"),
    ({"interfaces": ["lo"]}, "interfaces: 'lo' is no name"),
    ({"user": 'redis" accept'}, "user: .* is no name"),
    ({"log_per_minute": -1}, "log_per_minute: must be 0"),
    ({"log_per_minute": 601}, "log_per_minute: must be 0"),
    ({"others": [{"port": 6379, "protocol": "tcp", "sources": ["10.0.0.1"]}]}, "others: port 6379 is guarded"),
    ({"others": [{"port": 80, "protocol": "tcp", "sources": []}]}, r"others\[0\].sources: is empty"),
    ({"others": [{"port": 0, "protocol": "tcp", "sources": ["10.0.0.1"]}]}, r"others\[0\].port: 0 is no port"),
    ({"others": [{"port": 80, "protocol": "tcp", "sources": ["x"]}]}, r"others\[0\].sources: 'x' is neither"),
]


@pytest.mark.parametrize(("change", "words"), REFUSED, ids=[str(change) for change, _words in REFUSED])
def test_a_bad_wish_is_refused(change: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        parse({**PARAMS, **change})


@pytest.mark.parametrize(
    "change",
    [
        {},
        FULL,
        {"clients": [], "allow_no_clients": True},
        {"bastions": [], "allow_no_bastions": True},
        {"scope": "ports", "bastions": []},
        {"clients": ["203.0.113.9"], "allow_public": True},
        {"clients": ["100.64.0.1", "fe80::1", "169.254.1.1"]},
        {"others": [{"port": 6379, "protocol": "udp", "sources": ["10.0.0.1"]}]},
        {"bastions": ["0.0.0.0/0"]},
    ],
)
def test_what_can_be_had_is_not_refused(change: dict[str, Any]) -> None:
    parse({**PARAMS, **change})


def test_networks_are_joined_and_sorted() -> None:
    found = networks(["fd00::1", "10.0.0.5", "10.0.0.0/24", "10.0.1.0/24"], "clients")
    assert [str(one) for one in found] == ["10.0.0.0/23", "fd00::1/128"]


@given(SOURCES, st.integers(0, 2**24 - 1))
def test_joining_changes_nothing_for_any_address(words: list[str], low: int) -> None:
    joined = networks(words, "clients")
    for address in (ip_address((10 << 24) + low), ip_address((0xFD << 120) + low)):
        assert any(address in one for one in joined) == any(address in ip_network(word) for word in words)


@pytest.mark.parametrize(
    ("change", "session", "expected"),
    [
        ({}, ("198.51.100.7", 22), True),
        ({}, ("2001:db8::7", 22), True),
        ({}, ("::ffff:198.51.100.7", 22), True),
        ({}, ("198.51.100.8", 22), False),
        ({}, ("198.51.100.7", 2222), False),
        ({}, ("fe80::1%eth0", 22), False),
        ({}, ("127.0.0.1", 22), True),
        # A client may reach Redis, not ssh.
        ({}, ("10.10.1.20", 22), False),
        ({"others": [{"port": 2222, "protocol": "tcp", "sources": ["10.0.0.1"]}]}, ("10.0.0.1", 2222), True),
        ({"others": [{"port": 2222, "protocol": "udp", "sources": ["10.0.0.1"]}]}, ("10.0.0.1", 2222), False),
        ({"scope": "ports"}, ("192.0.2.9", 22), True),
    ],
)
def test_whether_we_could_come_back(change: dict[str, Any], session: tuple[str, int], expected: bool) -> None:
    wish = parse({**PARAMS, **change})
    assert let_in(wish, Session(*session)) is expected
    if expected:
        refuse_lockout(wish, Session(*session))
    else:
        with pytest.raises(InputError, match=f"came from {session[0]} to port {session[1]}, and would be locked out"):
            refuse_lockout(wish, Session(*session))


def test_without_a_session_nothing_is_known() -> None:
    refuse_lockout(parse(PARAMS), None)


@pytest.mark.parametrize(
    ("change", "connected", "expected"),
    [
        ({}, ("10.10.1.20", 6379), []),
        ({}, ("10.10.1.11", 6380), []),
        ({}, ("::ffff:10.10.2.9", 6379), []),
        ({}, ("10.10.1.21", 6379), ["10.10.1.21 (port 6379)"]),
        ({}, ("10.10.1.30", 9121), []),
        ({}, ("10.10.1.20", 9121), ["10.10.1.20 (port 9121)"]),
        ({}, ("10.10.1.20", 16379), ["10.10.1.20 (port 16379)"]),
        ({}, ("10.10.1.11", 16379), []),
        ({}, ("10.10.1.11", 26379), ["10.10.1.11 (port 26379)"]),
        ({"sentinel_proved": True}, ("10.10.1.11", 26379), []),
        ({}, ("127.0.0.1", 6379), []),
        ({}, ("::1", 6379), []),
        # Not ours to judge: bastions have their own check.
        ({}, ("192.0.2.1", 22), []),
        ({}, ("192.0.2.1", 443), []),
    ],
)
def test_who_is_connected_and_would_not_be_let_in(
    change: dict[str, Any], connected: tuple[str, int], expected: list[str]
) -> None:
    assert strangers(parse({**PARAMS, **change}), [connected, connected]) == expected
