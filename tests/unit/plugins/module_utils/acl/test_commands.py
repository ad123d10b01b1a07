"""The command table, read from recorded replies of COMMAND."""

from __future__ import annotations

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.acl.commands import CommandTable
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.acl.recorded import TABLES


@pytest.mark.parametrize(("number", "subcommands"), [("6.2.14", False), ("7.0.15", True), ("8.2.3", True)])
def test_subcommands_exist_since_7(number: str, *, subcommands: bool) -> None:
    table = TABLES[number]
    assert table.has_subcommands is subcommands
    assert table.is_container("config") is subcommands
    assert ("config|get" in table.names) is subcommands


def test_categories_and_members(table: CommandTable) -> None:
    assert "string" in table.categories["get"]
    assert "get" in (table.members("read") or ())
    assert table.members("nonsense") is None


def test_a_family_is_a_command_with_its_subcommands(table70: CommandTable) -> None:
    assert {"config", "config|get", "config|set"} <= table70.family("config")
    assert table70.family("get") == {"get"}


def test_auth_is_open_to_all(table: CommandTable) -> None:
    assert "auth" in table.open_to_all
    assert "get" not in table.open_to_all


@pytest.mark.parametrize(
    ("name", "nearest"),
    [("flushal", "flushall"), ("@dangerouss", "@dangerous"), ("config|gett", "config|get"), ("zzzz", None)],
)
def test_nearest(table70: CommandTable, name: str, nearest: str | None) -> None:
    assert table70.nearest(name) == nearest


def test_unknown_places_and_cases_of_a_reply() -> None:
    table = CommandTable.from_reply([["VADD", -1, [], 0, 0, 0, [], [], [], []], []])
    assert table.names == {"vadd"}
