"""Break-glass: on with everything, off exactly as it was, and a restart only with evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.acl import glass
from ansible_collections.rampart.redis.plugins.module_utils.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = "user default off -@all\nuser admin off #aa ~* &* +@all\nuser administrator on #bb +@all\n"
RULES = ("on", "#cc", "~*", "&*", "+@all")


@pytest.mark.parametrize(("channels", "rules"), [(True, RULES), (False, ("on", "#cc", "~*", "+@all"))])
def test_the_user_may_do_everything(*, channels: bool, rules: tuple[str, ...]) -> None:
    assert glass.rights("cc", channels=channels) == rules


@pytest.mark.parametrize(
    ("name", "rules"),
    [("admin", ("off", "#aa", "~*", "&*", "+@all")), ("default", ("off", "-@all")), ("nobody", None)],
)
def test_rules_are_found_by_the_whole_name(name: str, rules: tuple[str, ...] | None) -> None:
    assert glass.rules_of(FILE.splitlines(), name) == rules


def test_the_end_hangs_up_and_restores_the_rules() -> None:
    kill = ("CLIENT", "KILL", "USER", "admin")
    assert glass.closing("admin", ("off", "#aa")) == (kill, ("ACL", "SETUSER", "admin", "reset", "off", "#aa"), kill)
    assert glass.closing("admin", None) == (("ACL", "DELUSER", "admin"),)


def test_a_file_is_opened_for_one_user_only() -> None:
    assert glass.opened(FILE, "admin", RULES, "users.acl") == (
        "user default off -@all\nuser administrator on #bb +@all\nuser admin on #cc ~* &* +@all\n"
    )
    assert glass.opened("user default off -@all", "admin", RULES, "f").endswith("\nuser admin on #cc ~* &* +@all\n")


@pytest.mark.parametrize("text", ["", "\n", "# user admin on\n"])
def test_a_file_without_users_is_not_the_servers(text: str) -> None:
    with pytest.raises(InputError, match=r"users\.acl: holds no users"):
        glass.opened(text, "admin", RULES, "users.acl")


@pytest.mark.parametrize(
    ("appending", "said", "refused"),
    [
        (True, None, None),
        (True, {"save": "", "appendonly": "no"}, None),
        (False, {"save": "3600 1", "appendonly": "no"}, None),
        (False, {"save": "", "appendonly": "yes"}, None),
        (False, {"save": "", "appendonly": "no"}, "the server does not save when it stops"),
        (False, {}, "the server does not save when it stops"),
        (False, None, "nobody can ask the server whether it saves its data when it stops"),
    ],
)
def test_a_restart_needs_evidence(*, appending: bool, said: Mapping[str, str] | None, refused: str | None) -> None:
    assert glass.refusal(appending=appending, said=said) == refused
