"""The ACL file as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.acl import aclfile
from ansible_collections.rampart.redis.plugins.module_utils.acl.user import AclUser
from ansible_collections.rampart.redis.plugins.module_utils.errors import InputError

if TYPE_CHECKING:
    from ansible_collections.rampart.redis.plugins.module_utils.acl.commands import CommandTable


def test_round_trip_with_default_first(table: CommandTable) -> None:
    users = [AclUser.parse(f"user {name} on >x ~{name}:* +get", table) for name in ("b", "a", "default")]
    text = aclfile.render(users)
    assert [line.split()[1] for line in text.splitlines()] == ["default", "a", "b"]
    assert aclfile.parse(text, "users.acl", table, strict=True) == sorted(
        users, key=lambda user: text.index(user.render())
    )


def test_blank_lines_and_carriage_returns_are_no_users() -> None:
    assert [user.name for user in aclfile.parse("user a on\r\n\n  \nuser b off\n", "f")] == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("user a on\n# comment\n", "users.acl line 2: a line must be: user NAME RULES. ACL files have no comments"),
        ("user a on\n\nuser a off\n", "users.acl line 3: user 'a' is defined twice"),
        ("user a on (~a", "users.acl line 1: the selector '(~a' has no closing parenthesis"),
    ],
)
def test_errors_name_the_line(text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        aclfile.parse(text, "users.acl")
    assert str(caught.value) == message


@pytest.mark.parametrize("names", [(), ("app",)])
def test_a_file_without_default_is_never_written(names: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match="leaves the server open"):
        aclfile.render([AclUser(name) for name in names])


@pytest.mark.parametrize(
    ("text", "found"),
    [("user a on >x ~*", True), ("user a on #aa\nuser b <x", True), ("user a on #aa ~x>y", False), ("", False)],
)
def test_clear_passwords_are_noticed(text: str, *, found: bool) -> None:
    assert aclfile.holds_clear_passwords(text) is found
