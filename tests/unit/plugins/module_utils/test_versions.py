"""Versions of servers, and questions about them."""

from __future__ import annotations

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.errors import InputError
from ansible_collections.rampart.redis.plugins.module_utils.versions import (
    REDIS,
    VALKEY,
    ServerVersion,
    from_banner,
    from_info,
    parse_number,
)

R70 = ServerVersion(REDIS, (7, 0, 15))
V81 = ServerVersion(VALKEY, (8, 1, 1))


@pytest.mark.parametrize(
    ("text", "number"),
    [("7.0.15", (7, 0, 15)), ("8.0.240-rc1", (8, 0, 240)), ("6.2", (6, 2, 0)), ("255.255.255", (255, 255, 255))],
)
def test_numbers(text: str, number: tuple[int, int, int]) -> None:
    assert parse_number(text) == number


@pytest.mark.parametrize("text", ["", "seven", "7", "v7.0"])
def test_no_numbers(text: str) -> None:
    with pytest.raises(InputError, match="cannot read the version number"):
        parse_number(text)


@pytest.mark.parametrize(
    ("banner", "version"),
    [
        ("Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=f7", R70),
        ("Valkey server v=8.1.1 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=ab", V81),
    ],
)
def test_banners(banner: str, version: ServerVersion) -> None:
    assert from_banner(banner) == version


def test_no_banner() -> None:
    with pytest.raises(InputError, match="nginx"):
        from_banner("nginx version: nginx/1.22.1")


@pytest.mark.parametrize(
    ("info", "version"),
    [
        ({"redis_version": "7.0.15"}, R70),
        ({"redis_version": "7.2.4", "server_name": "valkey", "valkey_version": "8.1.1"}, V81),
        ({"redis_version": "7.2.4", "valkey_version": "8.1.1"}, V81),
    ],
)
def test_info(info: dict[str, str], version: ServerVersion) -> None:
    assert from_info(info) == version


@pytest.mark.parametrize(
    ("version", "redis", "valkey", "expected"),
    [
        (R70, (7, 0), (7, 2), True),
        (R70, (7, 0, 16), (7, 2), False),
        (R70, (7, 2), (7, 2), False),
        (V81, (9, 9), (7, 2), True),
        (V81, (7, 0), (9, 1), False),
    ],
)
def test_since(version: ServerVersion, redis: tuple[int, ...], valkey: tuple[int, ...], expected: bool) -> None:
    assert version.since(redis, valkey) is expected


def test_a_version_reads_as_product_and_number() -> None:
    assert str(V81) == "valkey 8.1.1"
