"""What each user may do, judged by the rules themselves: nothing is tried out on the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..check import HIGH, MEDIUM, Family, Verdict, verdict
from .acl import ACL, approved, enabled

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ...acl.user import AclUser

# The same family as in acl.py; two lists keep the files short.
RIGHTS = Family(ACL.code, ACL.title)

_FIX = "redis_acl_users: give the user a preset, or start its commands with -@all and list what it needs"


def _allowed(users: Iterable[AclUser], commands: Sequence[str], trusted: set[str]) -> list[str]:
    """Return a sentence for each enabled user outside ``trusted`` that may run one of ``commands``."""
    found = []
    for user in enabled(users):
        may = [command.upper().replace("|", " ") for command in commands if _may(user, command)]
        if may and user.name not in trusted:
            found.append(f"{user.name} may run {', '.join(may)}")
    return found


def _may(user: AclUser, command: str) -> bool:
    # "+@all" also allows what this server does not have; only what it has is evidence.
    known = user.selectors[0].table.categories
    return (not known or command.partition("|")[0] in known) and user.allows(command)


_ADMINISTRATION = (
    "config|set",
    "config|rewrite",
    "debug",
    "shutdown",
    "acl|setuser",
    "acl|deluser",
    "acl|load",
    "acl|save",
    "client|kill",
    "client|pause",
    "save",
    "bgrewriteaof",
    "failover",
    "cluster|reset",
    "cluster|failover",
    "cluster|meet",
)


@RIGHTS.check(
    10, "A user without that job may run administrative commands", severity=HIGH, needs=("rights", "expected"), fix=_FIX
)
def administration(users: Sequence[AclUser], expected: Mapping[str, Any]) -> Verdict:
    """They stop, stall or reconfigure the server: one stolen application password is then an outage or a takeover."""
    # Sentinel must rewrite the configuration and cut clients off when it fails over.
    sentinels = [user for user in users if user.name in approved(expected, "sentinels")]
    allowed_to_sentinel = ("config|rewrite", "client|kill", "failover")
    found = _allowed(users, _ADMINISTRATION, approved(expected, "admins", "sentinels"))
    found += _allowed(sentinels, [name for name in _ADMINISTRATION if name not in allowed_to_sentinel], set())
    return verdict(found, "only approved administrators may")


_SCRIPTING = (
    "eval",
    "eval_ro",
    "evalsha",
    "evalsha_ro",
    "fcall",
    "fcall_ro",
    "function|load",
    "function|restore",
    "script|load",
    "script|debug",
)


@RIGHTS.check(
    11,
    "Scripting is open to users that were not approved for it",
    severity=HIGH,
    needs=("rights", "expected"),
    fix="redis_acl_users: -@scripting; who needs scripts goes into redis_audit_expected.scripters",
)
def scripting(users: Sequence[AclUser], expected: Mapping[str, Any]) -> Verdict:
    """The Lua engine is where most of the server's code execution bugs were, and a script can block it without end.

    Removing EVAL and SCRIPT alone leaves EVALSHA, EVAL_RO, FCALL and FUNCTION.
    """
    return verdict(
        _allowed(users, _SCRIPTING, approved(expected, "admins", "scripters")), "nobody else may run scripts"
    )


@RIGHTS.check(
    13, "CONFIG GET is open to users other than the auditor", severity=HIGH, needs=("rights", "expected"), fix=_FIX
)
def config_readers(users: Sequence[AclUser], expected: Mapping[str, Any]) -> Verdict:
    """It answers masterauth, requirepass and the TLS key's passphrase in clear; no rule can limit it to other names."""
    found = _allowed(users, ("config|get",), approved(expected, "admins", "auditors"))
    return verdict(found, "only administrators and the auditor may")


@RIGHTS.check(
    15,
    "Replication commands are open to users other than replicas",
    severity=HIGH,
    needs=("rights", "expected"),
    fix="redis_acl_users: -@dangerous; replicas use the preset replica (+psync +replconf +ping)",
)
def replication_commands(users: Sequence[AclUser], expected: Mapping[str, Any]) -> Verdict:
    """PSYNC hands out all data, whatever the key patterns; REPLICAOF replaces all data with somebody else's."""
    commands = ("replicaof", "slaveof", "psync", "sync", "replconf")
    found = _allowed(users, commands, approved(expected, "admins", "replicas", "sentinels"))
    return verdict(found, "only administrators, replicas and Sentinels may")


@RIGHTS.check(
    16, "RESTORE or MIGRATE is open to application users", severity=HIGH, needs=("rights", "expected"), fix=_FIX
)
def payloads(users: Sequence[AclUser], expected: Mapping[str, Any]) -> Verdict:
    """RESTORE feeds raw bytes to the parser (a steady source of memory bugs); MIGRATE sends data anywhere."""
    found = _allowed(users, ("restore", "restore-asking", "migrate"), approved(expected, "admins"))
    return verdict(found, "only administrators may")


@RIGHTS.check(
    17,
    "Destructive or blocking commands are open to application users",
    severity=MEDIUM,
    needs=("rights", "expected"),
    fix="redis_acl_users: -@dangerous after the categories that brought them in (@write has FLUSHALL, @read has KEYS)",
)
def destructive(users: Sequence[AclUser], expected: Mapping[str, Any]) -> Verdict:
    """FLUSHALL and SWAPDB ignore key patterns: one tenant deletes everybody's data. KEYS and SORT block the server."""
    commands = ("flushall", "flushdb", "swapdb", "keys", "sort")
    return verdict(_allowed(users, commands, approved(expected, "admins")), "only administrators may")


@RIGHTS.check(
    18,
    "Commands that watch other clients are open",
    severity=HIGH,
    needs=("rights", "expected"),
    fix="redis_acl_users: -@dangerous -client|tracking; monitoring uses the preset exporter",
)
def eavesdropping(users: Sequence[AclUser], expected: Mapping[str, Any]) -> Verdict:
    """MONITOR shows every key and value, tracking every changed key, the slow log whole commands of others."""
    admins = approved(expected, "admins")
    found = _allowed(users, ("monitor", "client|tracking"), admins)
    watchers = admins | approved(expected, "auditors", "monitors")
    found += _allowed(users, ("client|list", "slowlog|get", "commandlog|get"), watchers)
    return verdict(found, "only approved users may")


@RIGHTS.check(
    20, "Users and their password hashes can be read or changed", severity=HIGH, needs=("rights", "expected"), fix=_FIX
)
def acl_commands(users: Sequence[AclUser], expected: Mapping[str, Any]) -> Verdict:
    """ACL LIST and GETUSER answer unsalted hashes to crack at leisure; who may read ACL LOG may also wipe it."""
    writers = _allowed(users, ("acl|setuser", "acl|deluser", "acl|load", "acl|save"), approved(expected, "admins"))
    readers = _allowed(users, ("acl|list", "acl|getuser", "acl|log"), approved(expected, "admins", "auditors"))
    return verdict(writers + readers, "only administrators and the auditor may", None if writers else MEDIUM)


@RIGHTS.check(
    21,
    "An application user may touch every key",
    severity=MEDIUM,
    needs=("rights", "expected"),
    fix="redis_acl_users: give the user a prefix, as in keys: ['app:*']; exceptions: redis_audit_expected.all_keys",
)
def all_keys(users: Sequence[AclUser], expected: Mapping[str, Any]) -> Verdict:
    """Without key patterns every tenant reads and overwrites the data of the others."""
    trusted = approved(expected, "admins", "all_keys")
    wide = {user.name: [str(key) for key in user.key_patterns if key.pattern == "*"] for user in enabled(users)}
    found = [f"{name} has {', '.join(keys)}" for name, keys in wide.items() if keys and name not in trusted]
    return verdict(found, "key patterns limit every other user")
