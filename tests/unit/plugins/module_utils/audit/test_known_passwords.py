"""Passwords recognised by their hash, or standing there in clear."""

from __future__ import annotations

import hashlib

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.audit.known_passwords import (
    clear_acl_lines,
    clear_directives,
    weakness,
)


def _hash(word: str) -> str:
    return hashlib.sha256(word.encode()).hexdigest()


@pytest.mark.parametrize("word", ["foobared", "", "x", "app", "App123", "APP!", "${REDIS_PASSWORD}", "changeme"])
def test_a_weak_password_is_recognised_and_not_repeated(word: str) -> None:
    said = weakness("app", ["0" * 64, _hash(word)])
    assert said
    assert len(word) < 3 or word not in said


def test_a_strong_password_is_not_accused() -> None:
    assert weakness("app", [_hash("kT2-w9vQxLzR0b7sNfJ4mE8hYcUaPdGi")]) is None


def test_no_password_is_not_accused() -> None:
    assert weakness("app", []) is None


def test_clear_acl_lines() -> None:
    text = f"user default off\nuser app on >secret ~*\nuser web on #{'a' * 64} ~*\n\nuser x on ~* >s\n"
    assert list(clear_acl_lines(text)) == ["line 2 (user app)", "line 5 (user x)"]


def test_clear_directives() -> None:
    lines = [(3, "masterauth", ("s",)), (4, "requirepass", ("",)), (5, "user", ("a", "on", ">s")), (6, "port", ("1",))]
    assert list(clear_directives(lines)) == ["line 3 (masterauth)", "line 5 (user a)"]
