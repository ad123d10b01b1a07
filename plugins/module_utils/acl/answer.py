"""Whether a user may make one call, judged without a server.

For servers before 7.0, which have no ``ACL DRYRUN``, and for endpoints without a binary at hand. Keys are found by the
positions that ``COMMAND`` gives, so those of commands with movable keys (``EVAL``, ``ZUNION`` ...) are not looked at.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..errors import InputError
from .tokens import ALL

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .rules import Selector
    from .user import AclUser

_CHANNEL_COMMANDS = ("subscribe", "psubscribe", "publish", "ssubscribe", "spublish")
_ONE_CHANNEL = ("publish", "spublish")


def may(user: AclUser, call: str) -> bool:
    """Tell whether the user may make a call such as ``GET app:1``.

    :raises InputError: the call is empty.
    """
    words = call.split()
    if not words:
        raise InputError("a call must name a command", where=f"assertions for {user.name!r}")
    return any(_selector_allows(selector, words) for selector in user.selectors)


def broken(assertions: Iterable[Mapping[str, Sequence[str]]], verdicts: Mapping[tuple[str, str], bool]) -> list[str]:
    """Return one sentence for each call that is not answered as asserted; ``verdicts`` are by (user, call)."""
    said = []
    for one in assertions:
        user = str(one["user"])
        said += [f"{user} may not {call}" for call in one.get("allow") or () if not verdicts[user, call]]
        said += [f"{user} may {call}" for call in one.get("deny") or () if verdicts[user, call]]
    return said


def _spelt(words: Sequence[str]) -> str:
    """Return ``config|get`` for a subcommand, and alike for a first argument that may decide."""
    name = words[0].lower()
    return f"{name}|{words[1].lower()}" if len(words) > 1 else name


def glob(pattern: str, text: str) -> bool:
    """Match as a server matches keys: ``*``, ``?``, ``[a-c]``, ``[^a]`` and backslash."""
    return re.fullmatch(_expression(pattern), text, re.DOTALL) is not None


def _selector_allows(selector: Selector, words: Sequence[str]) -> bool:
    table = selector.table
    name = words[0].lower()
    if name in table.open_to_all:
        return True
    if not selector.allows(_spelt(words)):
        return False
    return _keys_allowed(selector, words) and _channels_allowed(selector, words)


def _keys_allowed(selector: Selector, words: Sequence[str]) -> bool:
    table = selector.table
    spelt = _spelt(words)
    name = spelt if spelt in table.categories else words[0].lower()
    if name not in table.key_places:
        return True
    first, last, step = table.key_places[name]
    end = last if last >= 0 else len(words) + last
    writes = "write" in table.categories[name]
    return all(_key_allowed(selector, key, writes=writes) for key in words[first : end + 1 : step or 1])


def _key_allowed(selector: Selector, key: str, *, writes: bool) -> bool:
    return any((one.write if writes else one.read) and glob(one.pattern, key) for one in selector.keys)


def _channels_allowed(selector: Selector, words: Sequence[str]) -> bool:
    name = words[0].lower()
    if name not in _CHANNEL_COMMANDS or ALL in selector.channels:
        return True
    asked = words[1:2] if name in _ONE_CHANNEL else words[1:]
    if name == "psubscribe":
        # A pattern is allowed only if it is granted literally.
        return all(pattern in selector.channels for pattern in asked)
    return all(any(glob(pattern, channel) for pattern in selector.channels) for channel in asked)


def _expression(pattern: str) -> str:
    parts = []
    rest = pattern
    while rest:
        sign, rest = rest[0], rest[1:]
        if sign == "[":
            part, rest = _class(rest)
        elif sign == "\\" and rest:
            part, rest = re.escape(rest[0]), rest[1:]
        else:
            part = {"*": ".*", "?": "."}.get(sign, re.escape(sign))
        parts.append(part)
    return "".join(parts)


def _class(rest: str) -> tuple[str, str]:
    """Return the expression for what follows ``[``, and the text after the class, which needs no closing bracket."""
    negated = rest.startswith("^")
    rest = rest[negated:]
    members = []
    while rest and rest[0] != "]":
        if rest[0] == "\\" and len(rest) > 1:
            members.append(re.escape(rest[1]))
            rest = rest[2:]
        elif rest[1:2] == "-" and len(rest) > 2:  # noqa: PLR2004 - a range has three characters
            members.append("-".join(re.escape(edge) for edge in sorted((rest[0], rest[2]))))
            rest = rest[3:]
        else:
            members.append(re.escape(rest[0]))
            rest = rest[1:]
    if not members:
        return "." if negated else "(?!)", rest[1:]
    return f"[{'^' * negated}{''.join(members)}]", rest[1:]
