# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Attacks 10, 11 and 12: somebody on the way between client and server."""

from __future__ import annotations

import socket
import ssl
import subprocess
import tempfile
import threading
import warnings
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from . import canary
from .doors import PATIENCE, Door, attempt, careless_context, lawful
from .forged import SERVER, foreign_issuer, issue
from .model import APPLICATION, CannotRunError, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .model import Target, User
    from .resp import Connection

# Runs in the target's network, where every packet of its clients passes by. Its words come by standard input: the port,
# what to look for, an empty line; at the end of the input it says how many packets it saw and what was in them.
SNIFFER = """
import select, socket, sys
lines = iter(sys.stdin.readline, "\\n")
port = int(next(lines))
needles = [line.rstrip("\\n") for line in lines]
wire = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
print("listening", flush=True)
packets, found = 0, set()
while wire in select.select([wire, sys.stdin], [], [])[0]:
    data = wire.recv(65535)
    head = (data[0] & 15) * 4
    if data[9] == 6 and port.to_bytes(2, "big") in (data[head:head + 2], data[head + 2:head + 4]):
        packets += 1
        found |= {number for number, needle in enumerate(needles) if needle.encode() in data}
print(packets, *sorted(found))
"""

# Each is a way to talk that has been broken for years. @SECLEVEL=0: our own OpenSSL would rather not.
DOWNGRADES = (
    ("TLS 1.0", ssl.TLSVersion.TLSv1, "ALL:@SECLEVEL=0"),
    ("TLS 1.1", ssl.TLSVersion.TLSv1_1, "ALL:@SECLEVEL=0"),
    ("no encryption (NULL)", ssl.TLSVersion.TLSv1_2, "eNULL:@SECLEVEL=0"),
    ("no certificate (anonymous)", ssl.TLSVersion.TLSv1_2, "aNULL:@SECLEVEL=0"),
)


def sniff(target: Target) -> Outcome:
    """Capture the packets of a client that reads a secret."""
    port, wanted = target.plain_port, {"the secret itself": canary.SECRET_VALUE}
    if target.phase == "after":
        port = target.tls_port
        wanted["the application's password"] = target.user(APPLICATION).password
    with _sniffer(target.container, port, list(wanted.values())) as sniffer:
        lawful(target, APPLICATION, "GET", canary.SECRET_KEY)
        said, _errors = sniffer.communicate(timeout=PATIENCE)
    packets, *seen = said.split()
    if packets == "0":
        raise CannotRunError("the sniffer saw no packet of the client")
    names = [list(wanted)[int(number)] for number in seen]
    evidence = (
        f"{' and '.join(names)} went over the wire in clear text" if names else f"{packets} packets, all encrypted"
    )
    return Outcome(succeeded=bool(names), evidence=evidence)


@contextmanager
def _sniffer(container: str, port: int, needles: list[str]) -> Iterator[subprocess.Popen[str]]:
    command = ["docker", "exec", "-i", container, "python3", "-c", SNIFFER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        if process.stdin is None or process.stdout is None:
            raise CannotRunError("the sniffer has no standard input or output")
        process.stdin.write("\n".join([str(port), *needles, "", ""]))
        process.stdin.flush()
        if process.stdout.readline() != "listening\n":
            raise CannotRunError(f"no packets can be captured in {container}")
        yield process


def impersonate(target: Target) -> Outcome:
    """Stand in for the server with a certificate of our own, and see whether a client gives its password away."""
    user = target.user(APPLICATION)
    with tempfile.TemporaryDirectory(prefix="rampart-attack-") as folder:
        pair = issue(foreign_issuer(), SERVER, Path(folder), "impostor")
        with _impostor(target.own_address, *pair) as (port, heard):
            client = redis.Redis(host=target.own_address, port=port, **_settings(target, user))
            try:
                client.ping()
            except redis.RedisError as error:
                refusal = str(error)
            else:
                refusal = ""
    if any(user.password.encode() in words for words in heard):
        return Outcome(succeeded=True, evidence="the client took our certificate and handed us its password")
    if "certificate verify failed" not in refusal:
        raise CannotRunError(f"the client gave no password away, but not because of the certificate: {refusal}")
    return Outcome(succeeded=False, evidence="the client refused our certificate: certificate verify failed")


def _settings(target: Target, user: User) -> dict[str, Any]:
    """Return the client's settings: the guide's, or those that docs/clients.md gives for redis-py."""
    account: dict[str, Any] = {"username": user.name, "password": user.password, "ssl": True}
    account |= {"socket_timeout": PATIENCE, "retry": Retry(NoBackoff(), 0)}  # the impostor answers nobody
    if target.phase == "before" or target.authority is None:
        return {**account, "ssl_cert_reqs": "none", "ssl_check_hostname": False}
    files = {"ssl_ca_certs": str(target.authority.cert), "ssl_certfile": str(user.cert), "ssl_keyfile": str(user.key)}
    return {**account, **files, "ssl_check_hostname": True}


@contextmanager
def _impostor(address: str, cert: Path, key: Path) -> Iterator[tuple[int, list[bytes]]]:
    """Listen as a server would; yield the port, and what the first client says once it talks to us."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    heard: list[bytes] = []

    def serve(listener: socket.socket) -> None:
        # A client that refuses us hangs up in the middle of the handshake, and a timeout ends the play.
        with suppress(OSError):
            plain, _peer = listener.accept()
            plain.settimeout(PATIENCE)
            with context.wrap_socket(plain, server_side=True) as link:
                heard.append(link.recv(4096))

    with socket.create_server((address, 0)) as listener:
        listener.settimeout(PATIENCE)
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        yield listener.getsockname()[1], heard
        thread.join(PATIENCE)


def downgrade(target: Target) -> Outcome:
    """Offer nothing but what is broken; after hardening with a genuine client certificate."""
    user = target.user(APPLICATION)
    doors = [
        Door(name, target.address, target.tls_port, _old_context(user, version, ciphers))
        for name, version, ciphers in DOWNGRADES
    ]
    return attempt(doors, _answered, thorough=True)


def _old_context(user: User, version: ssl.TLSVersion, ciphers: str) -> ssl.SSLContext:
    context = careless_context(user.cert, user.key)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # deprecated is what it is meant to be
        context.minimum_version = context.maximum_version = version
    context.set_ciphers(ciphers)
    return context


def _answered(connection: Connection) -> str:
    return f"answered {connection.call('PING')}"
