"""Servers with and without TLS on loopback, and what an operation costs them: the ground of goals P1 and P2."""

from __future__ import annotations

import socket
import ssl
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.attacks.resp import encode
from tests.live.servers import find_binaries, running
from tests.live.tls.pairs import Pairs, free_port, role_directives

if TYPE_CHECKING:
    from collections.abc import Iterator

# Debian 12's server, on which the figures of performance.md were measured.
RELEASE = "redis 7.0."
USER, PASSWORD = "shop", "bench-only-Zq7Lr2Vx9Tn4Kd8W"
# The role's application user: one key pattern and no more than it needs.
RIGHTS = "resetchannels ~app:* -@all +@read +@write +@transaction +ping +info"
ACL = f"user default off\nuser {USER} on >{PASSWORD} {RIGHTS}\n"
TIMEOUT = 30.0


@dataclass(frozen=True)
class Place:
    """A server's port, and the client's side of TLS; without ``context`` it speaks plaintext and asks for no login."""

    port: int
    context: ssl.SSLContext | None = None

    def link(self, session: ssl.SSLSession | None = None) -> socket.socket:
        """Open a connection; with a session, try to resume it. The caller closes it."""
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=TIMEOUT)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.context is None:
            return plain
        try:
            return self.context.wrap_socket(plain, server_hostname="127.0.0.1", session=session)
        except OSError:
            plain.close()
            raise

    def login(self) -> socket.socket:
        """Open a connection, logged in where that is asked for. The caller closes it."""
        link = self.link()
        if self.context is not None:
            exchange(link, encode("AUTH", USER, PASSWORD), len(b"+OK\r\n"))
        return link


@contextmanager
def plain() -> Iterator[Place]:
    """Start a server as it is when nothing was hardened."""
    port = free_port()
    with running(_binary(), f"bind 127.0.0.1\nport {port}"):
        yield Place(port)


@contextmanager
def hardened(folder: Path, key_type: str = "ecdsa-p256", *, more: str = "") -> Iterator[Place]:
    """Start a server with the role's TLS directives and an application user."""
    folder.mkdir()
    pairs, port = Pairs(folder, key_type), free_port()
    context = ssl.create_default_context(cafile=str(folder / "ca.pem"))
    context.load_cert_chain(folder / "operator-cert.pem", folder / "operator-key.pem")
    with running(_binary(), f"bind 127.0.0.1\ntls-port {port}\n{role_directives(pairs)}\n{more}", ACL):
        yield Place(port, context)


def exchange(link: socket.socket, request: bytes, size: int) -> bytes:
    """Send a request and read an answer of so many bytes."""
    link.sendall(request)
    parts = []
    while size > 0:
        part = link.recv(min(size, 1 << 16))
        if not part:
            raise RuntimeError("the server hung up")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def cpu(place: Place) -> int:
    """Return the nanoseconds of CPU the server has used so far, of all its threads."""
    with place.login() as link:
        link.sendall(encode("INFO", "server"))
        text = link.recv(1 << 16).decode()
    pid = text.partition("process_id:")[2].split()[0]
    return sum(int(path.read_text().split()[0]) for path in Path(f"/proc/{pid}/task").glob("*/schedstat"))


def _binary() -> str:
    return next(path for version, path in find_binaries().items() if version.startswith(RELEASE))
