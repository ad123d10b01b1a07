"""Fixtures over every server binary there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ansible_collections.rampart.redis.tests.live.servers import Running, find_binaries, running

if TYPE_CHECKING:
    from collections.abc import Iterator

BINARIES = find_binaries()


@pytest.fixture(scope="session")
def server_binaries() -> dict[str, str]:
    """Path by version of every server binary; none at all is a failure, not a reason to skip."""
    if not BINARIES:
        pytest.fail("no redis-server in PATH, $RAMPART_SERVERS or .cache/servers/: run make setup")
    return BINARIES


# Without any binary the tests must fail, so there is always one parameter.
@pytest.fixture(scope="session", params=list(BINARIES) or ["none"])
def binary(request: pytest.FixtureRequest, server_binaries: dict[str, str]) -> str:
    """One server binary after the other."""
    return server_binaries[request.param]


@pytest.fixture
def live(binary: str) -> Iterator[Running]:
    """Start an open server of each binary."""
    with running(binary) as server:
        yield server
