"""What changes between two states of a user, as sentences; empty when nothing does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .rules import Selector
from .user import SKIP_SANITIZE, AclUser

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from .tokens import KeyPattern

# So many commands or patterns are named; the rest is counted.
_NAMED = 4


def diff(have: AclUser | None, want: AclUser | None) -> list[str]:
    """Return one sentence per difference, without the user's name and without any secret."""
    if have == want:
        return []
    if want is None:
        return ["is removed"]
    if have is None:
        return [
            f"is created {'on' if want.enabled else 'off'}",
            *_selector(Selector(), want.selectors[0]),
            *_selectors((), want.selectors[1:]),
        ]
    return [
        *_state(have, want),
        *_selector(have.selectors[0], want.selectors[0]),
        *_selectors(have.selectors[1:], want.selectors[1:]),
        *_passwords(have, want),
    ]


def shrinks(have: AclUser, want: AclUser | None) -> bool:
    """Tell whether a connection logged in as ``have`` would now hold rights, or a password, that ``want`` has not."""
    if want is None or (have.enabled and not want.enabled):
        return True
    if have.hashes - want.hashes or (have.nopass and not want.nopass):
        return True
    return any(not any(_covers(new, old) for new in want.selectors) for old in have.selectors)


def _covers(new: Selector, old: Selector) -> bool:
    return (
        old.commands <= new.commands
        and all(new.allows(rule) for rule in old.first_args)
        and old.all_future <= new.all_future
        and all(_within(key, new.keys) for key in old.keys)
        and (old.channels <= new.channels or "*" in new.channels)
    )


def _within(key: KeyPattern, others: Collection[KeyPattern]) -> bool:
    matching = [other for other in others if other.pattern in (key.pattern, "*")]
    return key.read <= any(other.read for other in matching) and key.write <= any(other.write for other in matching)


def _state(have: AclUser, want: AclUser) -> list[str]:
    said = []
    if have.enabled != want.enabled:
        said.append("is switched on" if want.enabled else "is switched off")
    if have.flags != want.flags:
        said.append("payloads are no longer checked" if SKIP_SANITIZE in want.flags else "payloads are checked")
    return said


def _passwords(have: AclUser, want: AclUser) -> list[str]:
    said = []
    if have.nopass != want.nopass:
        said.append("needs no password any more" if want.nopass else "needs a password from now on")
    added, removed = len(want.hashes - have.hashes), len(have.hashes - want.hashes)
    if added and removed:
        said.append(f"password changed ({added} added, {removed} removed)")
    elif added or removed:
        said.append(
            f"{added or removed} password{'s' if added + removed > 1 else ''} {'added' if added else 'removed'}"
        )
    return said


def _selector(old: Selector, new: Selector) -> list[str]:
    said = []
    for verb, first, second in (("loses", old, new), ("gains", new, old)):
        parts = [
            *_commands(first, second),
            *_keys(first.keys, second.keys),
            *_named([f"channel {channel}" for channel in sorted(first.channels - second.channels)]),
        ]
        if parts:
            said.append(f"{verb} {', '.join(parts)}")
    return said


def _commands(first: Selector, second: Selector) -> list[str]:
    said = ["all commands of future versions"] if first.all_future and not second.all_future else []
    names = (first.commands - second.commands) | (first.first_args - second.first_args)
    # The dangerous ones are named first and apart: they are what a reader must not miss.
    dangerous = names & (first.table.members("dangerous") or second.table.members("dangerous") or frozenset())
    return said + _named(_spelt(dangerous), " of @dangerous") + _named(_spelt(names - dangerous))


def _spelt(names: Collection[str]) -> list[str]:
    return [name.upper().replace("|", " ") for name in sorted(names)]


def _keys(first: Collection[KeyPattern], second: Collection[KeyPattern]) -> list[str]:
    said = []
    for key in sorted(first):
        other = next((each for each in second if each.pattern == key.pattern), None)
        read = key.read and not (other and other.read)
        write = key.write and not (other and other.write)
        if read or write:
            said.append(f"{' and '.join(['read'] * read + ['write'] * write)} on {key.pattern}")
    return _named(said)


def _named(items: list[str], kind: str = "") -> list[str]:
    if not items:
        return []
    more = len(items) - _NAMED
    return [f"{', '.join(items[:_NAMED])}{f' and {more} more{kind}' if more > 0 else ''}"]


def _selectors(old: Sequence[Selector], new: Sequence[Selector]) -> list[str]:
    return [f"loses the selector {one.render()}" for one in old if one not in new] + [
        f"gains the selector {one.render()}" for one in new if one not in old
    ]
