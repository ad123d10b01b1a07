"""Passwords that can be recognised without asking the server: by their hash, or because they stand there in clear."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

# What products, tutorials and templates ship; the empty password is the first that is tried.
_COMMON = (
    "",
    "redis",
    "valkey",
    "foobared",
    "password",
    "passw0rd",
    "changeme",
    "change-me",
    "secret",
    "admin",
    "root",
    "default",
    "guest",
    "test",
    "letmein",
    "qwerty",
    "123",
    "1234",
    "12345",
    "123456",
    "12345678",
    "123456789",
    "1234567890",
    "redis123",
    "redispassword",
    "mypass",
    "mypassword",
    "your-password",
    "your-super-secure-password-here",
    "session-specific-password",
    "monitoring-read-only-password",
    "admin-emergency-password",
    "${REDIS_PASSWORD}",
    "${SESSION_PASSWORD}",
    "${MONITORING_PASSWORD}",
    "${ADMIN_PASSWORD}",
    "${REDIS_SESSION_PASSWORD}",
    "${REDIS_MONITORING_PASSWORD}",
    "${REDIS_ADMIN_PASSWORD}",
)
_SECRET_DIRECTIVES = ("requirepass", "masterauth", "primaryauth", "tls-key-file-pass", "tls-client-key-file-pass")
_SUFFIXES = ("", "1", "123", "1234", "!", "2024", "2025", "2026")


def _digest(word: str) -> str:
    return hashlib.sha256(word.encode()).hexdigest()


_BY_DIGEST = {_digest(word): word for word in (*_COMMON, *"abcdefghijklmnopqrstuvwxyz0123456789")}


def weakness(user: str, hashes: Iterable[str], words: Iterable[str] = ()) -> str | None:
    """Say what is weak about one of the hashes, without repeating the password; None when nothing is known.

    :param words: passwords that must not be used, besides those everybody tries first.
    """
    own = {_digest(name + suffix) for name in (user, user.capitalize(), user.upper()) for suffix in _SUFFIXES}
    listed = {_digest(word) for word in words}
    for digest in hashes:
        if digest in own:
            return "the password is made from the user's name"
        if digest in _BY_DIGEST:
            return _describe(_BY_DIGEST[digest])
        if digest in listed:
            return "the password is in your list of words"
    return None


def weaknesses(users: Mapping[str, Iterable[str]], words: Iterable[str] = ()) -> dict[str, str]:
    """Return what is weak by user; ``users`` are their hashes."""
    listed = list(words)
    found = {name: weakness(name, hashes, listed) for name, hashes in users.items()}
    return {name: text for name, text in found.items() if text}


def _describe(word: str) -> str:
    if not word:
        return "the password is empty"
    if word.startswith("${"):
        return "the password is the text of a template variable that nobody filled in"
    return "the password is one character" if len(word) == 1 else "the password is on every attacker's list"


def clear_directives(lines: Iterable[tuple[int, str, tuple[str, ...]]]) -> Iterator[str]:
    """Yield the same for lines of redis.conf, given as (number, directive, arguments)."""
    for number, name, arguments in lines:
        if name in _SECRET_DIRECTIVES and any(arguments):
            yield f"line {number} ({name})"
        if name == "user" and any(word.startswith(">") for word in arguments[1:]):
            yield f"line {number} (user {arguments[0]})"


def clear_acl_lines(text: str) -> Iterator[str]:
    """Yield where an ACL file has a password in clear, as ``line 3 (user app)``."""
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if words[:1] == ["user"] and any(word.startswith(">") for word in words[2:]):
            yield f"line {number} (user {words[1]})"
