"""What the running configuration allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...versions import REDIS
from ..check import (
    CRITICAL,
    HIGH,
    LOW,
    MEDIUM,
    Family,
    Verdict,
    failed,
    not_applicable,
    noted,
    passed,
    verdict,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CONFIG = Family("CFG", "Configuration")

DATA_DIRS = ("/var/lib/redis", "/var/lib/valkey")
_FOREIGN_DIRS = ("/etc", "/root", "/home", "/var/spool", "/var/www", "/usr", "/boot", "/srv/www")


def _guard(config: Mapping[str, str], name: str, meaning: str) -> Verdict:
    """Judge an ``enable-*`` guard: ``no`` passes, ``local`` is half open, ``yes`` is open."""
    value = config.get(name)
    if value is None:
        return not_applicable(f"{name} came with Redis 7.0; here only ACL rules protect")
    said = f"{name} is {value}"
    if value == "no":
        return passed(said)
    return failed(said, meaning, severity=MEDIUM if value == "local" else None)


@CONFIG.check(
    1,
    "The DEBUG command is enabled",
    severity=HIGH,
    needs=("config",),
    fix='redis_server_enable_debug_command: "no" (takes a restart)',
)
def debug_command(config: Mapping[str, str]) -> Verdict:
    """DEBUG can stop, stall or crash the server and change its internals."""
    return _guard(config, "enable-debug-command", "DEBUG SLEEP, SEGFAULT and RELOAD run for users whose ACL has them")


@CONFIG.check(
    2,
    "The MODULE command is enabled",
    severity=HIGH,
    needs=("config",),
    fix='redis_server_enable_module_command: "no" (takes a restart)',
)
def module_command(config: Mapping[str, str]) -> Verdict:
    """MODULE LOAD runs a shared object inside the server: code execution for whoever may write a file."""
    return _guard(config, "enable-module-command", "MODULE LOAD runs for users whose ACL has it")


@CONFIG.check(
    3,
    "Protected directives can be changed at runtime",
    severity=HIGH,
    needs=("config",),
    fix='redis_server_enable_protected_configs: "no" (takes a restart)',
)
def protected_configs(config: Mapping[str, str]) -> Verdict:
    """CONFIG SET dir and dbfilename followed by BGSAVE writes a file of the attacker's choice.

    It is the way from an open Redis to a crontab, an SSH key or a web shell.
    """
    return _guard(config, "enable-protected-configs", "CONFIG SET dir and dbfilename can place the dump anywhere")


def _foreign(folder: str) -> bool:
    return any(folder == base or folder.startswith(base + "/") for base in _FOREIGN_DIRS) or "/.ssh" in folder


@CONFIG.check(
    4,
    "The data directory or dump name points to a sensitive place",
    severity=CRITICAL,
    needs=("config", "expected"),
    fix="redis_server_extra_directives: dir /var/lib/redis, dbfilename dump.rdb; then look for what was written there",
)
def dump_place(config: Mapping[str, str], expected: Mapping[str, Any]) -> Verdict:
    """A dump aimed at a system directory, or named like a key or script, is the trace of a break-in by CONFIG SET."""
    folder, name = config.get("dir", ""), config.get("dbfilename", "")
    allowed = expected.get("data_dirs") or DATA_DIRS
    problems = [f"dbfilename is {name}"] if name and not name.endswith(".rdb") else []
    if folder not in allowed and _foreign(folder):
        problems.append(f"dir is {folder}")
    if problems:
        return failed(*problems)
    said = f"dir is {folder}, dbfilename is {name}"
    return passed(said) if folder in allowed else noted(said, f"not one of {', '.join(allowed)}")


@CONFIG.check(
    5,
    "Commands are renamed",
    severity=LOW,
    needs=("directives",),
    fix="remove rename-command and take the command from users by ACL (redis_acl_users); it takes a restart",
)
def renamed_commands(directives: Mapping[str, Sequence[str]]) -> Verdict:
    """Renaming breaks clients, replicas, Sentinel and the replay of the append-only file, and hides nothing from ACLs.

    With CONFIG renamed, certificates cannot be renewed without a restart and nobody can check the server.
    """
    lines = directives.get("rename-command", ())
    blind = any(line.split()[0].strip("\"'").upper() == "CONFIG" for line in lines if line.split())
    # A new name is meant to be a secret, so it is not repeated.
    texts = [
        f"{words[0]} {'has another name' if words[1:] else 'is disabled'}" for words in map(str.split, lines) if words
    ]
    return verdict(texts, "no rename-command in the configuration", MEDIUM if blind else LOW)


@CONFIG.check(
    6,
    "An unexpected module is loaded",
    severity=CRITICAL,
    needs=("modules", "server", "expected"),
    fix="find out who put it there, remove loadmodule and file, restart; or declare it in redis_audit_expected.modules",
)
def loaded_modules(
    modules: Sequence[Mapping[str, str]], server: Mapping[str, Any], expected: Mapping[str, Any]
) -> Verdict:
    """A module is foreign code with the rights of the server: the usual second step of an attack."""
    # Redis 8 has vectorset built in: it is listed with an empty path.
    built_in = {"vectorset"} if server["product"] == REDIS else set()
    allowed = set(expected.get("modules") or ())
    strange = [
        f"{module['name']} from {module.get('path') or 'an unknown path'}"
        for module in modules
        if module["name"] not in allowed and not (module["name"] in built_in and not module.get("path"))
    ]
    return verdict(strange, f"{len(modules)} modules, all expected" if modules else "no module is loaded")


@CONFIG.check(
    9,
    "Memory has no ceiling",
    severity=MEDIUM,
    needs=("config",),
    wants=("memory",),
    fix="redis_server_maxmemory: about 70 % of the host's memory, with redis_server_maxmemory_policy",
)
def memory_ceiling(config: Mapping[str, str], memory: Mapping[str, str] | None) -> Verdict:
    """Any client that may write can fill the host's memory until the kernel kills the server or a neighbour."""
    limit = int(config.get("maxmemory", "0") or 0)
    if not limit:
        return failed("maxmemory is 0: no limit")
    total = int((memory or {}).get("total_system_memory", "0") or 0)
    said = f"maxmemory is {limit // 2**20} MiB"
    if not total:
        return passed(said)
    share = 100 * limit // total
    said = f"{said}, {share} % of the host's {total // 2**20} MiB"
    return failed(said, "forks for saving and replication buffers come on top") if share > 90 else passed(said)  # noqa: PLR2004 - percent


@CONFIG.check(
    19,
    "The instance replicates from an undeclared primary",
    severity=CRITICAL,
    needs=("replication", "expected"),
    fix="on purpose: declare redis_audit_expected.primary; else it is a break-in: REPLICAOF NO ONE, then restore",
)
def known_primary(replication: Mapping[str, str], expected: Mapping[str, Any]) -> Verdict:
    """REPLICAOF to a rogue primary replaces the whole data set and can deliver a module: the classic takeover."""
    if replication.get("role") != "slave":
        return passed("the instance is a primary")
    primary = f"{replication.get('master_host')}:{replication.get('master_port')}"
    declared = expected.get("primary")
    if not declared:
        return noted(f"it replicates from {primary}", "redis_audit_expected.primary does not say where from it should")
    return verdict([] if primary == declared else [f"it replicates from {primary}, not {declared}"], f"from {primary}")
