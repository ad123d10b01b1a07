"""Questions about addresses."""

from __future__ import annotations

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.audit import addresses
from ansible_collections.rampart.redis.plugins.module_utils.errors import InputError


@pytest.mark.parametrize(
    ("value", "words"), [("10.0.0.1 -::1", ["10.0.0.1", "::1"]), ("* -::*", ["*", "::*"]), ("", ["*"])]
)
def test_bind_words(value: str, words: list[str]) -> None:
    assert addresses.bind_words({"bind": value}) == words


@pytest.mark.parametrize(
    ("address", "expected"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True), ("10.0.0.1", False), ("web", False)],
)
def test_is_loopback(address: str, *, expected: bool) -> None:
    assert addresses.is_loopback(address) is expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [("10.0.0.1", True), ("::ffff:10.0.0.1", True), ("8.8.8.8", False), ("*", False), ("::", False), ("web", False)],
)
def test_is_inside(address: str, *, expected: bool) -> None:
    assert addresses.is_inside(address, addresses.PRIVATE_CIDRS) is expected


@pytest.mark.parametrize(("value", "expected"), [("6379", 6379), ("0", 0), ("", 0)])
def test_port(value: str, expected: int) -> None:
    assert addresses.port({"port": value}, "port") == expected


def test_port_is_zero_when_the_server_lacks_the_directive() -> None:
    assert addresses.port({}, "tls-port") == 0


def test_require_cidrs_names_the_word() -> None:
    addresses.require_cidrs(["10.0.0.0/8", "::1"], "expected.listen_cidrs")
    with pytest.raises(InputError, match=r"expected.listen_cidrs: '10.0.0.0/99' is not a network"):
        addresses.require_cidrs(["10.0.0.0/99"], "expected.listen_cidrs")
