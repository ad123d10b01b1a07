"""The order of Debian's versions."""

from __future__ import annotations

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.audit import dpkg

# From the oldest to the newest.
ORDER = (
    "6.0.16-1+deb11u9",
    "8.1.1+dfsg1-3+deb13u3",
    "5:6.0.16-1+deb11u2",
    "5:6.0.16-1+deb11u9",
    "5:7.0~rc2-2",
    "5:7.0.15-1~deb12u1",
    "5:7.0.15-1~deb12u9",
    "5:7.0.15-1~deb12u10",
    "5:7.0.15-1",
    "5:7.0.15-1ubuntu0.24.04.4",
    "5:7.0.15-3.1",
    "5:7.2-rc1-1",
    "5:7.2.5-2",
    "5:8.0.2-3",
    "5:8.0.2-3+deb13u1",
    "5:8.0.2-3+deb13u10",
    "6:1.0-1",
)


@pytest.mark.parametrize(("left", "right"), [(a, b) for a in ORDER for b in ORDER])
def test_versions_are_ordered(left: str, right: str) -> None:
    places = ORDER.index(left) - ORDER.index(right)
    assert dpkg.compare(left, right) == (places > 0) - (places < 0)


@pytest.mark.parametrize(
    ("pair", "expected"),
    [
        (("1.0", "1.0-0"), 0),
        (("1.00", "1.0"), 0),
        (("0:1.0", "1.0"), 0),
        (("1.0~~", "1.0~"), -1),
        (("1.0~", "1.0"), -1),
        (("1.0a", "1.0+"), -1),
        (("1.0a", "1.0"), 1),
        (("1.0.", "1.0"), 1),
        (("1-2-3", "1-2-4"), -1),
    ],
)
def test_what_the_manual_says(pair: tuple[str, str], expected: int) -> None:
    assert dpkg.compare(*pair) == expected
    assert dpkg.compare(*reversed(pair)) == -expected


@pytest.mark.parametrize(
    ("version", "expected"),
    [("5:7.0.15-1~deb12u10", "7.0.15"), ("8.1.1+dfsg1-3+deb13u3", "8.1.1"), ("5:7.0~rc2-2", "7.0"), ("7.2.4", "7.2.4")],
)
def test_the_upstream_version(version: str, expected: str) -> None:
    assert dpkg.upstream(version) == expected
