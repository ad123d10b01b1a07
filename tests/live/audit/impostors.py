"""Programs that listen where a Redis is expected, and are none, or a strange one."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Answer = Callable[[socket.socket], None]


def silent(link: socket.socket) -> None:
    """Accept and read, and never answer."""
    while link.recv(4096):
        pass


def http(link: socket.socket) -> None:
    """Answer as a web server does."""
    link.recv(64)
    link.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def nested(link: socket.socket) -> None:
    """Answer with lists in lists in lists."""
    link.recv(64)
    link.sendall(b"*1\r\n" * 2**18)


def flood(link: socket.socket) -> None:
    """Announce much, and send without end."""
    link.recv(64)
    link.sendall(b"$1000000000000\r\n")
    while True:
        link.sendall(b"x" * 2**20)


def drip(link: socket.socket) -> None:
    """Send a byte now and then, so that no wait for the next one is long."""
    link.recv(64)
    while True:
        link.sendall(b"+")
        time.sleep(0.05)


def loading(link: socket.socket) -> None:
    """Answer as a server does that reads its data."""
    while link.recv(4096):
        link.sendall(b"-LOADING Redis is loading the dataset in memory\r\n")


def senseless(link: socket.socket) -> None:
    """Answer what no Redis would: a number, whatever is asked."""
    while link.recv(4096):
        link.sendall(b":42\r\n")


def future(link: socket.socket) -> None:
    """Answer as a server of a version that nobody knows yet, with fields that nobody knows, and refuse the rest."""
    fields = "redis_version:99.1.2-rc3\r\nserver_name:redis\r\nquantum_mode:on\r\nno colon here\r\ndb0:keys=many\r\n"
    info = f"${len(fields)}\r\n{fields}\r\n".encode()
    while (asked := link.recv(4096)) != b"":
        link.sendall(
            b"+PONG\r\n" if b"PING" in asked else info if b"INFO\r\n" in asked else b"-ERR not in this century\r\n"
        )


@contextmanager
def impostor(answer: Answer) -> Iterator[int]:
    """Let one answer everybody who connects; yield its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    link, _address = listener.accept()
                except OSError:
                    return
                threading.Thread(target=_attend, args=(answer, link), daemon=True).start()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def _attend(answer: Answer, link: socket.socket) -> None:
    with link:
        try:
            answer(link)
            link.recv(2**16)
        except OSError:
            return  # the auditor has hung up
