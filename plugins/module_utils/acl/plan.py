"""From the users there are and the users wished for to the users there will be, and what stands against it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import InputError
from .diff import diff, shrinks
from .user import AclUser, digest

if TYPE_CHECKING:
    from collections.abc import Mapping

Users = dict[str, AclUser]

DEFAULT = "default"
# What every server begins with.
OPEN_DEFAULT = AclUser.parse("user default on nopass ~* &* +@all")
_ADMINISTER = "acl|setuser"
_HINT = "Log in as another user, or say force: true"


@dataclass(frozen=True)
class Change:
    """One user before and after; None where there is none."""

    name: str
    have: AclUser | None
    want: AclUser | None

    @property
    def sentences(self) -> list[str]:
        """What changes, as one sentence with the user's name; none when nothing does."""
        said = diff(self.have, self.want)
        return [f"{self.name}: {'; '.join(said)}"] if said else []

    @property
    def takes_away(self) -> bool:
        """Whether open connections of this user would keep rights it no longer has (a removed user has none)."""
        return self.have is not None and self.want is not None and shrinks(self.have, self.want)


def outcome(have: Mapping[str, AclUser], want: Mapping[str, AclUser | None], *, purge: bool, login: str) -> Users:
    """Return the users there will be.

    :param want: the listed ones; None for those that go.
    :param purge: whether those not listed go too; ``default`` and the user we are logged in as never do.
    """
    stay = {DEFAULT, login}
    kept = {name: user for name, user in have.items() if name not in want and (not purge or name in stay)}
    return {**kept, **{name: user for name, user in want.items() if user is not None}}


def changes(have: Mapping[str, AclUser], final: Mapping[str, AclUser], login: str = "") -> list[Change]:
    """Return what differs, in an order that is safe: new rights first, then ``default``, removals, and ourselves."""
    found = [Change(name, have.get(name), final.get(name)) for name in {**have, **final}]
    differing = [change for change in found if change.have != change.want]
    return sorted(differing, key=lambda one: (one.name == login, one.want is None, one.name == DEFAULT, one.name))


def samples(users: Mapping[str, AclUser]) -> Users:
    """Return one user for each wording of rules: a server reads the same words alike, whatever the names in them."""
    chosen = {_wording(user): user for user in users.values()}
    return {user.name: user for user in chosen.values()}


def _wording(user: AclUser) -> tuple[object, ...]:
    rights = [
        (one.rules, frozenset((key.read, key.write) for key in one.keys), bool(one.channels)) for one in user.selectors
    ]
    return user.enabled, user.nopass, user.flags, len(user.hashes), *rights


def guard(have: Mapping[str, AclUser], final: Mapping[str, AclUser], login: str, password: str | None) -> None:
    """Refuse to saw off the branch we sit on.

    :param login: the user we are logged in as; ``password`` is what the next run will log in with, if any.
    :raises InputError: the login user would be crippled, or nobody could administer the server any more.
    """
    mine = final.get(login)
    if mine != have.get(login):
        reason = _crippled(mine, password)
        if reason:
            raise InputError(f"the user this task is logged in as would {reason}", where=f"user {login!r}", hint=_HINT)
    if not any(user.can_log_in and user.allows(_ADMINISTER) for user in final.values()):
        raise InputError("nobody who can log in could run ACL SETUSER any more", where="users", hint=_HINT)


def _crippled(user: AclUser | None, password: str | None) -> str | None:
    if user is None:
        return "be removed"
    if not user.enabled:
        return "be switched off"
    if not user.allows(_ADMINISTER):
        return "lose ACL SETUSER"
    if password is not None and not user.nopass and digest(password) not in user.hashes:
        return "not be let in with this password any more"
    return None
