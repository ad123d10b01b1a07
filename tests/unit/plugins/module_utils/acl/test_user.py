"""Users read from every shape a server writes, and written so that every server reads the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.acl.tokens import KeyPattern
from ansible_collections.rampart.redis.plugins.module_utils.acl.user import AclUser, digest
from ansible_collections.rampart.redis.plugins.module_utils.errors import InputError
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.acl.recorded import TABLES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from ansible_collections.rampart.redis.plugins.module_utils.acl.commands import CommandTable

HASH = digest("a")
OTHER = digest("b")


def parse(text: str, table: CommandTable) -> AclUser:
    return AclUser.parse(text, table, strict=True)


def test_all_parts_of_a_user(table70: CommandTable) -> None:
    user = parse(f"user app on #{HASH} >b skip-sanitize-payload ~app:* &ch +get (%R~c:* +mget)", table70)
    assert (user.name, user.enabled, user.nopass) == ("app", True, False)
    assert user.hashes == {HASH, OTHER}
    assert user.flags == {"skip-sanitize-payload"}
    assert user.key_patterns == {KeyPattern("app:*"), KeyPattern("c:*", write=False)}
    assert user.channel_patterns == {"ch"}
    assert user.allows("get")
    assert user.allows("mget")
    assert not user.allows("set")


@pytest.mark.parametrize(
    ("rules", "enabled", "nopass", "hashes"),
    [
        ("on nopass", True, True, set()),
        (f"on #{HASH} nopass", True, True, set()),
        (f"nopass #{HASH}", False, False, {HASH}),
        (f"#{HASH} resetpass", False, False, set()),
        (">a >b <a", False, False, {OTHER}),
        (f">a >b !{OTHER}", False, False, {HASH}),
        (f"on nopass +@all reset #{HASH}", False, False, {HASH}),
    ],
)
def test_state_and_passwords(
    table70: CommandTable, rules: str, hashes: set[str], *, enabled: bool, nopass: bool
) -> None:
    user = parse(f"user u {rules}", table70)
    assert (user.enabled, user.nopass) == (enabled, nopass)
    assert user.hashes == hashes


def test_clearselectors_and_reset_forget_selectors(table70: CommandTable) -> None:
    assert parse("user u (~a +get) clearselectors", table70) == parse("user u", table70)
    assert parse("user u on +@all ~* (~a +get) reset", table70) == parse("user u", table70)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # 8.0 and later print the default that 7.0 keeps to itself.
        ("user u on sanitize-payload ~* +@all", "user u on ~* +@all"),
        # 7.0 forgets the order.
        (
            "user u +@read -mget +config|get +select|0",
            "user u +select|0 +config|get -@all +select|0 +config|get +@read -mget",
        ),
        ("user u ~b ~a &d &c", "user u ~a ~b &c &d"),
        ("user u (~a +get) (~b +set)", "user u (~b +set) (~a +get)"),
        ("user u +config", "user u +config +config|get"),
        ("user u %R~a %W~a", "user u ~a"),
    ],
)
def test_texts_that_mean_the_same_are_equal(table70: CommandTable, one: str, other: str) -> None:
    assert parse(one, table70) == parse(other, table70)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("user u on", "user u off"),
        ("user u nopass", "user u"),
        ("user u >a", "user u >b"),
        ("user u ~a", "user u ~b"),
        ("user u %R~a", "user u ~a"),
        ("user u &a", "user u"),
        ("user u +get", "user u"),
        ("user u +get", "user u (+get)"),
        ("user u skip-sanitize-payload", "user u"),
        ("user u +select|0", "user u +select|1"),
    ],
)
def test_texts_that_differ_are_not_equal(table70: CommandTable, one: str, other: str) -> None:
    assert parse(one, table70) != parse(other, table70)


def test_all_future_commands_make_a_difference(table70: CommandTable) -> None:
    everything = " ".join(f"+{name}" for name in table70.names if "|" not in name)
    assert parse("user u +@all", table70) != parse(f"user u {everything}", table70)


GETUSER_62 = [
    *("flags", ["on", "allkeys", "allchannels", "nopass"], "passwords", [], "commands", "+@all -@dangerous"),
    *("keys", ["*"], "channels", ["*"]),
]
GETUSER_70 = [
    *("flags", ["on", "sanitize-payload"], "passwords", [HASH], "commands", "-@all +get", "keys", "~a %R~b"),
    *("channels", "&c", "selectors", [["commands", "-@all +set", "keys", "~s", "channels", ""]]),
]


@pytest.mark.parametrize(
    ("number", "reply", "line"),
    [
        ("6.2.14", GETUSER_62, "user u on nopass ~* &* +@all -@dangerous"),
        ("7.0.15", GETUSER_70, f"user u on #{HASH} ~a %R~b &c +get (~s +set)"),
        ("8.2.3", GETUSER_70, f"user u on #{HASH} ~a %R~b &c +get (~s +set)"),
    ],
)
def test_getuser_and_list_give_the_same_user(number: str, reply: list[object], line: str) -> None:
    table = TABLES[number]
    assert AclUser.from_getuser("u", reply, table) == parse(line, table)


def test_render_is_read_back(table: CommandTable) -> None:
    user = parse(f"user app on #{HASH} #{OTHER} ~app:* resetchannels &x +@read -mget +config|get", table)
    assert parse(user.render(), table) == user
    assert user.render().startswith("user app on #")
    assert " resetchannels &x -@all +@read -mget +config|get" in user.render()


def test_hashes_are_shown_nowhere_but_in_the_file(table70: CommandTable) -> None:
    user = parse(f"user app on #{HASH} ~app:*", table70)
    assert HASH in user.render()
    assert HASH not in repr(user)
    assert HASH not in user.render(redact=True)
    assert "#********" in user.render(redact=True)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("# comment", "f line 1: a line must be: user NAME RULES. ACL files have no comments"),
        ("app on", "f line 1: a line must be: user NAME RULES. ACL files have no comments"),
        ("user", "f line 1: a line must be: user NAME RULES. ACL files have no comments"),
        ('user "a" on', "f line 1: '\"a\"' is not a user name: no blanks, tabs or quotes"),
        ("user a onn", "f line 1: unknown rule 'onn'"),
        ("user a #ABC", "f line 1: a password hash must be 64 lower case hex digits (SHA-256)"),
        (f"user a #{HASH.upper()}", "f line 1: a password hash must be 64 lower case hex digits (SHA-256)"),
        ("user a +@dangerouss", "f line 1: unknown category '@dangerouss', did you mean '@dangerous'?"),
    ],
)
def test_errors_name_the_line_and_no_secret(table70: CommandTable, line: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        AclUser.parse(line, table70, strict=True, where="f line 1")
    assert str(caught.value) == message


def test_selectors_need_7(table62: CommandTable) -> None:
    with pytest.raises(InputError, match=r"needs Redis 7\.0 or later"):
        parse("user a (+get)", table62)


def test_commands_that_need_no_permission(table70: CommandTable) -> None:
    user = parse("user a off", table70)
    assert user.allows("auth")
    assert user.allows("quit")
    assert not user.allows("ping")


def test_without_a_table_names_stand_for_themselves() -> None:
    user = AclUser.parse("user a on +@read +get")
    assert user == AclUser.parse("user a on +get +@read")
    assert user.allows("get")


@pytest.mark.parametrize(
    ("rules", "possible"),
    [("on nopass", True), ("on >a", True), ("on", False), ("off >a", False), ("off nopass", False)],
)
def test_who_can_log_in(table70: CommandTable, rules: str, *, possible: bool) -> None:
    assert parse(f"user a {rules}", table70).can_log_in is possible


def _rule(table: CommandTable) -> st.SearchStrategy[str]:
    names = sorted(table.names) + [f"@{each}" for each in ("all", "read", "write", "slow", "dangerous", "connection")]
    first = st.sampled_from(["+select|0", "+select|1"])
    keys = st.sampled_from(
        ["~a", "~b:*", "resetkeys", "&c", "resetchannels", *(["%R~a", "%W~b:*"] * table.has_subcommands)]
    )
    return st.one_of(st.builds("{}{}".format, st.sampled_from("+-"), st.sampled_from(names)), first, keys)


@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@pytest.mark.parametrize("number", list(TABLES))
def test_printing_and_parsing_keep_the_permission(data: st.DataObject, number: str) -> None:
    table = TABLES[number]
    rules = " ".join(data.draw(st.lists(_rule(table), max_size=12)))
    user = parse(f"user u on #{HASH} resetchannels {rules}", table)
    again = parse(user.render(), table)
    assert again == user
    assert again.render() == user.render()
