"""The ACL file on the host: what it holds, what it shall hold, and whether that differs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..acl import aclfile
from ..acl.plan import changes
from ..errors import InputError
from ..host import FileWish, read_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..acl.commands import CommandTable
    from ..acl.plan import Users
    from ..acl.user import AclUser


@dataclass(frozen=True)
class StagedFile:
    """An ACL file before and after.

    :param have: the users in it; None when there is no file, or none that a server would load.
    :param changed: whether content, owner, group or mode differ.
    """

    wish: FileWish
    exists: bool
    have: Users | None
    final: Users
    same_users: bool
    changed: bool

    @property
    def text(self) -> str:
        """The file's text as it shall be."""
        return self.wish.data.decode("utf-8", "surrogateescape")

    def sentences(self, *, in_detail: bool) -> list[str]:
        """Return what changes; ``in_detail`` names every user, else only the file is named."""
        path = self.wish.path
        if not self.changed:
            return []
        if self.same_users:
            return [f"{path}: owner and mode become {self.wish.owner}:{self.wish.group} {self.wish.mode:04o}"]
        if not self.exists:
            return [f"{path}: is written with {len(self.final)} users"]
        if self.have is None:
            return [f"{path}: is written anew; no server would load it as it is"]
        found = [text for change in changes(self.have, self.final) for text in change.sentences]
        if in_detail and found:
            return found
        return [f"{path}: is brought up to date"]


def stage(empty: FileWish, final: Users, table: CommandTable) -> StagedFile:
    """Compare a file, given by an empty wish, with the users it shall hold.

    A file that means the same is left as it is, unless it holds passwords in clear. Rights that mean the same keep
    their words, also beside another password: a server renders ``+@string -@dangerous`` as a list of commands, which a
    later version reads otherwise.
    """
    found = read_text(empty.path)
    have = _parsed(found, table)
    same = have == final and not aclfile.holds_clear_passwords(found or "")
    known = have or {}
    words = [_worded(user, known.get(name)) for name, user in final.items()]
    text = found if same and found is not None else aclfile.render(words)
    wish = replace(empty, data=text.encode("utf-8", "surrogateescape"))
    return StagedFile(wish, found is not None, have, final, same, not same or not wish.is_met())


def _worded(user: AclUser, known: AclUser | None) -> AclUser:
    if known is None or known.selectors != user.selectors:
        return user
    return replace(user, selectors=known.selectors)


def redacted(users: Mapping[str, AclUser] | None) -> str:
    """Return users as text for a diff, without hashes."""
    return "".join(f"{line}\n" for line in shown(users or {}))


def shown(users: Mapping[str, AclUser]) -> list[str]:
    """Return each user's line without hashes, by name."""
    return [users[name].render(redact=True) for name in sorted(users)]


def _parsed(text: str | None, table: CommandTable) -> Users | None:
    if text is None:
        return None
    try:
        return {user.name: user for user in aclfile.parse(text, "", table)}
    except InputError:
        return None
