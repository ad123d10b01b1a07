"""Each preset, on each recorded server version: accepted, least privilege, and the guide's renamed commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.acl import presets, wish
from ansible_collections.rampart.redis.plugins.module_utils.acl.tokens import KeyPattern
from ansible_collections.rampart.redis.plugins.module_utils.errors import InputError
from ansible_collections.rampart.redis.plugins.module_utils.versions import ServerVersion

if TYPE_CHECKING:
    from ansible_collections.rampart.redis.plugins.module_utils.acl.commands import CommandTable
    from ansible_collections.rampart.redis.plugins.module_utils.acl.user import AclUser

PREFIXED = ("application", "session")
ENABLED = [name for name in presets.PRESETS if name != "admin"]


def entry(preset: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"name": "u", "preset": preset, **({"prefix": "app:"} if preset in PREFIXED else {}), **more}


def build(preset: str, table: CommandTable, version: ServerVersion, **more: Any) -> AclUser:  # noqa: ANN401
    user = wish.read(presets.expand([entry(preset, **more)], version), {}, table)["u"]
    assert user is not None
    return user


@pytest.mark.parametrize("preset", presets.PRESETS)
def test_every_version_takes_every_preset(preset: str, table: CommandTable, version: ServerVersion) -> None:
    user = build(preset, table, version)
    assert user.enabled is (preset != "admin")
    assert " resetchannels " in user.render()
    assert " -@all " in user.render()


# The 14 commands the guide renames, and who may still run them (all or part of them). Kept is what the work needs: an
# application deletes and expires its own keys, a session store deletes its own; the auditor reads the configuration,
# Sentinel has it written down and stops a script that would delay a failover; the operator administers.
RENAMED = (
    *("flushdb", "flushall", "keys", "pexpire", "del", "config", "shutdown", "eval", "script", "debug", "migrate"),
    *("sort", "dump", "restore"),
)
KEEPS: dict[str, set[str]] = {
    "application": {"del", "pexpire"},
    "session": {"del"},
    "exporter": set(),
    "auditor": {"config"},
    "operator": {"config", "shutdown"},
    "replica": set(),
    "sentinel": {"config", "script"},
    "admin": set(RENAMED),
}


@pytest.mark.parametrize("command", RENAMED)
@pytest.mark.parametrize("preset", presets.PRESETS)
def test_renamed_commands_of_the_guide(preset: str, command: str, table: CommandTable, version: ServerVersion) -> None:
    assert build(preset, table, version).allows(command) is (command in KEEPS[preset])


EXACT = {
    "session": {"get", "set", "expire", "ttl", "del", "mget", "ping", "client|setname"},
    "exporter": {
        "ping",
        "info",
        "client|setname",
        "slowlog|len",
        "latency|latest",
        "latency|histogram",
        "cluster|info",
    },
    "replica": {"psync", "replconf", "ping"},
    "auditor": {
        *("ping", "info", "config|get", "acl|list", "acl|getuser", "acl|users", "acl|dryrun", "client|list"),
        *("module|list", "function|list", "command|info"),
    },
}


@pytest.mark.parametrize("preset", EXACT)
def test_nothing_but_these(preset: str, table70: CommandTable) -> None:
    user = build(preset, table70, ServerVersion("redis", (7, 0, 15)))
    assert user.selectors[0].commands == EXACT[preset]
    assert not user.selectors[0].all_future


@pytest.mark.parametrize("preset", ENABLED)
@pytest.mark.parametrize(
    "command", ["eval", "evalsha", "module", "replicaof", "debug", "keys", "flushall", "acl|load", "scan"]
)
def test_what_no_working_user_may(preset: str, command: str, table: CommandTable, version: ServerVersion) -> None:
    allowed = {("operator", "acl|load"), ("auditor", "module"), ("operator", "module")}  # MODULE LIST only
    assert build(preset, table, version).allows(command) is ((preset, command) in allowed)


@pytest.mark.parametrize("preset", ["exporter", "replica", "auditor", "operator", "sentinel"])
def test_who_needs_no_keys_has_none(preset: str, table: CommandTable, version: ServerVersion) -> None:
    assert build(preset, table, version).key_patterns == frozenset()


def test_the_prefix_is_the_border(table: CommandTable, version: ServerVersion) -> None:
    assert build("application", table, version).key_patterns == {KeyPattern("app:*")}


@pytest.mark.parametrize(
    ("version", "setinfo", "histogram"),
    [
        (ServerVersion("redis", (6, 2, 14)), False, False),
        (ServerVersion("redis", (7, 0, 15)), False, True),
        (ServerVersion("redis", (7, 2, 6)), True, True),
        (ServerVersion("valkey", (8, 1, 1)), True, True),
    ],
)
def test_version_gates(version: ServerVersion, *, setinfo: bool, histogram: bool) -> None:
    commands = presets.expand([entry("exporter")], version)[0]["commands"]
    assert ("+client|setinfo" in commands) is setinfo
    assert ("+latency|histogram" in commands) is histogram


def test_own_rules_add_and_own_state_replaces() -> None:
    version = ServerVersion("redis", (7, 0, 15))
    wanted = entry("session", keys=["x"], channels=["c"], commands=["+info"], enabled=False, passwords=["p"])
    made = presets.expand([wanted], version)[0]
    assert made["keys"] == ["app:*", "x"]
    assert made["channels"] == ["c"]
    assert made["commands"][-1] == "+info"
    assert (made["enabled"], made["passwords"]) == (False, ["p"])
    assert "preset" not in made
    assert "prefix" not in made


def test_an_entry_without_preset_passes_unchanged() -> None:
    plain = {"name": "x", "keys": ["a"], "commands": ["+get"]}
    assert presets.expand([plain], ServerVersion("redis", (7, 0, 15))) == [plain]
    assert presets.promises([plain]) == []


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (
            {"name": "u", "preset": "app"},
            "user 'u': unknown preset 'app'. There are: admin, application, auditor, exporter",
        ),
        ({"name": "u", "preset": "session"}, "user 'u': the preset 'session' needs a prefix such as app:"),
        ({"name": "u", "preset": "auditor", "prefix": "a"}, "user 'u': the preset 'auditor' has no keys, so no prefix"),
        ({"name": "u", "preset": "session", "prefix": "*"}, "user 'u': the prefix '*' must be plain text"),
    ],
)
def test_wrong_entries(wanted: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        presets.expand([wanted], ServerVersion("redis", (7, 0, 15)))
    assert str(caught.value).startswith(message)


def test_promises_follow_the_prefix_and_own_rules() -> None:
    said = presets.promises(
        [entry("session"), entry("session", keys=["y"]), entry("admin"), entry("auditor", state="absent")]
    )
    assert len(said) == 2
    assert "GET app:x" in said[0]["allow"]
    assert "GET other-app:x" in said[0]["deny"]
    assert said[1]["deny"] == []
