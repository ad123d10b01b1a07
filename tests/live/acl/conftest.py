"""Access control is tested on the servers of Debian 13 too: they are brought along by ``tools/trixie_servers.sh``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ansible_collections.rampart.redis.tests.live.acl.bench import START, Bench
from ansible_collections.rampart.redis.tests.live.servers import ROOT, find_binaries, running

if TYPE_CHECKING:
    from collections.abc import Iterator

TRIXIE = ("redis 8.0.", "valkey 8.1.")
BINARIES = find_binaries(ROOT / ".cache/trixie")
MISSING = [name for name in TRIXIE if not any(version.startswith(name) for version in BINARIES)]


# A server that is not there fails: a test that skips it would prove nothing.
@pytest.fixture(scope="session", params=[*BINARIES, *MISSING])
def binary(request: pytest.FixtureRequest) -> str:
    """One server binary after the other."""
    if request.param in MISSING:
        pytest.fail(f"no server {request.param}x here: make live brings it along")
    return BINARIES[str(request.param)]


@pytest.fixture
def bench(binary: str) -> Iterator[Bench]:
    with running(binary, acl=START) as server:
        yield Bench(server)
