"""Each preset, on each recorded server version: accepted, least privilege, and the guide's renamed commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.acl import presets, wish
from ansible_collections.rampart.redis.plugins.module_utils.acl.answer import may
from ansible_collections.rampart.redis.plugins.module_utils.acl.tokens import KeyPattern
from ansible_collections.rampart.redis.plugins.module_utils.errors import InputError
from ansible_collections.rampart.redis.plugins.module_utils.versions import ServerVersion

if TYPE_CHECKING:
    from ansible_collections.rampart.redis.plugins.module_utils.acl.commands import CommandTable
    from ansible_collections.rampart.redis.plugins.module_utils.acl.user import AclUser

PREFIXED = ("application", "session", "cache")
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


# The 14 commands the guide renames: why nobody has them, unless KEPT says for whom and why.
RENAMED = {
    "flushdb": "destroys a database, whatever key patterns the user has",
    "flushall": "destroys all data, whatever key patterns the user has",
    "keys": "names every key of every tenant, and stalls the server meanwhile",
    "pexpire": "changes keys",
    "del": "changes keys",
    "config": "reads passwords, and writes files where the server lets it",
    "shutdown": "ends the service",
    "eval": "one endless script stalls everybody",
    "script": "loads, forgets and kills scripts of everybody",
    "debug": "crashes or stalls the server",
    "migrate": "carries keys to any address",
    "sort": "reads keys of other tenants by its BY and GET, up to 6.2",
    "dump": "is how keys leave",
    "restore": "is how prepared payloads come in",
}
KEPT: dict[str, dict[str, str]] = {
    "application": {
        "del": "deletes its own keys; replicas and files need the command itself",
        "pexpire": "sets times to live on its own keys",
    },
    "session": {"del": "ends a session"},
    "cache": {"del": "forgets its own keys", "pexpire": "sets times to live on its own keys"},
    "exporter": {},
    "auditor": {"config": "reads named settings (GET only); its own password is guarded like the operator's"},
    "operator": {"config": "administers", "shutdown": "administers"},
    "replica": {},
    "sentinel": {
        "config": "has a failover written down (REWRITE only)",
        "script": "stops a script that holds up a failover (KILL only)",
    },
    "admin": dict.fromkeys(RENAMED, "everything; off until the glass is broken"),
}
# Where a part is kept, exactly this part.
PARTS = {
    ("auditor", "config"): {"config|get"},
    ("sentinel", "config"): {"config|rewrite"},
    ("sentinel", "script"): {"script|kill"},
    ("operator", "config"): {"config|get", "config|set", "config|rewrite", "config|resetstat"},
}


@pytest.mark.parametrize("command", RENAMED)
@pytest.mark.parametrize("preset", presets.PRESETS)
def test_renamed_commands_of_the_guide(preset: str, command: str, table: CommandTable, version: ServerVersion) -> None:
    user = build(preset, table, version)
    why = KEPT[preset].get(command)
    assert user.allows(command) is (why is not None), why or RENAMED[command]
    if (preset, command) in PARTS and table.has_subcommands:
        found = {name for name in table.family(command) if "|" in name and user.allows(name)}
        assert found == PARTS[preset, command]


def test_nothing_is_kept_that_the_guide_does_not_rename() -> None:
    assert set(KEPT) == set(presets.PRESETS)
    assert all(set(kept) <= set(RENAMED) for kept in KEPT.values())


@pytest.mark.parametrize(
    "call",
    [
        *(
            "CONFIG GET requirepass",
            "ACL LIST",
            "ACL GETUSER x",
            "GET x",
            "DUMP x",
            "SORT_RO x",
            "SLOWLOG GET",
            "MONITOR",
        ),
        *("SLOWLOG GET", "MONITOR", "CLIENT LIST", "CLIENT KILL ID 1", "CLIENT PAUSE 1", "DEBUG SLEEP 1"),
    ],
)
def test_monitoring_reads_no_secret_and_stops_nobody(call: str, table: CommandTable, version: ServerVersion) -> None:
    assert not may(build("exporter", table, version), call)


EXACT = {
    "session": {"get", "set", "expire", "ttl", "del", "mget", "ping", "client|setname", "select"},
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


@pytest.mark.parametrize("preset", presets.PRESETS)
def test_first_arguments_only_where_the_server_does_not_warn(
    preset: str, table: CommandTable, version: ServerVersion
) -> None:
    user = build(preset, table, version)
    assert not (user.selectors[0].first_args and table.has_subcommands)
    assert user.allows("select|0") is (preset in (*PREFIXED, "admin"))


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
            "user 'u': unknown preset 'app'. There are: admin, application, auditor, cache, exporter",
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
