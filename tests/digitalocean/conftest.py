"""A fresh account behind a fresh server, for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ansible_collections.rampart.redis.tests.digitalocean.fake.server import Fake, running
from ansible_collections.rampart.redis.tests.digitalocean.site import Clock, furnish

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[Fake]:
    """Run a stand-in with the wish's tags and droplets; nothing that reaches it or leaves it may break the contract."""
    with running(tmp_path) as server:
        furnish(server)
        yield server
        assert server.violations == []


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Let nobody wait."""
    return Clock().install(monkeypatch)
