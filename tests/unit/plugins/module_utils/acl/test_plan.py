"""Users there will be, the order of changes, and the guard against locking ourselves out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.acl import plan
from ansible_collections.rampart.redis.plugins.module_utils.acl.user import AclUser
from ansible_collections.rampart.redis.plugins.module_utils.errors import InputError

if TYPE_CHECKING:
    from ansible_collections.rampart.redis.plugins.module_utils.acl.commands import CommandTable


def users(table: CommandTable, *lines: str) -> dict[str, AclUser]:
    parsed = [AclUser.parse(f"user {line}", table, strict=True) for line in lines]
    return {user.name: user for user in parsed}


HAVE = ("default on nopass ~* &* +@all", "op on >p +@all", "app on >a ~app:* +get", "old on >o")


@pytest.mark.parametrize(
    ("purge", "names"), [(False, ["app", "default", "new", "old", "op"]), (True, ["app", "default", "new", "op"])]
)
def test_who_stays(table70: CommandTable, names: list[str], *, purge: bool) -> None:
    want: dict[str, AclUser | None] = {**users(table70, "app on >a +set", "new on"), "none": None}
    final = plan.outcome(users(table70, *HAVE), want, purge=purge, login="op")
    assert sorted(final) == names
    assert final["app"] == want["app"]


def test_listed_as_absent_goes(table70: CommandTable) -> None:
    assert "old" not in plan.outcome(users(table70, *HAVE), {"old": None}, purge=False, login="op")


def test_the_order_of_changes_is_safe(table70: CommandTable) -> None:
    have = users(table70, *HAVE)
    final = users(table70, "default off", "op on >q +@all", "zebra on >z +@all", "app on >a ~app:* +get")
    assert [change.name for change in plan.changes(have, final, "op")] == ["zebra", "default", "old", "op"]
    assert plan.changes(have, have) == []


def test_sentences_carry_the_name(table70: CommandTable) -> None:
    change = plan.changes(users(table70, "a on"), users(table70, "a off"))[0]
    assert change.sentences == ["a: is switched off"]


def test_all_that_changes_of_a_user_is_one_sentence(table70: CommandTable) -> None:
    have = AclUser.parse("user app on >a ~app:* +get +@dangerous", table70)
    want = AclUser.parse("user app on >b ~app:* %R~cache:* +get", table70)
    lost = len(table70.members("dangerous") or ()) - 4
    clauses = (
        f"app: loses ACL DELUSER, ACL DRYRUN, ACL GETUSER, ACL LIST and {lost} more of @dangerous",
        "gains read on cache:*",
        "password changed (1 added, 1 removed)",
    )
    assert plan.Change("app", have, want).sentences == ["; ".join(clauses)]
    assert plan.Change("app", have, have).sentences == []


@pytest.mark.parametrize(
    ("want", "takes"), [("a on >x +get", True), ("a on >x +get +set +mget", False), ("a off >x", True)]
)
def test_what_takes_rights_away(table70: CommandTable, want: str, *, takes: bool) -> None:
    change = plan.Change("a", users(table70, "a on >x +get +set")["a"], users(table70, want)["a"])
    assert change.takes_away is takes


@pytest.mark.parametrize(("have", "want"), [(None, "a on"), ("a on", None)])
def test_new_and_removed_users_have_no_rights_to_take(
    table70: CommandTable, have: str | None, want: str | None
) -> None:
    made = [users(table70, line)["a"] if line else None for line in (have, want)]
    assert not plan.Change("a", *made).takes_away


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (None, "be removed"),
        ("op off >p +@all", "be switched off"),
        ("op on >p +get", "lose ACL SETUSER"),
        ("op on >q +@all", "not be let in with this password any more"),
    ],
)
def test_ourselves_are_guarded(table70: CommandTable, line: str | None, reason: str) -> None:
    have = users(table70, *HAVE)
    final = {**have, **(users(table70, line) if line else {})}
    if line is None:
        del final["op"]
    with pytest.raises(InputError) as caught:
        plan.guard(have, final, "op", "p")
    assert caught.value.what == f"the user this task is logged in as would {reason}"


@pytest.mark.parametrize("line", ["op on >p >q +@all", "op on >p +acl +ping", "op on nopass +@all"])
def test_what_leaves_us_in_is_allowed(table70: CommandTable, line: str) -> None:
    have = users(table70, *HAVE)
    plan.guard(have, {**have, **users(table70, line)}, "op", "p")


@pytest.mark.parametrize("final", [("a on >x +get", "b off >x +@all", "c on +@all"), ()])
def test_somebody_must_administer(table70: CommandTable, final: tuple[str, ...]) -> None:
    # The user we are logged in as is unknown on both sides, so only the second rule can speak.
    with pytest.raises(InputError, match="nobody who can log in could run ACL SETUSER any more"):
        plan.guard({}, users(table70, *final), "op", "p")
