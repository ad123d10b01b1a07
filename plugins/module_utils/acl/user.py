"""One ACL user: flags, password hashes, and selectors."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Callable

from ..errors import InputError
from .commands import CommandTable
from .rules import Selector, SelectorDraft, evaluate
from .tokens import KeyPattern, split

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

HASH = re.compile(r"[0-9a-f]{64}")
SKIP_SANITIZE = "skip-sanitize-payload"
_NAME = re.compile(r"[^\s\"'\x00-\x20]+")


def digest(password: str) -> str:
    """Return the hash a server keeps of a password: SHA-256, 64 lower case hex digits."""
    return hashlib.sha256(password.encode("utf-8", "surrogateescape")).hexdigest()


@dataclass(frozen=True)
class AclUser:
    """A user as a server understands it; equal when flags, hashes and permission are equal.

    :param flags: ``skip-sanitize-payload`` if set; its opposite is every server's default and is dropped.
    :param selectors: the root selector first, then the further ones in an order of their own.
    """

    name: str
    enabled: bool = False
    nopass: bool = False
    flags: frozenset[str] = frozenset()
    hashes: frozenset[str] = field(default=frozenset(), repr=False)
    selectors: tuple[Selector, ...] = (Selector(),)

    @classmethod
    def parse(cls, line: str, table: CommandTable | None = None, *, strict: bool = False, where: str = "") -> AclUser:
        """Read ``user NAME rules...`` as it stands in an ACL file or in a reply of ``ACL LIST``.

        :param table: the server's commands; without it names and categories stand for themselves.
        :param strict: refuse what the server of ``table`` would refuse.
        :raises InputError: not a user line, or a rule that cannot be read.
        """
        keyword, _blank, rest = line.strip(" \r\n").partition(" ")
        name, _blank, rules = rest.lstrip(" ").partition(" ")
        if keyword.lower() != "user" or not name:
            raise InputError("a line must be: user NAME RULES", where=where, hint="ACL files have no comments")
        return build(name, split(rules, where), table or CommandTable(), strict=strict, where=where)

    @classmethod
    def from_getuser(cls, name: str, reply: Sequence[Any], table: CommandTable | None = None) -> AclUser:
        """Read a reply of ``ACL GETUSER``: lists up to 6.2, rule strings and selectors from 7.0 on."""
        fields = dict(zip(reply[::2], reply[1::2]))
        known = (*_STATES, SKIP_SANITIZE, "nopass")
        tokens = [*(flag for flag in fields["flags"] if flag in known), *(f"#{hash_}" for hash_ in fields["passwords"])]
        tokens += _getuser_rules(fields)
        for extra in fields.get("selectors", ()):
            tokens.append(f"({' '.join(_getuser_rules(dict(zip(extra[::2], extra[1::2]))))})")
        return build(name, tokens, table or CommandTable(), strict=False, where=name)

    @property
    def key_patterns(self) -> frozenset[KeyPattern]:
        """The key patterns of all selectors."""
        return frozenset().union(*(selector.keys for selector in self.selectors))

    @property
    def channel_patterns(self) -> frozenset[str]:
        """The channel patterns of all selectors."""
        return frozenset().union(*(selector.channels for selector in self.selectors))

    @property
    def can_log_in(self) -> bool:
        """Tell whether anybody can become this user."""
        return self.enabled and (self.nopass or bool(self.hashes))

    def allows(self, command: str) -> bool:
        """Tell whether any selector allows ``flushall`` or ``config|get``, be the user enabled or not."""
        if command.lower().partition("|")[0] in self.selectors[0].table.open_to_all:
            return True
        return any(selector.allows(command) for selector in self.selectors)

    def render(self, *, redact: bool = False) -> str:
        """Return the line for an ACL file; with ``redact``, each hash is shown as ``#********``."""
        return f"user {self.name} {' '.join(self.rules(redact=redact))}"

    def rules(self, *, redact: bool = False) -> list[str]:
        """Return the arguments for ``ACL SETUSER NAME reset ...``; they need no earlier state."""
        hashes = ["********"] * len(self.hashes) if redact else sorted(self.hashes)
        words = ["on" if self.enabled else "off"]
        words += ["nopass"] if self.nopass else []
        words += [f"#{hash_}" for hash_ in hashes]
        words += sorted(self.flags)
        words += self.selectors[0].render().split(" ")
        return words + [f"({selector.render()})" for selector in self.selectors[1:]]


class _UserDraft:
    """Takes the rules of a user one by one, as a server does."""

    def __init__(self, table: CommandTable, *, strict: bool, where: str) -> None:
        self._table, self._strict, self._where = table, strict, where
        self.reset()

    def reset(self) -> None:
        self.enabled = False
        self.nopass = False
        self.flags: set[str] = set()
        self.hashes: set[str] = set()
        self.root = SelectorDraft(self._table, strict=self._strict, where=self._where)
        self.extra: list[Selector] = []

    def take(self, token: str) -> None:
        word = token.lower()
        if word in _STATES:
            self.enabled = _STATES[word]
        elif word in _RESETS:
            _RESETS[word](self)
        elif token[0] in "><#!":
            self._take_password(token[0], token[1:])
        elif token[0] == "(":
            self._take_selector(token)
        elif not self.root.take(token):
            raise InputError(f"unknown rule {token!r}", where=self._where)

    def no_password(self) -> None:
        self.nopass = False
        self.hashes.clear()

    def any_password(self) -> None:
        self.no_password()
        self.nopass = True

    def _take_password(self, sign: str, text: str) -> None:
        hash_ = digest(text) if sign in "><" else text
        if not HASH.fullmatch(hash_):
            raise InputError("a password hash must be 64 lower case hex digits (SHA-256)", where=self._where)
        if sign in ">#":
            self.hashes.add(hash_)
            self.nopass = False
        else:
            self.hashes.discard(hash_)

    def _take_selector(self, token: str) -> None:
        if self._strict and not self._table.has_subcommands:
            raise InputError(f"the selector {token!r} needs Redis 7.0 or later", where=self._where)
        words = token[1:-1].split()
        self.extra.append(evaluate(words, self._table, strict=self._strict, where=self._where))


_STATES = {"on": True, "off": False}
_RESETS: dict[str, Callable[[_UserDraft], None]] = {
    "nopass": _UserDraft.any_password,
    "resetpass": _UserDraft.no_password,
    "reset": _UserDraft.reset,
    "clearselectors": lambda draft: draft.extra.clear(),
    SKIP_SANITIZE: lambda draft: draft.flags.add(SKIP_SANITIZE),
    "sanitize-payload": lambda draft: draft.flags.discard(SKIP_SANITIZE),
}


def build(name: str, tokens: Iterable[str], table: CommandTable, *, strict: bool, where: str) -> AclUser:
    """Return the user that ``tokens`` amount to, from a fresh start.

    :raises InputError: the name or a token cannot be read; with ``strict``, whatever the server would refuse.
    """
    if strict and not _NAME.fullmatch(name):
        raise InputError(f"{name!r} is not a user name: no blanks, tabs or quotes", where=where)
    draft = _UserDraft(table, strict=strict, where=where)
    for token in tokens:
        draft.take(token)
    extra = sorted(draft.extra, key=lambda selector: selector.sort_key)
    return AclUser(
        name,
        draft.enabled,
        draft.nopass,
        frozenset(draft.flags),
        frozenset(draft.hashes),
        (draft.root.finish(), *extra),
    )


def _getuser_rules(fields: dict[str, Any]) -> list[str]:
    keys, channels = fields["keys"], fields.get("channels", "")
    # 6.2 lists bare patterns, 7.0 and later a string of rules.
    key_words = keys.split() if isinstance(keys, str) else [f"~{key}" for key in keys]
    channel_words = channels.split() if isinstance(channels, str) else [f"&{channel}" for channel in channels]
    return [*key_words, *channel_words, *fields["commands"].split()]
