"""The command table of one server: its commands, subcommands and categories, as ``COMMAND`` lists them."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

# Places in an entry of COMMAND's reply; the last one exists since Redis 7.0.
_FLAGS, _FIRST, _LAST, _STEP, _CATEGORIES, _SUBCOMMANDS = 2, 3, 4, 5, 6, 9


@dataclass(frozen=True)
class CommandTable:
    """What a server knows. Names are lower case, subcommands are ``config|get``, categories have no ``@``.

    :param categories: the categories of each command and subcommand.
    :param open_to_all: commands that need no permission (``auth``, ``hello`` ...).
    :param steps: a store of ``rules``: what one more rule makes of those before it.
    :param key_places: first, last and step of the keys among the words of a call, for commands that have keys.
    """

    categories: Mapping[str, frozenset[str]] = field(default_factory=dict)
    open_to_all: frozenset[str] = frozenset()
    key_places: Mapping[str, tuple[int, int, int]] = field(default_factory=dict, repr=False)
    _children: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)
    _members: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)
    steps: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_reply(cls, reply: Sequence[Sequence[Any]]) -> CommandTable:
        """Read the reply of ``COMMAND`` (Redis 6.0 and later, any Valkey)."""
        entries = list(_flatten(entry for entry in reply if entry))
        categories = {name: frozenset(c.lstrip("@") for c in entry[_CATEGORIES]) for name, entry in entries}
        open_to_all = frozenset(name for name, entry in entries if "no_auth" in entry[_FLAGS])
        places = {
            name: (int(entry[_FIRST]), int(entry[_LAST]), int(entry[_STEP])) for name, entry in entries if entry[_FIRST]
        }
        children = _children_of(categories)
        return cls(categories, open_to_all, places, children, _members_of(categories, children))

    @property
    def has_subcommands(self) -> bool:
        """Tell whether this server gives rights per subcommand (7.0); before, only per first argument."""
        return bool(self._children)

    @property
    def keeps_rules(self) -> bool:
        """Tell whether this server keeps the text of rules (7.2); before, it writes it anew when it is asked for."""
        return "client|setinfo" in self.categories

    @property
    def names(self) -> frozenset[str]:
        """Every command and subcommand."""
        return frozenset(self.categories)

    def family(self, name: str) -> frozenset[str]:
        """Return a command with all its subcommands: what ``+name`` and ``-name`` change."""
        return frozenset({name}) | self._children.get(name, frozenset())

    def is_container(self, name: str) -> bool:
        """Tell whether the command has subcommands of its own."""
        return name in self._children

    def members(self, category: str) -> frozenset[str] | None:
        """Return all that ``+@category`` and ``-@category`` change, or None if there is no such category."""
        return self._members.get(category)

    def nearest(self, name: str) -> str | None:
        """Return the known command (or, for ``@name``, category) that is spelt most alike."""
        known = [f"@{category}" for category in self._members] if name.startswith("@") else list(self.categories)
        return next(iter(difflib.get_close_matches(name.lower(), known, n=1)), None)


def _flatten(entries: Iterable[Sequence[Any]]) -> Iterator[tuple[str, Sequence[Any]]]:
    for entry in entries:
        yield str(entry[0]).lower(), entry
        if len(entry) > _SUBCOMMANDS:
            yield from _flatten(entry[_SUBCOMMANDS])


def _children_of(names: Iterable[str]) -> dict[str, frozenset[str]]:
    children: dict[str, set[str]] = {}
    for name in names:
        if "|" in name:
            children.setdefault(name.partition("|")[0], set()).add(name)
    return {parent: frozenset(found) for parent, found in children.items()}


def _members_of(
    categories: Mapping[str, frozenset[str]], children: Mapping[str, frozenset[str]]
) -> dict[str, frozenset[str]]:
    # As the server does it: a container in a category takes all its subcommands along, whatever theirs are.
    members: dict[str, set[str]] = {}
    for name, found in categories.items():
        for category in found:
            members.setdefault(category, set()).update({name}, children.get(name, frozenset()))
    return {category: frozenset(names) for category, names in members.items()}
