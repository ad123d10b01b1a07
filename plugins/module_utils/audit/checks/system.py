"""What kernel, systemd and the disk make of the server's secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..check import LOW, MEDIUM, Family, Verdict, failed, not_applicable, noted, passed, verdict
from .host import HOST

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# The same family as in host.py; several lists keep the files short.
SYSTEM = Family(HOST.code, HOST.title)

_EXPOSURE = 2.0
_HOURS = 26
_BACKLOG = 511
_ALL_CAPABILITIES = 30
_NO_UNIT = "the server runs in no systemd unit"


@SYSTEM.check(
    4,
    "The service account can change its own configuration",
    severity=LOW,
    needs=("files", "process"),
    fix="chown root redis.conf where no CONFIG REWRITE is needed; redis_acl keeps users.acl root:redis 0640",
)
def own_configuration(files: Sequence[Mapping[str, Any]], process: Mapping[str, Any]) -> Verdict:
    """A break-in into the server then survives its restart. Sentinels and cluster nodes have to write theirs."""
    rows = [row for row in files if row["role"] in ("config", "acl")]
    if not rows:
        return not_applicable("no configuration file was found")
    account = process["user"]
    writable = [row["path"] for row in rows if _may_write(row, account)]
    return verdict([f"{account} may write {path}" for path in writable], f"{account} may only read them")


def _may_write(row: Mapping[str, Any], account: str) -> bool:
    return bool((row["owner"] == account and row["mode"] & 0o200) or (row["group"] == account and row["mode"] & 0o020))


@SYSTEM.check(
    5,
    "The unit's sandbox is weaker than the distribution's",
    severity=MEDIUM,
    needs=("unit", "expected"),
    fix="redis_host_unit_settings: NoNewPrivileges, ProtectSystem, CapabilityBoundingSet as in the package's unit",
)
def sandbox(unit: Mapping[str, Any], expected: Mapping[str, Any]) -> Verdict:
    """The sandbox is what is left when somebody has got into the server."""
    if not unit:
        return not_applicable(_NO_UNIT)
    problems = [] if unit["no_new_privileges"] else ["NoNewPrivileges is no"]
    if unit["protect_system"] in ("no", "false", ""):
        problems.append("ProtectSystem is no")
    if len(unit["capabilities"]) > _ALL_CAPABILITIES:
        problems.append("CapabilityBoundingSet holds nothing back")
    limit = expected.get("exposure") or _EXPOSURE
    score = unit["exposure"]
    if score is not None and score > limit:
        problems.append(f"systemd-analyze security: {score}, {limit} is the limit")
    return verdict(problems, f"{unit['name']}, exposure {'unknown' if score is None else score}")


@SYSTEM.check(
    6,
    "Kernel settings do not suit the server",
    severity=LOW,
    needs=("kernel",),
    wants=("config",),
    fix="redis_host_sysctl: vm.overcommit_memory 1, net.core.somaxconn 1024; transparent huge pages madvise",
)
def kernel(found: Mapping[str, Any], config: Mapping[str, str] | None) -> Verdict:
    """Saving fails for want of memory, latency jumps, connections are lost: it looks like an attack and is none."""
    problems = []
    if found.get("overcommit_memory") == "0":
        problems.append("vm.overcommit_memory is 0: saving can fail")
    if "[always]" in found.get("thp", ""):
        problems.append("transparent huge pages are always on")
    backlog = int((config or {}).get("tcp-backlog") or _BACKLOG)
    if int(found.get("somaxconn", backlog)) < backlog:
        problems.append(f"net.core.somaxconn is {found['somaxconn']}, tcp-backlog is {backlog}")
    if problems and found["container"]:
        return noted(*problems, "in a container these are the host's")
    return verdict(problems, "overcommit, huge pages and backlog suit it")


@SYSTEM.check(
    7,
    "Data may be written to swap in clear",
    severity=LOW,
    needs=("kernel", "limits", "unit"),
    fix='redis_host_unit_settings: MemorySwapMax: "0"',
)
def swap(found: Mapping[str, Any], limits: Mapping[str, Any], unit: Mapping[str, Any]) -> Verdict:
    """What was once swapped out stays on the disk, keys and passwords too."""
    clear = [row["device"] for row in found["swaps"] if not row["safe"]]
    if not clear:
        return passed("no swap, or encrypted")
    if unit.get("swap_max") == "0" and not limits["swapped"]:
        return passed(f"{unit['name']} may not be swapped out")
    said = f"{limits['swapped']} KiB are swapped out" if limits["swapped"] else "nothing is swapped out yet"
    return failed(f"{', '.join(clear)} is not encrypted", said)


@SYSTEM.check(
    8,
    "A crash writes the memory to a file",
    severity=MEDIUM,
    needs=("limits", "kernel"),
    fix='redis_host_unit_settings: LimitCORE: "0"',
)
def core_dumps(limits: Mapping[str, Any], found: Mapping[str, Any]) -> Verdict:
    """A core file holds all data and every password that was in memory, outside of what anybody guards."""
    size = limits["core"]
    if size == 0:
        return passed("core files are off")
    said = "none" if size is None else str(size)
    return failed(f"the limit of core files is {said}, core_pattern is {found.get('core_pattern')}")


@SYSTEM.check(
    11,
    "Backups are missing, old, readable or in clear",
    severity=MEDIUM,
    needs=("backups", "expected", "now"),
    fix="declare redis_audit_expected.backup_dir; files of mode 0600, encrypted, and a copy elsewhere",
)
def backups(rows: Sequence[Mapping[str, Any]], expected: Mapping[str, Any], now: float) -> Verdict:
    """Without a backup FLUSHALL is the end; with one that all can read, passwords and ACLs were for nothing."""
    if expected.get("backup_required") is False or expected.get("cache"):
        return not_applicable("declared to need no backup")
    folder = expected.get("backup_dir")
    if not folder:
        return failed("no backup is declared (redis_audit_expected.backup_dir)")
    if not rows:
        return failed(f"{folder} is empty")
    return _judged(expected, now, rows)


def _judged(expected: Mapping[str, Any], now: float, rows: Sequence[Mapping[str, Any]]) -> Verdict:
    newest = max(rows, key=lambda row: row["changed"])
    hours = int((now - newest["changed"]) // 3600)
    limit = expected.get("backup_hours") or _HOURS
    problems = [f"{newest['path']} is {hours} hours old, {limit} are the limit"] if hours > limit else []
    problems += [f"{row['path']} is {row['mode']:04o}" for row in rows if row["mode"] & 0o077]
    if expected.get("backup_encrypted"):
        problems += [f"{row['path']} is not encrypted" for row in rows if not row["encrypted"]]
    return verdict(problems, f"{newest['path']} is {hours} hours old, readable for its owner only")


@SYSTEM.check(
    12,
    "Other servers run here",
    severity=MEDIUM,
    needs=("neighbours", "expected"),
    fix="remove them, or declare their units in redis_audit_expected.neighbours and audit them too",
)
def neighbours(found: Mapping[str, Sequence[str]], expected: Mapping[str, Any]) -> Verdict:
    """A server that was started by hand, or in a container, is one that nobody hardens, updates or watches."""
    declared = set(expected.get("neighbours") or ())
    strange = [text for text in found["here"] if text.rpartition(" of ")[2] not in declared]
    strange += [f"{text}, in a container" for text in found["containers"] if "containers" not in declared]
    return verdict(strange, "no other server runs here" if not any(found.values()) else "all are declared")


@SYSTEM.check(
    13,
    "The exporter runs with too many rights",
    severity=MEDIUM,
    needs=("exporter", "process"),
    fix="run the exporter as an account of its own, neither root nor the server's",
)
def exporter_account(rows: Sequence[Mapping[str, Any]], process: Mapping[str, Any]) -> Verdict:
    """It talks to the network. As root, or as the server's account, a bug in it opens the host or the data."""
    if not rows:
        return not_applicable("no exporter runs here")
    wrong = {0: "root", process["uid"]: f"the server's account {process['user']}"}
    return verdict(
        [f"process {row['pid']} runs as {wrong[row['uid']]}" for row in rows if row["uid"] in wrong],
        "it has an account of its own",
    )
