# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an attack is, what it works on, and what it may answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from .products import REDIS, Product

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

Phase = Literal["before", "after"]

# The guide's users: before hardening with the guide's rights, afterwards with ours.
APPLICATION = "fitnessmealplanner-app"
SESSION = "session-store"
MONITORING = "monitoring-readonly"


class CannotRunError(Exception):
    """The attack could not be tried, so it proves nothing: neither succeeded nor failed."""


class RefusedError(Exception):
    """The server or the system said no: the reason an attack is allowed to fail for."""


@dataclass(frozen=True)
class Outcome:
    """The answer of one attack; ``evidence`` is one line for a person."""

    succeeded: bool
    evidence: str

    @property
    def word(self) -> str:
        """The outcome as reports spell it."""
        return "succeeded" if self.succeeded else "failed"


@dataclass(frozen=True)
class User:
    """An account whose owner is the attacker; after hardening the owner holds a client certificate as well."""

    name: str
    password: str = field(repr=False)
    cert: Path | None = None
    key: Path | None = None


@dataclass(frozen=True)
class Authority:
    """The deployment's private CA; its key signs the certificates that an attacker got hold of."""

    cert: Path
    key: Path


@dataclass(frozen=True)
class Target:
    """One container with a server, and everything the attackers know about it."""

    container: str
    address: str
    own_address: str  # ours on the same network: where a listener of an attacker is reached
    phase: Phase
    state: Path  # a directory for what lives from the run before to the run after
    users: Mapping[str, User] = field(default_factory=dict)
    authority: Authority | None = None
    plain_port: int = 6379
    tls_port: int = 6380
    product: Product = REDIS

    def user(self, name: str) -> User:
        """Return the account, or say that the attack cannot be tried."""
        try:
            return self.users[name]
        except KeyError as error:
            raise CannotRunError(f"{self.container}: no credentials of user '{name}'") from error


@dataclass(frozen=True)
class Attack:
    """A row of the table in ``table.py``."""

    id: int
    title: str
    baseline: str
    run: Callable[[Target], Outcome]
    destructive: bool = False
