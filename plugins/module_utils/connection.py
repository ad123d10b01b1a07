"""The only place that talks to a Redis or Valkey server.

Of redis-py only the connection is used: it has been stable from 4.3 to 8.x, while the client's wrappers and reply
callbacks shift. Replies are those of RESP2: ``str``, ``int``, ``None`` and (nested) lists of them.
"""

from __future__ import annotations

import hashlib
import time
import traceback
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from .collect.alerts import Alerts
from .errors import LoginError, MissingLibraryError, ServerRefusedError, UnreachableError
from .versions import ServerVersion, from_info

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

try:
    from redis import connection as transport
    from redis import exceptions as faults

    IMPORT_ERROR: str | None = None
except ImportError:
    IMPORT_ERROR = traceback.format_exc()

# What a server says instead of an answer when it wants a (better) login.
_DOOR_ERRORS = ("NOAUTH", "WRONGPASS")
# Far more than any honest answer: CLIENT LIST of 10,000 clients is 4 MiB.
REPLY_LIMIT = 32 * 2**20


@dataclass(frozen=True)
class Endpoint:
    """Where a server listens and how to log in. ``timeout`` is in seconds, for connecting and for each reply.

    ``time_limit`` (seconds): for whom it is given is not trusted, and the whole conversation has to end by then.
    ``fingerprint`` (SHA-256 in hex): whoever presents another certificate is not talked to, whatever else is verified.
    """

    host: str = "127.0.0.1"
    port: int = 6379
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    unix_socket: str | None = None
    tls: bool = True
    validate_certs: bool = True
    ca_certs: str | None = None
    client_cert_file: str | None = None
    client_key_file: str | None = None
    timeout: float = 5.0
    fingerprint: str | None = None
    time_limit: float | None = None

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> Endpoint:
        """Build an endpoint from the ``login_*`` and TLS options of a module."""
        return cls(
            host=params["login_host"],
            port=params["login_port"],
            user=params["login_user"] or None,
            password=params["login_password"] or None,
            unix_socket=params["login_unix_socket"] or None,
            tls=params["tls"],
            validate_certs=params["validate_certs"],
            ca_certs=params["ca_certs"] or None,
            client_cert_file=params["client_cert_file"] or None,
            client_key_file=params["client_key_file"] or None,
            timeout=params["login_timeout"],
        )

    def __str__(self) -> str:
        if self.unix_socket:
            return self.unix_socket
        return f"{self.host}:{self.port}{' (TLS)' if self.tls else ''}"


class _Patience:
    """The socket of a server that is not trusted: how long it may take, and how much it may send for an answer."""

    def __init__(self, link: Any, endpoint: Endpoint, seconds: float) -> None:  # noqa: ANN401
        self._link = link
        self._endpoint = endpoint
        self._seconds = seconds
        self._end = time.monotonic() + seconds
        self._received = 0

    def sendall(self, data: bytes) -> None:
        """Ask; the answer may begin at zero."""
        self._received = 0
        self._link.sendall(data)

    def recv(self, size: int) -> bytes:
        """Read, unless it has sent or taken too much already.

        :raises UnreachableError: it has.
        """
        if time.monotonic() > self._end:
            self._give_up(f"had not answered all after {self._seconds:g} seconds")
        data: bytes = self._link.recv(size)
        self._received += len(data)
        if self._received > REPLY_LIMIT:
            self._give_up(f"answered with more than {REPLY_LIMIT // 2**20} MiB")
        return data

    def _give_up(self, why: str) -> NoReturn:
        raise UnreachableError(why, where=f"server {self._endpoint}")

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(self._link, name)


class Server:
    """One open connection, logged in or not. Close it, or use ``connect`` as a context."""

    def __init__(self, endpoint: Endpoint, link: Any) -> None:  # noqa: ANN401
        self.endpoint = endpoint
        self._link = link
        self._version: ServerVersion | None = None

    def command(self, *words: str | int | bytes) -> Any:  # noqa: ANN401
        """Send one command and return its reply; an error reply raises ``ServerRefusedError``."""
        reply = self.pipeline([words])[0]
        if isinstance(reply, Exception):
            raise _refusal(reply, self.endpoint, words)
        return reply

    def pipeline(self, commands: Iterable[tuple[str | int | bytes, ...]]) -> list[Any]:
        """Send all commands, then read all replies; error replies are returned as exceptions, in place."""
        batch = list(commands)
        with _translated(self.endpoint):
            self._link.send_packed_command(self._link.pack_commands(batch))
            return [_text(self._reply()) for _command in batch]

    def _reply(self) -> Any:  # noqa: ANN401
        try:
            return self._link.read_response()
        except faults.ResponseError as error:
            return error

    def login(self, user: str, password: str) -> None:
        """AUTH on this connection; raises ``LoginError`` when the server refuses."""
        self.command("AUTH", user, password)

    def info(self, section: str = "server") -> dict[str, str]:
        """Return one section of INFO as text fields."""
        lines = str(self.command("INFO", section)).splitlines()
        return dict(line.split(":", 1) for line in lines if ":" in line and not line.startswith("#"))

    def config(self, *names: str) -> dict[str, str]:
        """Return the running value of each named directive this server knows; 6.x takes one name per CONFIG GET."""
        values: dict[str, str] = {}
        for reply in self.pipeline([("CONFIG", "GET", name) for name in names]):
            if isinstance(reply, Exception):
                raise _refusal(reply, self.endpoint, ("CONFIG", "GET"))
            values.update(zip(reply[::2], reply[1::2]))
        return values

    @property
    def version(self) -> ServerVersion:
        """Product and version, asked once per connection."""
        if self._version is None:
            self._version = from_info(self.info("server"))
        return self._version

    def close(self) -> None:
        """Close the socket."""
        self._link.disconnect()


@contextmanager
def connect(endpoint: Endpoint) -> Iterator[Server]:
    """Open a connection and log in if the endpoint has a password.

    :raises UnreachableError: nobody there, timeout, or TLS failed.
    :raises LoginError: the server did not accept the login.
    """
    server = open_connection(endpoint)
    try:
        if endpoint.password is not None:
            server.login(endpoint.user or "default", endpoint.password)
        yield server
    finally:
        server.close()


def open_connection(endpoint: Endpoint) -> Server:
    """Open a connection without logging in; the caller closes it."""
    if IMPORT_ERROR:
        raise MissingLibraryError("redis", "python3-redis", IMPORT_ERROR)
    link = _link(endpoint)
    with _translated(endpoint):
        link.connect()
    if endpoint.fingerprint:
        _require_certificate(endpoint, link)
    return Server(endpoint, link)


def _require_certificate(endpoint: Endpoint, link: Any) -> None:  # noqa: ANN401
    # redis-py keeps its socket to itself. Nothing was sent on it yet.
    certificate: bytes = link._sock.getpeercert(binary_form=True) or b""  # noqa: SLF001
    if hashlib.sha256(certificate).hexdigest() != endpoint.fingerprint:
        link.disconnect()
        raise UnreachableError("presents another certificate than a moment ago", where=f"server {endpoint}")


def _link(endpoint: Endpoint) -> Any:  # noqa: ANN401
    # redis_connect_func replaces redis-py's own handshake (HELLO, CLIENT SETINFO, maintenance notifications): a user
    # without these rights would leave an ACL LOG entry for each of them at every connect.
    common: dict[str, Any] = {
        "socket_timeout": endpoint.timeout,
        "redis_connect_func": lambda link: _on_connect(link, endpoint),
    }
    common.update(_resp2())
    if endpoint.unix_socket:
        return transport.UnixDomainSocketConnection(path=endpoint.unix_socket, **common)
    common.update(host=endpoint.host, port=endpoint.port, socket_connect_timeout=endpoint.timeout)
    if not endpoint.tls:
        return transport.Connection(**common)
    return transport.SSLConnection(
        ssl_cert_reqs="required" if endpoint.validate_certs else "none",
        ssl_check_hostname=endpoint.validate_certs,
        ssl_ca_certs=endpoint.ca_certs,
        ssl_certfile=endpoint.client_cert_file,
        ssl_keyfile=endpoint.client_key_file,
        **common,
    )


def _on_connect(link: Any, endpoint: Endpoint) -> None:  # noqa: ANN401
    if endpoint.tls and not endpoint.unix_socket:
        link._sock = Alerts(link._sock)  # noqa: SLF001 - redis-py keeps its socket to itself
    if endpoint.time_limit:
        link._sock = _Patience(link._sock, endpoint, endpoint.time_limit)  # noqa: SLF001
    link._parser.on_connect(link)  # noqa: SLF001


def _resp2() -> dict[str, Any]:
    """Return options that make redis-py read RESP2 and keep an error reply as it is.

    The stock reader cuts off the code (``NOPERM``), and makes a refused login a broken connection, which it then
    closes. Since 8.0 it also reads RESP3 by default, in which the null array of RESP2 is no reply.
    """
    modern = getattr(transport, "_RESP2Parser", None)  # since 5.0, and with it the option protocol
    base = modern or transport.PythonParser
    parser = type("Parser", (base,), {"parse_error": staticmethod(faults.ResponseError)})
    return {"parser_class": parser, **({"protocol": 2} if modern else {})}


@contextmanager
def _translated(endpoint: Endpoint) -> Iterator[None]:
    try:
        yield
    except faults.RedisError as error:
        raise UnreachableError(str(error), where=f"server {endpoint}") from error
    except (OSError, ValueError) as error:
        # ValueError: redis-py's own complaints about options; OSError: unreadable certificate files.
        raise UnreachableError(str(error), where=f"server {endpoint}") from error
    except RecursionError as error:
        raise UnreachableError("answered with lists in lists without end", where=f"server {endpoint}") from error


def _refusal(
    reply: Exception, endpoint: Endpoint, words: tuple[str | int | bytes, ...]
) -> ServerRefusedError | LoginError:
    # Only the command's name is shown: its arguments may be a password.
    text = str(reply)
    name = str(words[0])
    if text.startswith(_DOOR_ERRORS):
        return LoginError(text, where=f"server {endpoint}", hint="Check login_user and login_password")
    return ServerRefusedError(f"{name} was refused: {text}", where=f"server {endpoint}")


def _text(reply: Any) -> Any:  # noqa: ANN401
    if isinstance(reply, bytes):
        return reply.decode("utf-8", "surrogateescape")
    if isinstance(reply, list):
        return [_text(item) for item in reply]
    return reply
