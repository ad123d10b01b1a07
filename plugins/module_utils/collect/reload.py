"""Certificates of a running server: the next ones put in place, loaded and proved, or the old ones back and serving."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..conf.syntax import statement
from ..connection import open_connection
from ..errors import HostError, LoginError, RampartError, ShadowError, UnreachableError
from ..host import replace as replace_files
from ..shadow import find_binary, shadow
from .handshake import Listener, confirm, fingerprint_of, presented, proven
from .waiting import staged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..connection import Endpoint, Server
    from ..host import FileWish, Replacement

# Since then CONFIG SET takes several directives. Before, any one of them makes the server read all files.
_TOGETHER = (7, 0)
_CERT, _KEY, _CA = "tls-cert-file", "tls-key-file", "tls-ca-cert-file"
_PASSPHRASE = "tls-key-file-pass"  # noqa: S105 - the name of a directive


@dataclass(frozen=True)
class Pair:
    """The files of a server's certificate and key, and ``waiting``: files to put in place first, theirs or not."""

    cert_file: str
    key_file: str
    waiting: tuple[FileWish, ...] = ()

    @property
    def fingerprint(self) -> str:
        """That of the certificate the server shall present."""
        return fingerprint_of(self.source(self.cert_file))

    def source(self, path: str) -> str:
        """Return where the next content of a file is: where it waits, or in its place already."""
        return staged(path) if any(file.path == path for file in self.waiting) else path

    def put_in_place(self) -> Replacement:
        """Replace the files together or not at all."""
        return replace_files(self.waiting)

    def discard(self) -> None:
        """Remove what waited, after it was put in place or turned out to be of no use."""
        for file in self.waiting:
            Path(staged(file.path)).unlink(missing_ok=True)


@contextmanager
def entered(endpoint: Endpoint, listener: Listener, pair: Pair) -> Iterator[Server]:
    """Log in by the files in use; where they do not get in any more, by those that wait for their place.

    A server whose own certificate has expired is talked to as well, when all but the dates is right: its chain, its
    names, and that it is the certificate that was just looked at.

    :raises UnreachableError: there is no way in; the reason of the first way.
    """
    server = _first_open(endpoint, listener, pair)
    try:
        yield server
    finally:
        server.close()


def judge(server: Server, pair: Pair, binary: str | None, service_user: str | None) -> None:
    """Let a shadow server load what waits, as the account of the real one.

    :raises HostError: it does not; nothing was changed.
    """
    program = binary or find_binary()
    if program is None:
        raise HostError("there is no server program to try the new certificate with", where="binary")
    used = server.config(_CA, _PASSPHRASE)
    lines = {_CERT: pair.source(pair.cert_file), _KEY: pair.source(pair.key_file), _CA: pair.source(used[_CA])}
    wanted = {**lines, _PASSPHRASE: used.get(_PASSPHRASE, "")}
    config = "\n".join(statement(name, (value,)) for name, value in wanted.items() if value)
    try:
        with shadow(program, config=config, run_as=service_user):
            pass
    except ShadowError as error:
        raise HostError(
            f"a server does not load it: {error.what}",
            where=lines[_CERT],
            hint="Nothing was changed, the old certificate is in place and serving",
        ) from error


def exchange(server: Server, listener: Listener, pair: Pair, before: str) -> None:
    """Put the files in place, let the server load them, and shake hands to prove it.

    :param before: fingerprint of the certificate the server presents now.
    :raises RampartError: the server refuses them, presents another certificate, or clients cannot shake hands. Then
        the old files are back and loaded again, or the error says which of the two did not work.
    """
    wished = pair.fingerprint
    done = pair.put_in_place()
    try:
        load(server, pair)
        confirm(listener, wished)
    except RampartError as error:
        if not pair.waiting:
            raise
        raise HostError(str(error), hint=_taken_back(server, listener, pair, done, before)) from error


def load(server: Server, pair: Pair) -> None:
    """Set the paths the server has already, which makes it read the files."""
    key = (_KEY, pair.key_file) if server.version.since(_TOGETHER) else ()
    server.command("CONFIG", "SET", _CERT, pair.cert_file, *key)


def _taken_back(server: Server, listener: Listener, pair: Pair, done: Replacement, before: str) -> str:
    """Put the old files back, let the server load them, and say in one sentence how it stands now."""
    try:
        done.undo()
    except (RampartError, OSError) as error:
        return f"The old files could not be put back: {error}"
    try:
        load(server, pair)
        now = presented(listener)
    except RampartError as error:
        return f"The old files are back in place, but the server did not load them: {error}"
    if now == before:
        return "The old certificate is back in place and serving"
    return f"The old files are back in place, but the certificate {now or 'of nobody'} is presented"


def _first_open(endpoint: Endpoint, listener: Listener, pair: Pair) -> Server:
    reasons: list[UnreachableError] = []
    for way, seen in _ways(endpoint, listener, pair):
        server = _opened(way, seen, reasons)
        if server:
            return server
    raise reasons[0]


def _opened(way: Endpoint, seen: Listener | None, reasons: list[UnreachableError]) -> Server | None:
    try:
        return _open(replace(way, validate_certs=False, fingerprint=proven(seen)) if seen else way)
    except LoginError:
        raise
    except UnreachableError as error:
        reasons.append(error)
        return None


def _ways(endpoint: Endpoint, listener: Listener, pair: Pair) -> Iterator[tuple[Endpoint, Listener | None]]:
    """Yield the ways in; those with a listener are for a server whose certificate has to be proved apart."""
    cert, key = endpoint.client_cert_file or "", endpoint.client_key_file or ""
    yield endpoint, None
    if not (endpoint.tls and endpoint.validate_certs and endpoint.ca_certs):
        return
    yield endpoint, listener
    if pair.source(cert) != cert:
        cert, key = pair.source(cert), pair.source(key)
        yield replace(endpoint, client_cert_file=cert, client_key_file=key), None
        yield (
            replace(endpoint, client_cert_file=cert, client_key_file=key),
            replace(listener, client_cert_file=cert, client_key_file=key),
        )


def _open(endpoint: Endpoint) -> Server:
    server = open_connection(endpoint)
    try:
        if endpoint.password is not None:
            server.login(endpoint.user or "default", endpoint.password)
        server.info("server")  # in TLS 1.3 a server that does not want our certificate says so after the handshake
    except RampartError:
        server.close()
        raise
    return server
