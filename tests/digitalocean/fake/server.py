"""The account behind TLS, with a journal of all requests, the contract's judge, and faults on order."""

from __future__ import annotations

import json
import ssl
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import trustme
from ansible_collections.rampart.redis.tests.digitalocean.fake.account import Account, Refusal
from ansible_collections.rampart.redis.tests.digitalocean.fake.contract import answer_faults, request_faults

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOKEN = "dop_v1_0123456789abcdef-canary"


@dataclass
class Fault:
    """Something that goes wrong with the next ``times`` requests of a method and path.

    ``kind``: ``limit`` (429 with ``headers``), ``before`` (a 500 instead of the work), ``after`` (a 500 after the
    work), ``cut`` (the work, then half of the answer), ``drop`` (the work, then no answer), ``slow`` (the answer comes
    after ``seconds``),
    ``page`` (a page of HTML, as what stands before an API may send), ``echo`` (a refusal that repeats the token),
    ``moved`` (a redirect), ``empty`` (an empty object). The first ``skip`` such requests go well.
    """

    kind: str
    method: str = ""
    path: str = ""
    times: int = 1
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    status: int = 500
    skip: int = 0


@dataclass
class Seen:
    """A request that came in, and which droplets were behind no firewall once it was answered."""

    method: str
    path: str
    body: dict[str, Any] | None
    naked: list[int]


@dataclass
class Fake:
    """A running stand-in."""

    url: str
    ca: str
    account: Account
    seen: list[Seen] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def methods(self) -> list[str]:
        """Return the methods of all requests so far."""
        return [one.method for one in self.seen]

    def writes(self) -> list[str]:
        """Return the requests that were no GET."""
        return [f"{one.method} {one.path}" for one in self.seen if one.method != "GET"]

    def forget(self) -> None:
        """Begin the journal anew."""
        self.seen.clear()

    def fault(self, method: str, path: str) -> Fault | None:
        """Return what goes wrong with this request."""
        for fault in self.faults:
            if fault.times > 0 and method in (fault.method or method).split() and path.startswith(fault.path):
                if fault.skip > 0:
                    fault.skip -= 1
                    continue
                fault.times -= 1
                return fault
        return None


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    fake: Fake

    def log_message(self, *_: Any) -> None:  # noqa: ANN401
        """Keep quiet."""

    def _handle(self) -> None:
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query))
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        with self.fake.lock:
            fault = self.fake.fault(self.command, parts.path)
            if fault and fault.kind in ("limit", "before", "page", "moved", "echo", "empty"):
                status, given, headers = self._instead(fault)
            else:
                status, given, headers = self._answer(parts.path, query, body)
            self._journal(parts.path, body)
        self._send(fault, status, given, headers)

    do_GET = do_POST = do_PUT = do_DELETE = _handle  # noqa: N815 - names of the base class

    def _instead(self, fault: Fault) -> tuple[int, bytes, dict[str, str]]:
        if fault.kind == "page":
            return fault.status, b"<html>Bad gateway</html>", {}
        if fault.kind == "empty":
            return 200, b"{}", {}
        if fault.kind == "moved":
            return 302, b"", {"location": "https://elsewhere.example/v2/firewalls"}
        if fault.kind == "echo":
            message = f"no access for {self.headers['authorization']}"
            return 403, json.dumps({"id": "forbidden", "message": message}).encode(), {}
        status, name = (429, "too_many_requests") if fault.kind == "limit" else (fault.status, "server_error")
        return status, json.dumps({"id": name, "message": "not now"}).encode(), fault.headers

    def _answer(self, path: str, query: dict[str, str], body: bytes) -> tuple[int, bytes, dict[str, str]]:
        wrong = request_faults(self.command, path, query, body)
        self.fake.violations += wrong
        try:
            status, given, page = self._obey(path, query, body, wrong)
        except Refusal as refusal:
            status, given, page = refusal.status, {"id": "refused", "message": refusal.message}, ""
        if page and given is not None:
            following = urlencode({**query, "page": page})
            given["links"] = {"pages": {"next": f"https://api.digitalocean.com{path}?{following}"}}
        raw = b"" if given is None else json.dumps(given).encode()
        self.fake.violations += answer_faults(self.command, path, query, status, raw)
        return status, raw, {}

    def _obey(
        self, path: str, query: dict[str, str], body: bytes, wrong: list[str]
    ) -> tuple[int, dict[str, Any] | None, str]:
        if self.headers.get("authorization") != f"Bearer {TOKEN}":
            raise Refusal(401, "Unable to authenticate you")
        if wrong:
            raise Refusal(422, "; ".join(wrong))
        return self.fake.account.answer(self.command, path, query, body)

    def _journal(self, path: str, body: bytes) -> None:
        given = json.loads(body) if body else None
        self.fake.seen.append(Seen(self.command, path, given, self.fake.account.naked()))

    def _send(self, fault: Fault | None, status: int, raw: bytes, headers: dict[str, str]) -> None:
        kind = fault.kind if fault else ""
        if kind == "slow" and fault:
            time.sleep(fault.seconds)
        if kind == "drop":
            self.close_connection = True
            return
        if kind == "after":
            status, raw = 500, b'{"id": "server_error", "message": "Server was unable to give you a response."}'
        if kind == "cut":
            raw = raw[: len(raw) // 2]
        self.send_response(status)
        for name, value in {"content-type": "application/json", "content-length": str(len(raw)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:  # noqa: ANN401
        """Clients that hang up are part of the tests."""


@contextmanager
def running(folder: Path, account: Account | None = None) -> Iterator[Fake]:
    """Run a stand-in on a free port of this machine; its authority's certificate lies in ``folder``."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    server = _Server(("127.0.0.1", 0), type("Bound", (Handler,), {}))
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    fake = Fake(f"https://127.0.0.1:{server.server_port}", str(folder / "ca.pem"), account or Account())
    server.RequestHandlerClass.fake = fake  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
