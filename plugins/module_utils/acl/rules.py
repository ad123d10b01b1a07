"""One selector: its rules in order, and the permission they amount to on one server.

Servers re-render rules (7.0 forgets their order, 8.0 keeps it), so texts are never compared: the sets of ``Selector``
are.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ..errors import InputError
from .commands import CommandTable
from .elsewhere import servers_with
from .tokens import ALL, KeyPattern, parse_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_COMMAND_WORDS = {"allcommands": "+@all", "nocommands": "-@all"}
_KEY_WORDS = {"allkeys": "~*"}
_CHANNEL_WORDS = {"allchannels": "&*"}


@dataclass(frozen=True)
class Selector:
    """What a set of rules allows.

    :param commands: names of allowed commands and subcommands.
    :param first_args: allowed first arguments of commands not otherwise allowed, as ``select|0``.
    :param all_future: whether commands that this server does not know yet are allowed too.
    :param rules: the command rules as written; kept for rendering, not compared.
    """

    commands: frozenset[str] = frozenset()
    first_args: frozenset[str] = frozenset()
    all_future: bool = False
    keys: frozenset[KeyPattern] = frozenset()
    channels: frozenset[str] = frozenset()
    rules: tuple[str, ...] = field(default=(), compare=False)
    table: CommandTable = field(default_factory=CommandTable, compare=False, repr=False)

    def allows(self, command: str) -> bool:
        """Tell whether ``flushall``, ``config|get``, ``select|0`` may run; for a container, whether any of it may."""
        name = command.lower()
        if name in self.commands or name in self.first_args or self.commands & self.table.family(name):
            return True
        parent, separator, _argument = name.partition("|")
        if separator and parent in self.commands and name not in self.table.categories:
            return True
        if not separator and any(argument.startswith(f"{name}|") for argument in self.first_args):
            return True
        return self.all_future and parent not in self.table.categories

    @property
    def sort_key(self) -> tuple[list[str], list[str], bool, list[KeyPattern], list[str]]:
        """An order of selectors that depends on nothing but their permission."""
        return (
            sorted(self.commands),
            sorted(self.first_args),
            self.all_future,
            sorted(self.keys),
            sorted(self.channels),
        )

    def render(self) -> str:
        """Return rules that give this permission from any state: keys, channels, then commands."""
        keys = ["resetkeys", *(str(key) for key in sorted(self.keys))]
        channels = ["resetchannels", *(f"&{channel}" for channel in sorted(self.channels))]
        rules = self.rules if self.rules[:1] == ("-@all",) else ("-@all", *self.rules)
        return " ".join([*keys, *channels, *rules])


@dataclass(frozen=True, eq=False)
class _Granted:
    """What command rules amount to so far; fields as in ``Selector``."""

    commands: frozenset[str] = frozenset()
    first_args: frozenset[str] = frozenset()
    all_future: bool = False
    rules: tuple[str, ...] = ()


_NOTHING = _Granted()


class SelectorDraft:
    """Takes rules one by one, as a server does.

    :param strict: refuse what this server would refuse; without it, unknown names stand for themselves.
    :param where: named in errors.
    """

    def __init__(self, table: CommandTable, *, strict: bool, where: str) -> None:
        self._table = table
        self._strict = strict
        self._where = where
        self._granted = _NOTHING
        self._keys: dict[str, KeyPattern] = {}
        self._channels: set[str] = set()
        self._takers: dict[str, Callable[[str], None]] = {
            "+": self._take_command,
            "-": self._take_command,
            "~": self._take_key,
            "%": self._take_key,
            "&": self._take_channel,
        }

    def take(self, token: str) -> bool:
        """Apply one rule; False if it is not a rule of a selector."""
        word = token.lower()
        token = {**_COMMAND_WORDS, **_KEY_WORDS, **_CHANNEL_WORDS}.get(word, token)
        if word == "resetkeys":
            self._keys.clear()
        elif word == "resetchannels":
            self._channels.clear()
        elif token[:1] in self._takers:
            self._takers[token[0]](token)
        else:
            return False
        return True

    def finish(self) -> Selector:
        """Return what the rules taken so far amount to."""
        return Selector(
            self._granted.commands,
            self._granted.first_args,
            self._granted.all_future,
            frozenset(self._keys.values()),
            frozenset(self._channels),
            self._granted.rules,
            self._table,
        )

    def _take_command(self, token: str) -> None:
        # A thousand users have few different rules between them, so each step is worked out once per table.
        step = (self._granted, token, self._strict)
        if step not in self._table.steps:
            self._table.steps[step] = self._after(token[0] == "+", token[1:].lower(), token)
        self._granted = self._table.steps[step]

    def _after(self, add: bool, name: str, token: str) -> _Granted:  # noqa: FBT001 - the sign of the rule
        if name == "@all":
            return _Granted(self._table.names if add else frozenset(), frozenset(), add, (f"{token[0]}{name}",))
        if name.startswith("@"):
            after = self._changed(add, self._category(name))
        elif "|" in name:
            after = self._after_subcommand(add, name)
        else:
            self._known(name, token)
            after = self._changed(add, self._table.family(name))
        return replace(after, rules=(*self._granted.rules, f"{token[0]}{name}"))

    def _after_subcommand(self, add: bool, name: str) -> _Granted:  # noqa: FBT001 - the sign of the rule
        parent = name.partition("|")[0]
        self._known(parent, name)
        if self._table.is_container(parent):
            self._known(name, name)
            return self._changed(add, frozenset({name}))
        if add and parent not in self._granted.commands:
            return replace(self._granted, first_args=self._granted.first_args | {name})
        if not add and self._strict:
            raise InputError(
                f"this server cannot take away {name!r} alone", where=self._where, hint=f"Grant less than {parent!r}"
            )
        return self._granted

    def _changed(self, add: bool, names: frozenset[str]) -> _Granted:  # noqa: FBT001 - the sign of the rule
        before = self._granted
        # Giving or taking a whole command forgets the first arguments allowed before.
        first_args = frozenset(rule for rule in before.first_args if rule.partition("|")[0] not in names)
        commands = before.commands | names if add else before.commands - names
        return replace(before, commands=commands, first_args=first_args)

    def _category(self, name: str) -> frozenset[str]:
        members = self._table.members(name[1:])
        if members is None and self._strict:
            raise InputError(f"unknown category {name!r}{self._guess(name)}", where=self._where)
        return members if members is not None else frozenset({name})

    def _known(self, name: str, shown: str) -> None:
        if self._strict and name not in self._table.categories:
            kind = "subcommand" if "|" in name else "command"
            raise InputError(f"unknown {kind} {shown.lstrip('+-')!r}{self._guess(name)}", where=self._where)

    def _guess(self, name: str) -> str:
        elsewhere = servers_with(name)
        if elsewhere:
            return f" on this server; it exists in {elsewhere}"
        nearest = self._table.nearest(name)
        return f", did you mean {nearest!r}?" if nearest else ""

    def _take_key(self, token: str) -> None:
        key = parse_key(token, self._where)
        if self._strict and token.startswith("%") and not self._table.has_subcommands:
            raise InputError(f"{token!r} needs Redis 7.0 or later", where=self._where)
        self._not_after_all(token, self._keys.get(ALL) == KeyPattern(ALL))
        if key == KeyPattern(ALL):
            self._keys.clear()
        old = self._keys.get(key.pattern, KeyPattern(key.pattern, read=False, write=False))
        self._keys[key.pattern] = KeyPattern(key.pattern, key.read or old.read, key.write or old.write)

    def _take_channel(self, token: str) -> None:
        self._not_after_all(token, ALL in self._channels)
        pattern = token[1:]
        if pattern == ALL:
            self._channels.clear()
        self._channels.add(pattern)

    def _not_after_all(self, token: str, has_all: bool) -> None:  # noqa: FBT001 - computed by the caller
        if self._strict and has_all and token[1:] != ALL:
            raise InputError(f"{token!r} comes after a rule that allows all of its kind", where=self._where)


def evaluate(tokens: Iterable[str], table: CommandTable, *, strict: bool = False, where: str = "") -> Selector:
    """Return the permission that rules amount to; nothing but rules of a selector may be among them."""
    draft = SelectorDraft(table, strict=strict, where=where)
    for token in tokens:
        if not draft.take(token):
            raise InputError(f"{token!r} is not a rule for keys, channels or commands", where=where)
    return draft.finish()
