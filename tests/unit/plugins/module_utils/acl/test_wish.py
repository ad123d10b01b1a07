"""Structured entries become users; wrong ones are refused with their place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.acl import wish
from ansible_collections.rampart.redis.plugins.module_utils.acl.user import AclUser, digest
from ansible_collections.rampart.redis.plugins.module_utils.errors import InputError

if TYPE_CHECKING:
    from ansible_collections.rampart.redis.plugins.module_utils.acl.commands import CommandTable


def one(entry: dict[str, Any], table: CommandTable, **more: Any) -> AclUser | None:  # noqa: ANN401
    return wish.read([{"name": "app", **entry}], more.pop("have", {}), table, **more)["app"]


@pytest.mark.parametrize(
    ("entry", "line"),
    [
        ({}, "user app on"),
        ({"enabled": None}, "user app on"),
        ({"enabled": False}, "user app off"),
        ({"passwords": ["a", "b"]}, "user app on >a >b"),
        ({"password_hashes": [digest("a")]}, "user app on >a"),
        ({"nopass": True}, "user app on nopass"),
        ({"keys": ["a:*", {"pattern": "b:*", "access": "read"}]}, "user app on ~a:* %R~b:*"),
        ({"keys": [{"pattern": "b:*", "access": "write"}, {"pattern": "c"}]}, "user app on %W~b:* ~c"),
        ({"keys": ["a", "*"]}, "user app on ~*"),
        ({"keys": [{"pattern": "*", "access": "all"}, "a"]}, "user app on ~*"),
        ({"channels": ["a", "*"]}, "user app on &*"),
        ({"channels": ["a"], "commands": ["+@read", "-get"]}, "user app on &a +@read -get"),
        ({"commands": ["allcommands"]}, "user app on +@all"),
        ({"selectors": [{"keys": ["s"], "commands": ["+get"]}]}, "user app on (~s +get)"),
        ({"rules": "~a &b +get (~c +set)"}, "user app on ~a &b +get (~c +set)"),
    ],
)
def test_entries(table70: CommandTable, entry: dict[str, Any], line: str) -> None:
    assert one(entry, table70) == AclUser.parse(line, table70, strict=True)


def test_absent_is_none(table70: CommandTable) -> None:
    assert one({"state": "absent"}, table70) is None


@pytest.mark.parametrize("kept", ["on >old", "on nopass"])
def test_passwords_stay_where_wanted(table70: CommandTable, kept: str) -> None:
    have = {"app": AclUser.parse(f"user app {kept} ~a", table70)}
    entry = {"passwords": ["new"], "keys": ["b"]}
    assert one(entry, table70, have=have, keep_passwords=True) == AclUser.parse(f"user app {kept} ~b", table70)
    assert one(entry, table70, have={}, keep_passwords=True) == AclUser.parse("user app on >new ~b", table70)
    assert one(entry, table70, have=have) == AclUser.parse("user app on >new ~b", table70)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"nopass": True, "passwords": ["a"]}, "nopass and a password exclude each other"),
        ({"passwords": [""]}, "the password is empty"),
        ({"passwords": ["${X}"]}, "the password holds a variable that was never filled in"),
        ({"password_hashes": ["abc"]}, "a password hash must be 64 lower case hex digits (SHA-256)"),
        ({"keys": ["a b"]}, "the pattern 'a b' is empty or has blanks"),
        ({"keys": [{"access": "read"}]}, "{'access': 'read'} must have pattern and access (all, read or write)"),
        (
            {"keys": [{"pattern": "a", "access": "none"}]},
            "{'pattern': 'a', 'access': 'none'} must have pattern and access (all, read or write)",
        ),
        ({"commands": ["get"]}, "the command rule 'get' must begin with + or -"),
        ({"commands": ["+gett"]}, "unknown command 'gett', did you mean 'get'?"),
        ({"commands": [""]}, "the pattern '' is empty or has blanks"),
        ({"rules": "+get", "keys": ["a"]}, "rules stand instead of keys, channels and commands, not beside them"),
        ({"rules": "on +get"}, "'on' does not belong into rules"),
        ({"rules": "(+get"}, "the selector '(+get' has no closing parenthesis"),
        ({"rules": "&* &a"}, "'&a' comes after a rule that allows all of its kind"),
    ],
)
def test_wrong_entries(table70: CommandTable, entry: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        one(entry, table70)
    assert (caught.value.where, caught.value.what) == ("users[0] (app)", message)


def test_a_password_in_rules_is_refused_without_showing_it(table70: CommandTable) -> None:
    with pytest.raises(InputError) as caught:
        one({"rules": "+get >hunter2"}, table70)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ([{"name": "a"}, {"name": "a"}], "users[1] (a): the user is listed twice"),
        ([{"name": "a b"}], "users[0] (a b): 'a b' is not a user name: no blanks, tabs or quotes"),
        (
            [{"name": "default", "state": "absent"}],
            "users[0] (default): the user 'default' cannot be removed. Switch it off: enabled: false",
        ),
    ],
)
def test_wrong_lists(table70: CommandTable, entries: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(InputError) as caught:
        wish.read(entries, {}, table70)
    assert str(caught.value) == message


@pytest.mark.parametrize("state", ["on", "off", "on nopass"])
def test_rights_are_kept_and_only_passwords_change(table70: CommandTable, state: str) -> None:
    have = {"app": AclUser.parse(f"user app {state} ~a &b +get (~c +set)", table70)}
    entry = {"keep_rights": True, "passwords": ["new"], "password_hashes": [digest("newer")]}
    wanted = f"user app {state.partition(' ')[0]} >new >newer ~a &b +get (~c +set)"
    assert one(entry, table70, have=have) == AclUser.parse(wanted, table70)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"passwords": ["new"], "commands": ["+get"]}, "keep_rights and rights exclude each other"),
        ({"passwords": ["new"], "state": "absent"}, "keep_rights and rights exclude each other"),
        ({}, "keep_rights is for a user with a password"),
        ({"nopass": True}, "keep_rights is for a user with a password"),
        ({"password_hashes": ["short"]}, "64 lower case hex digits"),
        ({"name": "web", "passwords": ["new"]}, "there is no such user"),
    ],
)
def test_rights_that_cannot_be_kept(table70: CommandTable, entry: dict[str, Any], message: str) -> None:
    have = {"app": AclUser.parse("user app on >old ~a +get", table70)}
    with pytest.raises(InputError, match=message):
        wish.read([{"name": "app", "keep_rights": True, **entry}], have, table70)
