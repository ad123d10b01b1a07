"""A server with data, a denied login, a function and a slow command; the host around it is this machine."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.collect import instance
from ansible_collections.rampart.redis.plugins.module_utils.collect.doors import Way
from ansible_collections.rampart.redis.plugins.module_utils.collect.unit import Unit
from ansible_collections.rampart.redis.plugins.module_utils.conf.syntax import parse
from ansible_collections.rampart.redis.tests.live.evidence.opening import Recipient, recipient
from ansible_collections.rampart.redis.tests.live.servers import Running, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEYS = 200
# Planted in the configuration: it may be in the bundle, and nowhere else.
SECRET = "planted-masterauth-4711"


@pytest.fixture(scope="session")
def us(tmp_path_factory: pytest.TempPathFactory) -> Recipient:
    return recipient(tmp_path_factory.mktemp("keys"), "us")


@pytest.fixture(scope="session")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Recipient:
    return recipient(tmp_path_factory.mktemp("keys"), "stranger")


@pytest.fixture
def used(binary: str) -> Iterator[Running]:
    with running(binary, f"masterauth {SECRET}\n") as server:
        with server.session() as talk:
            talk.pipeline([("SET", f"key:{at}", "value") for at in range(KEYS)])
            talk.pipeline([("AUTH", "nobody", "a-wrong-password")])
            talk.command("CONFIG", "SET", "slowlog-log-slower-than", "0")
            talk.command("SET", "key:slow", "a value")
            talk.command("CONFIG", "SET", "slowlog-log-slower-than", "10000")
        yield server


@pytest.fixture
def params(used: Running, us: Recipient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Options of redis_evidence; unit and door are stood in for."""
    text = (used.folder / "redis.conf").read_text()
    with used.session() as server:
        pid = int(server.info("server")["process_id"])
    site = instance.Site(
        Unit("redis-server.service", active=True, pid=pid),
        used.binary,
        used.version,
        str(used.folder / "redis.conf"),
        parse(text, "redis.conf"),
        pid,
    )

    @contextmanager
    def door(_site: instance.Site, _params: dict[str, Any]) -> Iterator[Way]:
        with used.session() as server:
            yield Way(server)

    monkeypatch.setattr(instance, "look", lambda _unit, _config: site)
    monkeypatch.setattr(instance, "door", door)
    (tmp_path / "host").mkdir()
    return {
        "recipients": [us.pem],
        "name": "redis-1",
        "unit": "redis-server.service",
        "config_file": None,
        "current_password": None,
        "path": str(tmp_path / "host"),
        "owner": str(os.geteuid()),
        "hours": 1,
        "rdb": "save",
        "timeout": 20.0,
        "collected_by": "somebody",
        "incident": "ticket 4711",
    }
