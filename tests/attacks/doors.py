# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways in: each is tried by whom it suits, so that an attack after hardening is a fair attempt."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .model import APPLICATION, CannotRunError, Outcome, RefusedError
from .resp import Connection, insist, translated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from .model import Target, User

PATIENCE = 10.0  # seconds to wait for a server that does answer


@dataclass(frozen=True)
class Door:
    """One way in; ``login`` is sent first when there is one."""

    name: str
    address: str
    port: int
    context: ssl.SSLContext | None = None
    login: User | None = None

    def open(self) -> Connection:
        """Return an open (and logged in) connection, or raise RefusedError or CannotRunError."""
        connection = Connection(translated(self._socket, self.name), self.name)
        if self.login is not None:
            _log_in(connection, self.login)
        return connection

    def _socket(self) -> socket.socket:
        plain = socket.create_connection((self.address, self.port), timeout=PATIENCE)
        if self.context is None:
            return plain
        try:
            return self.context.wrap_socket(plain, server_hostname=self.address)
        except OSError:
            plain.close()
            raise


def _log_in(connection: Connection, user: User) -> None:
    """Log in with credentials that are valid: a refusal here would make the attack unfair, so it is no outcome."""
    try:
        insist(connection.call("AUTH", user.name, user.password), connection.door, "AUTH")
    except RefusedError as error:
        connection.close()
        raise CannotRunError(f"valid credentials of '{user.name}' were refused: {error}") from error


def careless_context(cert: Path | None = None, key: Path | None = None) -> ssl.SSLContext:
    """Return an attacker's TLS settings: it does not care whom it talks to."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if cert is not None:
        context.load_cert_chain(cert, key)
    return context


def anonymous(target: Target) -> list[Door]:
    """Return the doors of somebody without a login: plaintext, TLS, and TLS with a genuine client certificate."""
    doors = [
        Door("plaintext, no login", target.address, target.plain_port),
        Door("TLS, no certificate, no login", target.address, target.tls_port, careless_context()),
    ]
    if target.phase == "after":
        user = target.user(APPLICATION)
        context = careless_context(user.cert, user.key)
        doors.append(Door("TLS, valid certificate, no login", target.address, target.tls_port, context))
    return doors


def logged_in(target: Target, *names: str) -> list[Door]:
    """Return the doors of people with valid accounts, as their own applications use them."""
    return [_account_door(target, target.user(name)) for name in names]


def _account_door(target: Target, user: User) -> Door:
    if target.phase == "before":
        return Door(f"as {user.name}", target.address, target.plain_port, login=user)
    context = careless_context(user.cert, user.key)
    return Door(f"TLS as {user.name}", target.address, target.tls_port, context, user)


def owner(target: Target, name: str) -> Connection:
    """Return the rightful owner's connection: the victim in an attack, or the witness after it."""
    if target.phase == "before":
        return opened(Door("plaintext, owner", target.address, target.plain_port))
    return opened(logged_in(target, name)[0])


def opened(door: Door) -> Connection:
    """Open a door that must open; a refusal means that nothing was proved."""
    try:
        return door.open()
    except RefusedError as error:
        raise CannotRunError(f"a lawful connection was refused: {error}") from error


def everyone(target: Target) -> list[Door]:
    """Return the doors of the anonymous and, where accounts exist, of their owners."""
    return anonymous(target) + logged_in(target, *sorted(target.users))


def lawful(target: Target, name: str, *words: str | int) -> None:
    """Let a rightful owner do something that the attacker hopes to see."""
    with owner(target, name) as connection:
        try:
            connection.ask(*words)
        except RefusedError as error:
            raise CannotRunError(f"a lawful command was refused: {error}") from error


def attempt(doors: Iterable[Door], *probes: Callable[[Connection], str], thorough: bool = False) -> Outcome:
    """Try every probe at every door, each on a fresh connection.

    A probe returns its evidence when it succeeds and raises RefusedError when it is refused. The first success ends the
    attempt, unless ``thorough``: then every success is listed.
    """
    successes: list[str] = []
    refusals: dict[str, None] = {}
    for door in doors:
        for probe in probes:
            try:
                with door.open() as connection:
                    successes.append(f"{door.name}: {probe(connection)}")
            except RefusedError as error:
                refusals[str(error)] = None
            if successes and not thorough:
                return Outcome(succeeded=True, evidence=successes[0])
    if not successes and not refusals:
        raise CannotRunError("the attack had no door to try")
    return Outcome(succeeded=bool(successes), evidence="; ".join(successes or refusals))
