"""Exporters and what they tell a stranger."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

from ansible_collections.rampart.redis.plugins.module_utils.collect import exporter, process

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest


class _Metrics(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response({"/metrics": 200, "/scrape": 400}.get(self.path, 404))
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        """Keep quiet."""


@contextmanager
def _serving() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), _Metrics) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join(5)


def _process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, port: int) -> None:
    monkeypatch.setattr(process, "PROC", tmp_path)
    monkeypatch.setattr(process, "listening", lambda _pid: [("127.0.0.1", port)])
    (tmp_path / "7").mkdir()
    (tmp_path / "7" / "comm").write_text(f"{name}\n")


def test_an_exporter_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with _serving() as port:
        _process(tmp_path, monkeypatch, "redis_exporter", port)
        rows = exporter.read()
    assert [(row["port"], row["metrics"], row["scrape"]) for row in rows] == [(port, 200, 400)]


def test_other_programs_are_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _process(tmp_path, monkeypatch, "nginx", 1)
    assert exporter.read() == []


def test_a_port_that_speaks_no_http(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _process(tmp_path, monkeypatch, "prometheus-redi", 1)
    assert exporter.read()[0]["metrics"].startswith("no HTTP: ")
