"""Find the door of a running server that lets us in: TLS, then plaintext, then the unix socket."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ..connection import Endpoint, Server, open_connection
from ..errors import LoginError, MissingLibraryError, RampartError, ServerRefusedError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_ANY = frozenset({"0.0.0.0", "::", "*"})  # noqa: S104 - recognised, not bound
_DEFAULT_PORT = 6379
DEFAULT = "default"


@dataclass(frozen=True)
class Login:
    """Who logs in."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class Facade:
    """Where a server may listen. ``sockets``: what the kernel shows; the rest is from its configuration file."""

    sockets: tuple[tuple[str, int], ...] = ()
    port: int = _DEFAULT_PORT
    tls_port: int = 0
    bind: tuple[str, ...] = ()
    unix_socket: str = ""


@dataclass
class Way:
    """The result of the search.

    ``server`` is an open connection, or None: then ``reasons`` says why, and ``refused`` whether it was the login.
    """

    server: Server | None = None
    user: str | None = None
    default_open: bool | None = None
    refused: bool = False
    reasons: list[str] = field(default_factory=list)


def candidates(facade: Facade, wish: Endpoint) -> list[Endpoint]:
    """Return the doors to try, in order; ``wish`` brings the host, port, credentials and certificates."""
    ports = list(dict.fromkeys(port for _address, port in facade.sockets))
    ports = ports or [port for port in (facade.tls_port, facade.port) if port] or [wish.port]
    # Behind a changed file the running server may still have its old doors: every port is tried both ways.
    secure = [port for port in ports if port == facade.tls_port]
    others = [port for port in ports if port != facade.tls_port]
    order = [(port, True) for port in secure] + [(port, False) for port in others]
    order += [(port, True) for port in others] + [(port, False) for port in secure]
    doors = [
        replace(wish, host=_host(facade, port, wish.host), port=port, tls=tls, unix_socket=None)
        for port, tls in order
        if wish.ca_certs or not tls
    ]
    paths = [path for path in dict.fromkeys((wish.unix_socket, facade.unix_socket)) if path]
    return doors + [replace(wish, unix_socket=path, tls=False) for path in paths]


@contextmanager
def entered(facade: Facade, wish: Endpoint, logins: Sequence[Login] = ()) -> Iterator[Way]:
    """Try the doors until one lets us in, and close the connection at the end.

    ``logins`` are tried in order where the server asks for one.
    """
    way = _search(candidates(facade, wish), logins)
    try:
        yield way
    finally:
        if way.server:
            way.server.close()


def as_login(way: Way) -> dict[str, Any] | None:
    """Return the door as options of other modules, without a password; None when there is none."""
    if way.server is None:
        return None
    door = way.server.endpoint
    return {
        "login_host": door.host,
        "login_port": door.port,
        "login_unix_socket": door.unix_socket,
        "login_user": way.user,
        "tls": door.tls,
        "validate_certs": door.validate_certs,
        "ca_certs": door.ca_certs if door.tls else None,
        "client_cert_file": door.client_cert_file if door.tls else None,
        "client_key_file": door.client_key_file if door.tls else None,
    }


def settings_facade(values: Mapping[str, str], sockets: list[tuple[str, int]]) -> Facade:
    """Build a facade from directives (name -> text) and what the kernel shows."""
    return Facade(
        sockets=tuple(sockets),
        port=int(values.get("port") or _DEFAULT_PORT),
        tls_port=int(values.get("tls-port") or 0),
        bind=tuple(word.lstrip("-") for word in values.get("bind", "").split()),
        unix_socket=values.get("unixsocket", ""),
    )


def _host(facade: Facade, port: int, wished: str) -> str:
    addresses = [address for address, number in facade.sockets if number == port] or list(facade.bind)
    if not addresses or wished in addresses or _ANY.intersection(addresses):
        return wished
    return addresses[0]


def _search(doors: list[Endpoint], logins: Sequence[Login]) -> Way:
    way = Way()
    for door in doors:
        try:
            server = open_connection(door)
        except (UnreachableError, MissingLibraryError) as error:
            way.reasons.append(str(error))
            continue
        try:
            _knock(server, way, logins)
        except RampartError as error:
            server.close()
            way.reasons.append(str(error))
            way.refused = isinstance(error, LoginError)
            if way.refused:
                break  # the next door asks the same users: one refused login is enough
        else:
            way.server = server
            break
    return way


def _knock(server: Server, way: Way, logins: Sequence[Login]) -> None:
    """Log in if the server asks for it, and as the wished user if it is known to exist. Never on speculation."""
    user, password = server.endpoint.user, server.endpoint.password
    try:
        server.command("PING")
        way.default_open = True
    except LoginError as error:
        way.default_open = False
        way.user = _login(server, logins, error)
    if way.user != user and user and password and user in _users(server):
        server.login(user, password)
        way.user = user


def _login(server: Server, logins: Sequence[Login], refusal: LoginError) -> str:
    if not logins:
        raise refusal
    first, *others = logins
    try:
        server.login(first.user, first.password)
    except LoginError as error:
        return _login(server, others, error)
    return first.user


def _users(server: Server) -> list[str]:
    try:
        return [str(name) for name in server.command("ACL", "USERS")]
    except ServerRefusedError:
        return []
