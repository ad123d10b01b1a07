"""What is no password."""

from __future__ import annotations

import base64
import random

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.acl import passwords
from ansible_collections.rampart.redis.plugins.module_utils.errors import InputError

GOOD = ["0123456789abcdef" * 2, "kJ8vQ2xZ7pL4mN9bR5tY1w", "Tr-8_uZ,kQ.w4" * 2]


@pytest.mark.parametrize("value", GOOD)
def test_good_ones_pass(value: str) -> None:
    passwords.check(value, "app")


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("", "the password is empty"),
        ("${REDIS_PASSWORD}", "the password holds a variable that was never filled in"),
        ("$REDIS_PASSWORD", "the password holds a variable that was never filled in"),
        ("$(openssl rand -base64 25)", "the password holds a variable that was never filled in"),
        ("{{ redis_password }}", "the password holds a variable that was never filled in"),
        ("<password>", "the password holds a variable that was never filled in"),
        ("kJ8vQ2xZ7pL4mN9bR5tY1w kJ8v", "the password holds blanks or control characters"),
        ("kJ8vQ2xZ7pL4mN9bR5tY1w\t~*", "the password holds blanks or control characters"),
        ("changeme", "the password is a placeholder or a well-known default"),
        ("Change-Me-1234567890-abcdefghijklmnop", "the password is a placeholder or a well-known default"),
        ("your-strong-password-of-many-characters", "the password is a placeholder or a well-known default"),
        ("foobared", "the password is a placeholder or a well-known default"),
        ("Password123!", "the password is a placeholder or a well-known default"),
        ("redis", "the password is a placeholder or a well-known default"),
        ("kJ8vQ2xZ7p", "the password has at most 60 bits, 128 are needed"),
        ("0123456789abcdef", "the password has at most 64 bits, 128 are needed"),
        ("a" * 100, "the password has at most 0 bits, 128 are needed"),
        ("ab" * 30, "the password has at most 60 bits, 128 are needed"),
    ],
)
def test_bad_ones_are_refused_with_the_reason_only(value: str, reason: str) -> None:
    with pytest.raises(InputError) as caught:
        passwords.check(value, "secret 'app'")
    assert caught.value.what == reason
    assert not value or value not in str(caught.value)


def test_what_we_generate_ourselves_passes() -> None:
    source = random.Random(7)  # noqa: S311 - the same values in every run
    for _round in range(5000):
        passwords.check(base64.urlsafe_b64encode(source.randbytes(32)).decode().rstrip("="), "generated")
