"""Wishes for firewalls, shared by the tests of the rules' text and of what the real nft makes of it."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from typing import Any

from hypothesis import strategies as st

# The options of redis_firewall as a small deployment sets them.
PARAMS: dict[str, Any] = {
    "scope": "host",
    "clients": ["10.10.1.20", "10.10.2.0/24"],
    "peers": ["10.10.1.11", "fd00:10::11"],
    "monitors": ["10.10.1.30"],
    "bastions": ["198.51.100.7", "2001:db8::7"],
    "addresses": [],
    "vpc": [],
    "egress": [],
    "interfaces": [],
    "redis_ports": [6379, 6380],
    "sentinel_ports": [26379],
    "bus_ports": [16379],
    "exporter_ports": [9121],
    "ssh_ports": [22],
    "sentinel_proved": False,
    "user": "",
    "dns": False,
    "log_per_minute": 10,
    "others": [],
    "allow_public": False,
    "allow_no_clients": False,
    "allow_no_bastions": False,
}
FULL: dict[str, Any] = {
    **PARAMS,
    "addresses": ["10.10.1.10", "fd00:10::10"],
    "vpc": ["10.10.0.0/16", "fd00:10::/64"],
    "interfaces": ["eth1", "wg0"],
    "egress": ["10.10.9.0/24"],
    "sentinel_proved": True,
    "user": "nobody",
    "dns": True,
    "others": [
        {"port": 443, "protocol": "tcp", "sources": ["0.0.0.0/0", "::/0"]},
        {"port": 51820, "protocol": "udp", "sources": ["203.0.113.0/24"]},
    ],
}


def _four() -> st.SearchStrategy[str]:
    # Networks in 10.0.0.0/8, from single hosts to a /9, that may overlap.
    return st.builds(
        lambda address, bits: str(IPv4Network(((10 << 24) + address, bits), strict=False)),
        st.integers(0, 2**24 - 1),
        st.integers(9, 32),
    )


def _six() -> st.SearchStrategy[str]:
    return st.builds(
        lambda address, bits: str(IPv6Network(((0xFD << 120) + address, bits), strict=False)),
        st.integers(0, 2**120 - 1),
        st.integers(9, 128),
    )


SOURCES = st.lists(st.one_of(_four(), _six()), max_size=6)


def wishes() -> st.SearchStrategy[dict[str, Any]]:
    """Draw options that are allowed: every port belongs to one service, and nobody needs to be there."""
    ports = st.lists(st.integers(1, 65535), min_size=5, max_size=9, unique=True)
    return st.builds(
        _options,
        st.fixed_dictionaries(
            dict.fromkeys(("clients", "peers", "monitors", "bastions", "addresses", "egress", "vpc"), SOURCES)
        ),
        ports,
        st.fixed_dictionaries(
            {
                "scope": st.sampled_from(["host", "ports"]),
                "sentinel_proved": st.booleans(),
                "user": st.sampled_from(["", "nobody"]),
                "dns": st.booleans(),
                "log_per_minute": st.integers(0, 600),
            }
        ),
    )


def _options(sources: dict[str, Any], ports: list[int], rest: dict[str, Any]) -> dict[str, Any]:
    services = ("redis", "sentinel", "bus", "exporter", "ssh")
    named = {f"{service}_ports": ports[index::5] for index, service in enumerate(services)}
    interfaces = ["eth1"] if sources["vpc"] else []
    allowed = {"allow_public": True, "allow_no_clients": True, "allow_no_bastions": True}
    return {**PARAMS, **sources, **named, **rest, **allowed, "interfaces": interfaces}
