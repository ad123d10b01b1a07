"""Names in certificates: what is read, what is refused."""

from __future__ import annotations

import ipaddress

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.errors import InputError
from ansible_collections.rampart.redis.plugins.module_utils.tls.names import parse_alt_name, parse_alt_names
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("redis.example.com", "DNS:redis.example.com"),
        ("DNS:Redis.Example.COM", "DNS:redis.example.com"),
        ("dns:redis", "DNS:redis"),
        ("redis_1", "DNS:redis_1"),
        ("*.example.com", "DNS:*.example.com"),
        ("bücher.example", "DNS:xn--bcher-kva.example"),
        ("*.bücher.example", "DNS:*.xn--bcher-kva.example"),
        ("10.0.0.5", "IP:10.0.0.5"),
        ("IP:10.0.0.5", "IP:10.0.0.5"),
        ("fd00:0:0:0:0:0:0:1", "IP:fd00::1"),
        ("IP:FD00::1", "IP:fd00::1"),
        ("::1", "IP:::1"),
    ],
)
def test_read(text: str, expected: str) -> None:
    assert str(parse_alt_name(text, "here")) == expected


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "is empty or has a blank"),
        ("redis example.com", "has a blank"),
        ("redis.example.com ", "has a blank"),
        ("a,b", "is not a DNS name"),
        ("redis..example.com", "is not a DNS name"),
        ("redis.example.com.", "is not a DNS name"),
        ("-redis.example.com", "is not a DNS name"),
        ("a" * 64 + ".example.com", "is not a DNS name"),
        (".".join(["a" * 60] * 5), "is not a DNS name"),
        ("10.0.0.300", "neither a DNS name nor an IP address"),
        ("IP:redis", "'redis' is not an IP address"),
        ("DNS:10.0.0.5", "neither a DNS name nor an IP address"),
        ("URI:redis", "is of an unknown kind. Known are DNS: and IP:"),
        ("*.com", "too wide"),
        ("*", "too wide"),
        ("re*.example.com", "is not a DNS name"),
        ("a.*.example.com", "is not a DNS name"),
    ],
)
def test_refuse(text: str, complaint: str) -> None:
    with pytest.raises(InputError, match=f"^certificate 'x': .*({complaint})"):
        parse_alt_name(text, "certificate 'x'")


def test_each_name_once_in_the_order_given() -> None:
    names = parse_alt_names(["b.example.com", "10.0.0.1", "DNS:B.example.com", "a.example.com", "IP:10.0.0.1"], "here")
    assert [str(name) for name in names] == ["DNS:b.example.com", "IP:10.0.0.1", "DNS:a.example.com"]


@given(st.ip_addresses())
def test_every_address_survives(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    name = parse_alt_name(str(address), "here")
    assert (name.kind, ipaddress.ip_address(name.value)) == ("IP", address)


@given(st.text(max_size=40))
def test_what_is_accepted_reads_back_the_same(text: str) -> None:
    try:
        name = parse_alt_name(text, "here")
    except InputError:
        return
    assert parse_alt_name(str(name), "here") == name
    assert name.value.isascii()
