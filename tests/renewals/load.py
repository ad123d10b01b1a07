"""Two clients that never rest: one keeps its connection, the other makes a new one each time. Every error counts."""

from __future__ import annotations

import hashlib
import itertools
import socket
import ssl
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.attacks.resp import encode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TIMEOUT = 5.0
PAUSE = 0.02


@dataclass
class Seen:
    """What the clients saw: commands answered, handshakes, certificates (SHA-256), and errors."""

    commands: int = 0
    handshakes: int = 0
    certificates: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)


@contextmanager
def load(address: str, port: int, trust: Path, pair: tuple[Path, Path]) -> Iterator[Seen]:
    """Keep both clients at work as long as the block runs. They verify chain and name, and show a certificate."""
    context = ssl.create_default_context(cafile=trust)
    context.load_cert_chain(*pair)
    seen, done = Seen(), threading.Event()

    @contextmanager
    def link() -> Iterator[ssl.SSLSocket]:
        with (
            socket.create_connection((address, port), timeout=TIMEOUT) as plain,
            context.wrap_socket(plain, server_hostname=address) as secured,
        ):
            seen.handshakes += 1
            seen.certificates.add(hashlib.sha256(secured.getpeercert(binary_form=True) or b"").hexdigest())
            yield secured

    def steady() -> None:
        with link() as secured:
            for number in itertools.takewhile(lambda _number: not done.is_set(), itertools.count()):
                _ask(secured, "steady", number, seen)
                done.wait(PAUSE)

    def fresh() -> None:
        for number in itertools.takewhile(lambda _number: not done.is_set(), itertools.count()):
            with link() as secured:
                _ask(secured, "fresh", number, seen)
            done.wait(PAUSE)

    threads = [threading.Thread(target=_told, args=(work, seen, done)) for work in (steady, fresh)]
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        done.set()
        for thread in threads:
            thread.join()


def _told(work: Callable[[], None], seen: Seen, done: threading.Event) -> None:
    """Go on after an error, and remember it."""
    while not done.is_set():
        try:
            work()
        except OSError as error:
            seen.errors.append(f"{work.__name__}: {error}")


def _ask(secured: ssl.SSLSocket, key: str, number: int, seen: Seen) -> None:
    value = str(number)
    for words, wanted in (
        (("SET", key, value), b"+OK\r\n"),
        (("GET", key), b"$%d\r\n%s\r\n" % (len(value), value.encode())),
    ):
        secured.sendall(encode(*words))
        answer = secured.recv(4096)
        seen.commands += 1
        if answer != wanted:
            seen.errors.append(f"{words[0]} was answered {answer[:80]!r}")
