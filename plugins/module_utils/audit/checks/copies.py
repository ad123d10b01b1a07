"""Replicas, persistence: where the data goes, and whether it is safe there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..check import CRITICAL, LOW, MEDIUM, Family, Verdict, failed, not_applicable, noted, passed, verdict
from .config import CONFIG

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ...acl.user import AclUser

# The same family as in config.py; several lists keep the files short.
COPIES = Family(CONFIG.code, CONFIG.title)

_RPO = 86400
_STATES = ("rdb_last_bgsave_status", "aof_last_write_status", "aof_last_bgrewrite_status")


@COPIES.check(
    20,
    "An undeclared replica is attached",
    severity=CRITICAL,
    needs=("replication", "expected"),
    wants=("clients",),
    fix="on purpose: declare redis_audit_expected.replica_addresses; else cut it off and change the replicas' password",
)
def known_replicas(
    replication: Mapping[str, str], expected: Mapping[str, Any], clients: Sequence[Mapping[str, Any]] | None
) -> Verdict:
    """A replica gets every key and value, now and from now on: the quietest way to steal a data set."""
    places = sorted(_links(clients) or _announced(replication))
    if not places:
        return passed("no replica is attached")
    declared = expected.get("replica_addresses")
    if declared is None:
        return noted(f"replicas at {', '.join(places)}", "redis_audit_expected.replica_addresses does not say which")
    return verdict([f"a replica at {place}" for place in places if place not in declared], f"at {', '.join(places)}")


def _links(clients: Sequence[Mapping[str, Any]] | None) -> set[str]:
    # The address of the connection; what a replica announces of itself, it can choose.
    rows = [row for row in clients or () if "S" in str(row.get("flags", ""))]
    return {str(row.get("addr", "")).rpartition(":")[0].strip("[]") for row in rows}


def _announced(replication: Mapping[str, str]) -> set[str]:
    rows = [value for name, value in replication.items() if name.startswith("slave") and name[5:].isdigit()]
    return {dict(word.partition("=")[::2] for word in row.split(","))["ip"] for row in rows}


@COPIES.check(
    21,
    "The replica has no login of its own",
    severity=MEDIUM,
    needs=("config", "replication"),
    wants=("users",),
    fix="redis_acl_users: a user with the preset replica; masteruser and masterauth on the replicas",
)
def replica_login(
    config: Mapping[str, str], replication: Mapping[str, str], users: Sequence[AclUser] | None
) -> Verdict:
    """As the default user it needs all rights, and its password is then the one of everybody."""
    if replication.get("role") != "slave":
        return not_applicable("the instance is a primary")
    user = config.get("masteruser", "")
    if user and user != "default":
        return passed(f"masteruser is {user}")
    default = next((one for one in users or () if one.name == "default"), None)
    texts = [f"masteruser is {user or 'not set'}: the replica logs in as the default user"]
    if default and not default.enabled:
        texts.append("where the primary's default user is off too, replication has stopped")
    return failed(*texts)


@COPIES.check(
    22,
    "Writes are accepted although no replica is there",
    severity=LOW,
    needs=("config", "replication", "expected"),
    fix="redis_server_extra_directives: min-replicas-to-write 1",
)
def lonely_writes(config: Mapping[str, str], replication: Mapping[str, str], expected: Mapping[str, Any]) -> Verdict:
    """A primary that was cut off goes on taking writes, which are thrown away when it comes back as a replica."""
    if replication.get("role") == "slave" or not expected.get("replica_addresses"):
        return not_applicable("no primary with declared replicas")
    value = config.get("min-replicas-to-write", "0")
    return failed("min-replicas-to-write is 0") if value == "0" else passed(f"min-replicas-to-write is {value}")


@COPIES.check(
    23,
    "Saving fails, or the last save is old",
    severity=MEDIUM,
    needs=("persistence", "config", "expected", "now"),
    fix="look into the log and at the disk; redis_server_extra_directives: save 3600 1, appendonly yes",
)
def saving(
    persistence: Mapping[str, str], config: Mapping[str, str], expected: Mapping[str, Any], now: float
) -> Verdict:
    """What was not saved is gone after the next restart, be it for an update or by an attacker."""
    if expected.get("cache"):
        return not_applicable("declared to be a cache: its data may be lost")
    problems = [f"{name} is {persistence[name]}" for name in _STATES if persistence.get(name, "ok") != "ok"]
    pending = int(persistence.get("rdb_changes_since_last_save", "0"))
    if not config.get("save") and config.get("appendonly") != "yes":
        problems.append("nothing is ever saved: save is empty and appendonly is no")
    elif config.get("appendonly") != "yes" and pending:
        limit = expected.get("rpo_seconds") or _RPO
        age = int(now - int(persistence.get("rdb_last_save_time", "0")))
        problems += [f"{pending} changes, the last save was {age // 3600} hours ago"] if age > limit else []
    return verdict(problems, f"saved; {pending} changes since")
