"""Rules become the sets that a server would act by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.acl.rules import Selector, evaluate
from ansible_collections.rampart.redis.plugins.module_utils.acl.tokens import KeyPattern, split
from ansible_collections.rampart.redis.plugins.module_utils.errors import InputError

if TYPE_CHECKING:
    from ansible_collections.rampart.redis.plugins.module_utils.acl.commands import CommandTable


def rules(text: str, table: CommandTable) -> Selector:
    return evaluate(split(text), table, strict=True)


@pytest.mark.parametrize(
    ("text", "command", "allowed"),
    [
        ("+get", "get", True),
        ("+get", "GET", True),
        ("+get -get", "get", False),
        ("+@read -get", "get", False),
        ("-get +@read", "get", True),
        ("+@all", "flushall", True),
        ("+@all -flushall", "flushall", False),
        ("+@all -@dangerous", "flushall", False),
        ("+@all -@all", "get", False),
        ("allcommands nocommands", "get", False),
        ("+config", "config|get", True),
        ("+config|get", "config|get", True),
        ("+config|get", "config|set", False),
        ("+config|get", "config", True),
        ("+config|get -config", "config|get", False),
        ("+client|setname -@dangerous", "client|kill", False),
        ("+@all", "no-such-command-yet", True),
        ("+@read", "no-such-command-yet", False),
        ("+select|0", "select|0", True),
        ("+select|0", "select|1", False),
        ("+select|0 +select", "select|1", True),
        ("+select|0 -select", "select|0", False),
        # Allowed as a whole already, so the argument adds nothing that a later removal would have to forget.
        ("+select +select|0", "select|1", True),
    ],
)
def test_order_decides(table: CommandTable, text: str, command: str, *, allowed: bool) -> None:
    assert rules(text, table).allows(command) is allowed


def test_a_category_takes_all_subcommands_of_its_containers_along(table70: CommandTable) -> None:
    # The container CONFIG is @slow, CONFIG SET itself is also @dangerous: +@slow gives it all the same.
    assert rules("+@slow", table70).allows("config|set")
    assert not rules("+@slow -@dangerous", table70).allows("config|set")
    assert rules("+@slow -@dangerous", table70).allows("config|help")


def test_before_7_a_category_forgets_first_arguments(table62: CommandTable, table70: CommandTable) -> None:
    text = "+client|setname +client|list -@dangerous"
    assert not rules(text, table62).allows("client|setname")
    assert rules(text, table70).allows("client|setname")


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("~a ~b", {KeyPattern("a"), KeyPattern("b")}),
        ("%R~a %W~a", {KeyPattern("a")}),
        ("%R~a", {KeyPattern("a", write=False)}),
        ("%rw~a", {KeyPattern("a")}),
        ("~a resetkeys %W~b", {KeyPattern("b", read=False)}),
        ("~a ~*", {KeyPattern("*")}),
        ("allkeys", {KeyPattern("*")}),
    ],
)
def test_key_patterns(table70: CommandTable, text: str, keys: set[KeyPattern]) -> None:
    assert rules(text, table70).keys == keys


@pytest.mark.parametrize(
    ("text", "channels"),
    [("&a &b", {"a", "b"}), ("&a resetchannels &b", {"b"}), ("&a &*", {"*"}), ("allchannels", {"*"}), ("", set())],
)
def test_channels(table70: CommandTable, text: str, channels: set[str]) -> None:
    assert rules(text, table70).channels == channels


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("+@dangerouss", "unknown category '@dangerouss', did you mean '@dangerous'?"),
        ("+flushal", "unknown command 'flushal', did you mean 'flushall'?"),
        ("+config|gett", "unknown subcommand 'config|gett', did you mean 'config|get'?"),
        ("-select|0", "this server cannot take away 'select|0' alone"),
        ("~* ~a", "'~a' comes after a rule that allows all of its kind"),
        ("&* &a", "'&a' comes after a rule that allows all of its kind"),
        ("%X~a", "'%X~a' is not a key pattern"),
        ("on", "'on' is not a rule for keys, channels or commands"),
    ],
)
def test_what_the_server_would_refuse_is_refused_first(table70: CommandTable, text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        rules(text, table70)
    assert caught.value.what == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("%R~a", "'%R~a' needs Redis 7.0 or later"),
        ("-config|set", "this server cannot take away 'config|set' alone"),
    ],
)
def test_what_6_2_cannot_do(table62: CommandTable, text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        rules(text, table62)
    assert caught.value.what == message


def test_without_strictness_unknown_names_stand_for_themselves(table70: CommandTable) -> None:
    read = evaluate(["+ft.search", "+@json", "~*", "~a"], table70)
    assert {"ft.search", "@json"} <= read.commands


def test_an_argument_of_an_allowed_command_adds_nothing(table: CommandTable) -> None:
    assert rules("+@all +select|0", table) == rules("+@all", table)


def test_render_needs_no_earlier_state(table70: CommandTable) -> None:
    text = "resetkeys %R~c:* ~a:* resetchannels &x -@all +@read -get"
    read = rules(text, table70)
    assert rules(f"+@all allkeys allchannels {read.render()}", table70) == read
    assert read.render() == "resetkeys ~a:* %R~c:* resetchannels &x -@all +@read -get"
    assert rules("+get", table70).render() == "resetkeys resetchannels -@all +get"


def test_split_keeps_selectors_together() -> None:
    assert split("on  ~a (~b +get) +set (+ping)") == ["on", "~a", "(~b +get)", "+set", "(+ping)"]


def test_an_open_selector_is_named() -> None:
    with pytest.raises(InputError, match=r"f line 2: the selector '\(~b \+get' has no closing parenthesis"):
        split("on (~b +get", "f line 2")
