"""The ``users`` option of ``redis_acl``: structured entries become users."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from . import passwords
from .tokens import ALL, KeyPattern, split
from .user import HASH, AclUser, build, digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .commands import CommandTable

ABSENT = "absent"
_RIGHTS = ("keys", "channels", "commands", "selectors", "rules")
_ACCESS = {"all": (True, True), "read": (True, False), "write": (False, True)}


def read(
    entries: Iterable[Mapping[str, Any]],
    have: Mapping[str, AclUser],
    table: CommandTable,
    *,
    keep_passwords: bool = False,
    strict: bool = True,
) -> dict[str, AclUser | None]:
    """Return each listed user as it shall be, None for one that shall not be.

    :param have: the users there are; with ``keep_passwords`` their passwords stay.
    :param strict: refuse what the server of ``table`` would refuse; off where no server can be asked yet.
    :raises InputError: ``users[2] (app): ...``, anything the server of ``table`` would refuse.
    """
    want: dict[str, AclUser | None] = {}
    for number, entry in enumerate(entries):
        name = entry["name"]
        where = f"users[{number}] ({name})"
        if name in want:
            raise InputError("the user is listed twice", where=where)
        if entry.get("keep_rights"):
            want[name] = _with_passwords(entry, have.get(name), where)
            continue
        tokens = _tokens(entry, where, have.get(name) if keep_passwords else None)
        want[name] = None if tokens is None else build(name, tokens, table, strict=strict, where=where)
    return want


def _with_passwords(entry: Mapping[str, Any], user: AclUser | None, where: str) -> AclUser:
    """Return the user there is with the passwords of the entry, and nothing else changed."""
    if user is None:
        raise InputError("there is no such user, so no rights to keep", where=where)
    if any(entry.get(name) for name in _RIGHTS) or entry.get("state") == ABSENT:
        raise InputError("keep_rights and rights exclude each other", where=where)
    words = _secrets(entry, where, None)
    if not words or words == ["nopass"]:
        raise InputError("keep_rights is for a user with a password", where=where)
    return replace(
        user, nopass=False, hashes=frozenset(word[1:] if word[0] == "#" else digest(word[1:]) for word in words)
    )


def _tokens(entry: Mapping[str, Any], where: str, kept: AclUser | None) -> list[str] | None:
    if entry.get("state") == ABSENT:
        if entry["name"] == "default":
            raise InputError("the user 'default' cannot be removed", where=where, hint="Switch it off: enabled: false")
        return None
    tokens = ["off" if entry.get("enabled") is False else "on", *_secrets(entry, where, kept)]
    tokens += _rules(entry, where)
    tokens += [f"({' '.join(_rules(one, where))})" for one in entry.get("selectors") or ()]
    return tokens


def _secrets(entry: Mapping[str, Any], where: str, kept: AclUser | None) -> list[str]:
    clear, hashes = entry.get("passwords") or [], entry.get("password_hashes") or []
    if entry.get("nopass") and (clear or hashes):
        raise InputError("nopass and a password exclude each other", where=where)
    for value in clear:
        reason = passwords.fault(value)
        if reason:
            raise InputError(reason, where=where)
    for value in hashes:
        if not HASH.fullmatch(value):
            raise InputError("a password hash must be 64 lower case hex digits (SHA-256)", where=where)
    if kept is not None:
        return ["nopass"] if kept.nopass else [f"#{hash_}" for hash_ in kept.hashes]
    if entry.get("nopass"):
        return ["nopass"]
    return [*(f">{value}" for value in clear), *(f"#{value}" for value in hashes)]


def _rules(entry: Mapping[str, Any], where: str) -> list[str]:
    keys = [_key(key, where) for key in entry.get("keys") or ()]
    channels = [f"&{_word(channel, where)}" for channel in entry.get("channels") or ()]
    commands = [_command(rule, where) for rule in entry.get("commands") or ()]
    raw = entry.get("rules")
    if not raw:
        return ["resetchannels", *_all_last(keys, "~*"), *_all_last(channels, "&*"), *commands]
    if keys or channels or commands:
        raise InputError("rules stand instead of keys, channels and commands, not beside them", where=where)
    return ["resetchannels", *_raw(raw, where)]


def _all_last(patterns: list[str], everything: str) -> list[str]:
    # A server refuses a pattern after the one that covers it; listing both is no mistake of the user's.
    return [everything] if everything in patterns else patterns


def _raw(text: str, where: str) -> list[str]:
    tokens = split(text, where)
    for token in tokens:
        if token[0] in "><#!" or token.lower() in ("nopass", "resetpass", "reset", "on", "off"):
            raise InputError(
                f"{token[0]!r}... does not belong into rules"
                if token[0] in "><#!"
                else f"{token!r} does not belong into rules",
                where=where,
                hint="Use enabled, passwords, password_hashes or nopass",
            )
    return tokens


def _key(key: str | Mapping[str, Any], where: str) -> str:
    if isinstance(key, str):
        return str(KeyPattern(_word(key, where)))
    access = key.get("access", "all")
    if "pattern" not in key or access not in _ACCESS:
        raise InputError(f"{key!r} must have pattern and access (all, read or write)", where=where)
    pattern = _word(key["pattern"], where)
    if pattern == ALL and access == "all":
        return "~*"
    return str(KeyPattern(pattern, *_ACCESS[access]))


def _word(text: str, where: str) -> str:
    if not text or any(sign in text for sign in " \t\r\n\x00"):
        raise InputError(f"the pattern {text!r} is empty or has blanks", where=where)
    return text


def _command(rule: str, where: str) -> str:
    word = _word(rule, where)
    if word[0] not in "+-" and word.lower() not in ("allcommands", "nocommands"):
        raise InputError(f"the command rule {rule!r} must begin with + or -", where=where)
    return word
