"""Rules that a server accepts and a careful reader would not: warnings with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .user import AclUser

MAX_PATTERNS = 10
MAX_SELECTORS = 3

# Whoever may run one of these can give himself the rest.
ESCALATORS = (
    "acl|setuser",
    "acl|load",
    "config|set",
    "module|load",
    "module|loadex",
    "replicaof",
    "slaveof",
    "debug",
    "psync",
    "sync",
)
SCRIPTING = ("eval", "eval_ro", "evalsha", "evalsha_ro", "fcall", "fcall_ro", "function|load", "script|load")


def lint(user: AclUser) -> list[str]:
    """Return warnings about one user, each with its reason. A user that is switched off gets none."""
    if not user.enabled:
        return []
    found = [*_openness(user), *_rules(user), *_size(user)]
    return [f"{user.name}: {text}" for text in found]


def escalation(user: AclUser) -> list[str]:
    """Return the commands by which the user could give himself every right."""
    return [name for name in ESCALATORS if name in user.selectors[0].table.categories and user.allows(name)]


def shared_hashes(users: Iterable[AclUser]) -> list[str]:
    """Return one warning for every password that more than one user has."""
    owners: dict[str, list[str]] = {}
    for user in users:
        for hash_ in user.hashes:
            owners.setdefault(hash_, []).append(user.name)
    return [
        f"{', '.join(sorted(names))} have a password in common: one that leaks opens all of them"
        for names in owners.values()
        if len(names) > 1
    ]


def _openness(user: AclUser) -> list[str]:
    said = []
    if user.nopass:
        said.append("needs no password: whoever reaches the port is this user")
    means = escalation(user)
    if means:
        said.append(f"can give itself every right by {', '.join(name.upper().replace('|', ' ') for name in means)}")
    elif any(key.pattern == "*" for key in user.key_patterns):
        said.append("reaches every key (~*), also those of other applications")
    return said


def _rules(user: AclUser) -> list[str]:
    said = []
    if any(selector.all_future for selector in user.selectors):
        denials = [rule for selector in user.selectors for rule in selector.rules if rule.startswith("-")]
        if denials != ["-@all"] * len(denials):
            said.append("denies some commands of +@all: commands that a later version adds are allowed without asking")
    elif any(user.allows(name) for name in SCRIPTING if name in user.selectors[0].table.categories):
        said.append("may run scripts: one endless script stalls the server for everybody")
    return said


def _size(user: AclUser) -> list[str]:
    patterns = len(user.key_patterns) + len(user.channel_patterns)
    said = []
    if patterns > MAX_PATTERNS:
        said.append(
            f"has {patterns} patterns: each is tried for every key (10 make a GET 1.9 times as dear, 100 2.9 times)"
        )
    if len(user.selectors) - 1 > MAX_SELECTORS:
        said.append(f"has {len(user.selectors) - 1} selectors: each is tried for every command (11 cost 1.7 times)")
    return said
