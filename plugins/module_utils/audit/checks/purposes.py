"""Users with a purpose: what auditor, replica, Sentinel and monitoring have beyond it, and who reaches modules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...acl.presets import expand
from ...acl.user import build
from ..check import CRITICAL, LOW, MEDIUM, Family, Verdict, not_applicable, noted, passed, verdict
from .acl import ACL, approved, enabled
from .users import version_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ...acl.user import AclUser

# The same family as in acl.py; several lists keep the files short.
PURPOSES = Family(ACL.code, ACL.title)

# Harmless, and asked for by client libraries when they connect or watch.
_HARMLESS = frozenset(
    {"ping", "role", "client|setname", "client|setinfo", "client|getname", "client|id", "cluster|info", "cluster|nodes"}
    | {"command|list", "command|count", "command|info", "command", "acl|whoami", "echo", "multi", "exec", "discard"}
)
_MODULE_CATEGORIES = ("search", "json", "timeseries", "bloom", "cuckoo", "cms", "topk", "tdigest")
_KEYLESS = ("function|load", "function|flush", "function|delete", "function|restore", "flushall", "flushdb", "swapdb")


# CONFIG, MODULE and FUNCTION do not exist in a Sentinel.
_IN_SENTINELS = (
    *("-@all", "+ping", "+info", "+acl|list", "+acl|getuser", "+acl|users", "+acl|dryrun", "+client|list", "+command"),
    *("+sentinel|masters", "+sentinel|replicas", "+sentinel|sentinels", "+sentinel|ckquorum", "+sentinel|myid"),
)


def least(preset: str, server: Mapping[str, Any]) -> Sequence[str]:
    """Return the rules of a preset, for this version and mode."""
    if preset == "auditor" and server["mode"] == "sentinel":
        return _IN_SENTINELS
    rules: list[str] = expand([{"name": "", "preset": preset}], version_of(server))[0]["commands"]
    return rules


def beyond(user: AclUser, preset: str, server: Mapping[str, Any], more: Iterable[str] = ()) -> list[str]:
    """Return what a user may do beyond a preset: commands in order, and all that comes."""
    table = user.selectors[0].table
    enough = build("", least(preset, server), table, strict=False, where="preset")
    allowed = enough.selectors[0].commands | _HARMLESS | table.open_to_all | set(more)
    # A container stands for its subcommands.
    have = {name for one in user.selectors for name in one.commands if not table.is_container(name)}
    found = ["every command that an upgrade brings"] if any(one.all_future for one in user.selectors) else []
    return found + sorted(name.upper().replace("|", " ") for name in have - allowed)


_SHOWN = 8


def _sentence(user: AclUser, found: Sequence[str]) -> str:
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return f"{user.name} has {', '.join(found[:_SHOWN])}{more}"


@PURPOSES.check(
    12,
    "+@write has brought in more than writing",
    severity=MEDIUM,
    needs=("rights", "expected"),
    fix="redis_acl_users: -@dangerous -@scripting after +@write, or the preset application",
)
def writers(users: Sequence[AclUser], expected: Mapping[str, Any]) -> Verdict:
    """FLUSHALL, SWAPDB and FUNCTION LOAD are in @write, and know no key patterns."""
    trusted = approved(expected, "admins", "scripters")
    problems = []
    for user in enabled(users):
        has = any("+@write" in one.rules for one in user.selectors) and user.name not in trusted
        found = [name.upper().replace("|", " ") for name in _KEYLESS if has and _may(user, name)]
        problems += [_sentence(user, found)] if found else []
    return verdict(problems, "nobody has them by +@write")


def _may(user: AclUser, command: str) -> bool:
    # What this server does not have is no evidence.
    return command.partition("|")[0] in user.selectors[0].table.categories and user.allows(command)


@PURPOSES.check(
    14,
    "MODULE LOAD can be reached",
    severity=CRITICAL,
    needs=("rights", "config"),
    fix='redis_server_enable_module_command: "no" (takes a restart), and redis_acl_users: -@dangerous',
)
def module_load(users: Sequence[AclUser], config: Mapping[str, str]) -> Verdict:
    """Who may load a module runs code of his choice in the server. Before 7.0 only ACL rules stand against it."""
    guard = config.get("enable-module-command")
    if guard == "no":
        return passed("enable-module-command is no")
    names = [user.name for user in enabled(users) if any(_may(user, one) for one in _MODULES)]
    why = f"enable-module-command is {guard}" if guard else "this server has no enable-module-command"
    return verdict([f"{name} may run MODULE LOAD; {why}" for name in names], "nobody may run MODULE LOAD")


_MODULES = ("module|load", "module|loadex")


@PURPOSES.check(
    23,
    "Old rules give rights to modules' commands",
    severity=LOW,
    needs=("rights", "modules", "expected"),
    fix="redis_acl_users: take away @search @json @timeseries @bloom ... where the server has them (ACL CAT)",
)
def module_categories(
    users: Sequence[AclUser], modules: Sequence[Mapping[str, str]], expected: Mapping[str, Any]
) -> Verdict:
    """Since Redis 8 the commands of modules are in @read and @write: users of before gain them with the upgrade."""
    names = [row["name"] for row in modules if row.get("path") or row["name"] != "vectorset"]
    if not names:
        return not_applicable("no module is loaded that is not built in")
    trusted = approved(expected, "admins") | set(expected.get("module_users") or ())
    problems = []
    for user in enabled(users):
        table = user.selectors[0].table
        theirs = {name for one in _MODULE_CATEGORIES for name in table.members(one) or ()}
        got = sorted(name for name in theirs if user.allows(name))
        problems += [_sentence(user, [name.upper() for name in got])] if got and user.name not in trusted else []
    return verdict(problems, f"only approved users reach {', '.join(names)}")


@PURPOSES.check(
    34,
    "The auditor has more rights than it needs",
    severity=MEDIUM,
    needs=("rights", "server", "expected"),
    wants=("login",),
    fix="redis_acl_system_users: the preset auditor, which is the least for this version",
)
def auditor_rights(
    users: Sequence[AclUser], server: Mapping[str, Any], expected: Mapping[str, Any], login: str | None
) -> Verdict:
    """The auditor's password lies where audits run. What it opens should be reading, and no more than that."""
    found = [user for user in enabled(users) if user.name in approved(expected, "auditors")]
    problems = [_sentence(user, extra) for user in found if (extra := _all_beyond(user, server))]
    if problems:
        return verdict(problems, "")
    if login and login not in {user.name for user in found}:
        return noted(f"the audit logs in as {login}, which is more than an auditor")
    return passed(f"{', '.join(user.name for user in found)}: the least") if found else not_applicable("no auditor")


def _all_beyond(user: AclUser, server: Mapping[str, Any]) -> list[str]:
    keys = [f"keys {key}" for key in sorted(map(str, user.key_patterns))]
    return beyond(user, "auditor", server) + keys + [f"channel {one}" for one in sorted(user.channel_patterns)]


@PURPOSES.check(
    35,
    "The user of replicas or Sentinels has more than it needs",
    severity=MEDIUM,
    needs=("rights", "server", "expected"),
    fix="redis_acl_users: the presets replica and sentinel",
)
def replica_rights(users: Sequence[AclUser], server: Mapping[str, Any], expected: Mapping[str, Any]) -> Verdict:
    """Their passwords lie on other hosts, and in clear. The least of rights there limits what those hosts can do."""
    purposes = {"replica": approved(expected, "replicas"), "sentinel": approved(expected, "sentinels")}
    found = [(user, preset) for preset, names in purposes.items() for user in enabled(users) if user.name in names]
    if not found:
        return not_applicable("there is no user for replicas or Sentinels")
    problems = []
    for user, preset in found:
        extra = beyond(user, preset, server, ("replicaof", "slaveof"))
        extra += [f"keys {key}" for key in sorted(map(str, user.key_patterns))]
        problems += [_sentence(user, extra)] if extra else []
    return verdict(problems, f"{', '.join(user.name for user, _preset in found)}: the least")


@PURPOSES.check(
    36,
    "Monitoring has more rights than it needs",
    severity=MEDIUM,
    needs=("rights", "expected"),
    fix="redis_acl_users: the preset exporter, and the exporter's option -config-command=-",
)
def monitoring_rights(users: Sequence[AclUser], expected: Mapping[str, Any]) -> Verdict:
    """The guide's monitoring user reads every value and every password, and can stop the server with CLIENT PAUSE."""
    found = [user for user in enabled(users) if user.name in approved(expected, "monitors")]
    if not found:
        return not_applicable("there is no user for monitoring")
    commands = ("config|get", "keys", "scan", "get", "dump", "client|kill", "client|pause", "slowlog|get")
    problems = []
    for user in found:
        got = [name.upper().replace("|", " ") for name in commands if _may(user, name)]
        problems += [_sentence(user, got)] if got else []
    return verdict(problems, f"{', '.join(user.name for user in found)}: counters only")
