"""Sentinel: whoever commands it, commands every client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..addresses import PRIVATE_CIDRS, bind_words, is_inside, is_loopback, is_wildcard, port
from ..check import CRITICAL, HIGH, MEDIUM, Family, Verdict, failed, not_applicable, noted, passed, verdict
from .network import open_doors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SENTINEL = Family("SEN", "Sentinel")

_NONE = "this is not a Sentinel"
_ACCOUNTS = ("redis", "valkey")


def _is_sentinel(server: Mapping[str, Any]) -> bool:
    return bool(server["mode"] == "sentinel")


def _lines(directives: Mapping[str, Sequence[str]], name: str) -> list[list[str]]:
    rows = [line.split() for line in directives.get("sentinel", ())]
    return [words[1:] for words in rows if words[0] == name]


@SENTINEL.check(
    1,
    "Sentinel answers without authentication",
    severity=CRITICAL,
    needs=("server", "doors"),
    fix="give Sentinel an ACL file with the default user off and its own users",
)
def open_sentinel(server: Mapping[str, Any], doors: Sequence[Mapping[str, Any]]) -> Verdict:
    """SENTINEL SET, MONITOR and FAILOVER point every client to a server of the caller's choice."""
    return open_doors(doors) if _is_sentinel(server) else not_applicable(_NONE)


@SENTINEL.check(
    2,
    "Sentinel listens on every interface",
    severity=HIGH,
    needs=("server", "config"),
    wants=("expected",),
    fix="bind in sentinel.conf: the private address and 127.0.0.1",
)
def sentinel_bind(server: Mapping[str, Any], config: Mapping[str, str], expected: Mapping[str, Any] | None) -> Verdict:
    """Protected mode is always off in a Sentinel: nothing but bind, firewall and password stand before it."""
    if not _is_sentinel(server):
        return not_applicable(_NONE)
    cidrs = (expected or {}).get("listen_cidrs") or PRIVATE_CIDRS
    wide = [
        word for word in bind_words(config) if is_wildcard(word) or not (is_loopback(word) or is_inside(word, cidrs))
    ]
    return verdict([f"bind has {word}" for word in wide], f"bind is {config.get('bind')}")


@SENTINEL.check(
    3,
    "Sentinels do not log in to each other",
    severity=MEDIUM,
    needs=("server", "directives", "doors"),
    fix="sentinel sentinel-user and sentinel-pass in every sentinel.conf, the same on all",
)
def peers(
    server: Mapping[str, Any], directives: Mapping[str, Sequence[str]], doors: Sequence[Mapping[str, Any]]
) -> Verdict:
    """Where a password is asked for and the Sentinels have none, they no longer agree, and nothing fails over."""
    if not _is_sentinel(server):
        return not_applicable(_NONE)
    if any(row["result"] == "open" for row in doors):
        return not_applicable("no login is asked for")
    has = any(line.startswith("sentinel-pass") for line in directives.get("sentinel", ()))
    return passed("sentinel-pass is set") if has else failed("a login is asked for, and sentinel-pass is not set")


@SENTINEL.check(
    4,
    "Scripts can be set from remote",
    severity=HIGH,
    needs=("server", "directives"),
    fix="sentinel deny-scripts-reconfig yes in sentinel.conf",
)
def scripts_reconfig(server: Mapping[str, Any], directives: Mapping[str, Sequence[str]]) -> Verdict:
    """SENTINEL SET notification-script runs a program of the caller's choice on this host."""
    if not _is_sentinel(server):
        return not_applicable(_NONE)
    values = [words[0] for words in _lines(directives, "deny-scripts-reconfig")]
    said = f"deny-scripts-reconfig is {values[-1] if values else 'yes'}"
    return failed(said) if values[-1:] == ["no"] else passed(said)


@SENTINEL.check(
    5,
    "A Sentinel's script can be changed by others",
    severity=HIGH,
    needs=("server", "files"),
    fix="chown root and chmod 0755 on the script, and no folder above it may be writable for others",
)
def scripts(server: Mapping[str, Any], files: Sequence[Mapping[str, Any]]) -> Verdict:
    """Sentinel runs it at each failover. Who can write to it runs what he likes."""
    if not _is_sentinel(server):
        return not_applicable(_NONE)
    rows = [row for row in files if row["role"] in ("script", "script folder")]
    if not rows:
        return not_applicable("no script is configured")
    wide = [f"{row['path']} is {row['owner']} {row['mode']:04o}" for row in rows if _is_writable(row)]
    return verdict(wide, ", ".join(row["path"] for row in rows if row["role"] == "script"))


def _is_writable(row: Mapping[str, Any]) -> bool:
    # In a folder with the sticky bit others cannot replace what is not theirs.
    sticky = row["role"] == "script folder" and row["mode"] & 0o1000
    return bool(row["mode"] & 0o022 and not sticky) or row["owner"] in _ACCOUNTS


@SENTINEL.check(
    6,
    "Sentinel speaks plaintext",
    severity=HIGH,
    needs=("server", "config"),
    fix="port 0, tls-port 26379 and tls-replication yes in sentinel.conf",
)
def plaintext(server: Mapping[str, Any], config: Mapping[str, str]) -> Verdict:
    """Its passwords for the servers, and its answer where the primary is, cross the network readable and changeable."""
    if not _is_sentinel(server):
        return not_applicable(_NONE)
    beyond = [word for word in bind_words(config) if not is_loopback(word)]
    number = port(config, "port")
    problems = [f"port {number} speaks plaintext on {', '.join(beyond)}"] if number and beyond else []
    if config.get("tls-replication") != "yes":
        problems.append("tls-replication is not yes: it speaks plaintext to servers and other Sentinels")
    return verdict(problems, f"tls-port is {config.get('tls-port')}, tls-replication is yes")


@SENTINEL.check(
    7,
    "What is monitored, or the quorum, is not as declared",
    severity=HIGH,
    needs=("server", "monitored", "expected"),
    fix="declare redis_audit_expected.monitored; sentinel monitor in sentinel.conf with a quorum of the majority",
)
def monitored(server: Mapping[str, Any], rows: Sequence[Mapping[str, str]], expected: Mapping[str, Any]) -> Verdict:
    """Sentinel tells clients where to go. A primary that nobody declared is where somebody wants them."""
    if not _is_sentinel(server):
        return not_applicable(_NONE)
    problems = [f"{row['name']}: {text}" for row in rows if (text := _quorum(row))]
    declared = expected.get("monitored")
    texts = [f"{row['name']} {row['address']}" for row in rows]
    if declared is None:
        if problems:
            return failed(*problems)
        return noted(*texts, "redis_audit_expected.monitored does not say what it should be")
    problems += [f"{text} is not declared" for text in texts if text not in declared]
    return verdict(problems, ", ".join(texts))


def _quorum(row: Mapping[str, str]) -> str:
    sentinels, quorum = int(row["others"]) + 1, int(row["quorum"])
    if "NOQUORUM" in row["reached"] or sentinels < quorum:
        return f"{sentinels} Sentinels, and a quorum of {quorum} is not reached"
    return f"a quorum of {quorum} of {sentinels} is no majority" if quorum <= sentinels // 2 else ""
