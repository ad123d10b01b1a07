"""One recorded server version after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.versions import ServerVersion, parse_number
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.acl.recorded import PRODUCTS, TABLES, VERSIONS

if TYPE_CHECKING:
    from ansible_collections.rampart.redis.plugins.module_utils.acl.commands import CommandTable


@pytest.fixture(params=VERSIONS)
def number(request: pytest.FixtureRequest) -> str:
    """One version after the other."""
    return str(request.param)


@pytest.fixture
def table(number: str) -> CommandTable:
    """Return the command table of that version."""
    return TABLES[number]


@pytest.fixture
def version(number: str) -> ServerVersion:
    """Return that version."""
    return ServerVersion(PRODUCTS[number], parse_number(number))


@pytest.fixture
def table70() -> CommandTable:
    """Return the table of Debian 12's server."""
    return TABLES["7.0.15"]


@pytest.fixture
def table62() -> CommandTable:
    """Return the table of a server that has no subcommands."""
    return TABLES["6.2.14"]
