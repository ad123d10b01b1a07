"""Further settings: limits, logging, drift from the file, and switches that should be left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...conf.values import from_running, meaning
from ...versions import VALKEY
from ..check import HIGH, LOW, MEDIUM, Family, Verdict, failed, not_applicable, noted, passed, verdict
from .acl import approved
from .config import CONFIG
from .users import version_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ...acl.user import AclUser

# The same family as in config.py; several lists keep the files short.
SETTINGS = Family(CONFIG.code, CONFIG.title)

_BULK, _QUERY = 512 * 2**20, 2**30
# A file may name them in a way that the server does not answer with, or for its next start only.
_NOT_COMPARED = frozenset({"include", "loadmodule", "rename-command", "user", "sentinel", "replicaof"})
_EXTRA = "redis_server_extra_directives"
_NOTHING = '""'  # as a file says it


def switch(config: Mapping[str, str], name: str, safe: str) -> Verdict:
    """Judge a switch that has one safe position and that not every server has."""
    value = config.get(name)
    if value is None:
        return not_applicable(f"this server has no {name}")
    said = f"{name} is {value or _NOTHING}"
    return passed(said) if value == safe else failed(said)


@SETTINGS.check(
    7,
    "Unexpected server-side functions are there",
    severity=MEDIUM,
    needs=("functions", "expected"),
    fix="find out who loaded them (FUNCTION LIST, as the operator); declare them in redis_audit_expected.functions",
)
def functions(names: Sequence[str], expected: Mapping[str, Any]) -> Verdict:
    """Functions are saved with the data and go to every replica: a good place for somebody who wants to come back."""
    allowed = set(expected.get("functions") or ())
    strange = [f"library {name}" for name in names if name not in allowed]
    return verdict(strange, f"{len(names)} libraries, all expected" if names else "no functions are loaded")


@SETTINGS.check(
    8,
    "The running configuration differs from the file",
    severity=MEDIUM,
    needs=("config", "directives", "server"),
    fix="run the playbook harden; what cannot be set at run time takes a restart (redis_server_restart: safe)",
)
def drift(config: Mapping[str, str], directives: Mapping[str, Sequence[str]], server: Mapping[str, Any]) -> Verdict:
    """What was set by hand is gone after a restart, and what was only written to the file does not protect yet."""
    if not directives and not server.get("config_file"):
        return failed("the server runs without a configuration file")
    differing = [name for name in sorted(set(config) & set(directives)) if _differs(name, config, directives)]
    texts = [
        f"{name} is {config[name] or 'empty'}, the file says {directives[name][-1] or 'empty'}" for name in differing
    ]
    count = len(set(config) & set(directives))
    return verdict(texts, f"{count} directives of the file run as they are written")


def _differs(name: str, config: Mapping[str, str], directives: Mapping[str, Sequence[str]]) -> bool:
    lines = directives[name]
    if name in _NOT_COMPARED or (name == "dir" and not lines[-1].startswith("/")):
        return False
    written = tuple(part for text in lines for part in from_running(name, text))
    return meaning(name, from_running(name, config[name])) != meaning(name, written)


@SETTINGS.check(
    10,
    "Eviction is not as declared",
    severity=LOW,
    needs=("config", "expected"),
    fix="redis_server_maxmemory_policy: noeviction for a store, allkeys-lru or the like for a cache",
)
def eviction(config: Mapping[str, str], expected: Mapping[str, Any]) -> Verdict:
    """A store that evicts loses data without a word; a cache that does not refuses writes when it is full."""
    said = f"maxmemory-policy is {config.get('maxmemory-policy')}"
    wanted = expected.get("eviction_policy")
    if not wanted:
        return not_applicable(f"{said}; redis_audit_expected.eviction_policy does not say what it should be")
    return passed(said) if config.get("maxmemory-policy") == wanted else failed(f"{said}, not {wanted}")


@SETTINGS.check(
    11,
    "A client that does not read fills the memory",
    severity=LOW,
    needs=("config",),
    fix=f"{_EXTRA}: client-output-buffer-limit normal 256mb 64mb 60",
)
def output_buffer(config: Mapping[str, str]) -> Verdict:
    """Replies wait in memory until they are read. Without a limit one client, or one stranger, uses it up."""
    words = config.get("client-output-buffer-limit", "").split()
    limits = words[words.index("normal") + 1 :][:2] if "normal" in words else ["0", "0"]
    said = f"client-output-buffer-limit normal {' '.join(limits)}"
    return failed(said) if set(limits) == {"0"} else passed(said)


@SETTINGS.check(
    12,
    "Limits of the protocol were raised",
    severity=MEDIUM,
    needs=("config",),
    fix=f"{_EXTRA}: proto-max-bulk-len 512mb, client-query-buffer-limit 1gb (the defaults)",
)
def protocol_limits(config: Mapping[str, str]) -> Verdict:
    """Several overflows could only be reached with a raised limit, and big requests are a way to fill the memory."""
    limits = {"proto-max-bulk-len": _BULK, "client-query-buffer-limit": _QUERY}
    known = {name: int(config[name]) for name in limits if config.get(name)}
    problems = [f"{name} is {value}" for name, value in known.items() if value > limits[name]]
    return verdict(problems, ", ".join(f"{name} is {value}" for name, value in known.items()) or "not raised")


@SETTINGS.check(
    13,
    "Client eviction is on in a release where it is dangerous",
    severity=LOW,
    needs=("config", "bugs"),
    fix=f"{_EXTRA}: maxmemory-clients 0 until the server is updated",
)
def client_eviction(config: Mapping[str, str], bugs: Sequence[Mapping[str, str]]) -> Verdict:
    """Some releases free a client while they still use it, and eviction is what brings them there."""
    value = config.get("maxmemory-clients")
    if value is None:
        return not_applicable("this server has no maxmemory-clients")
    if value in ("0", "0%"):
        return passed("maxmemory-clients is 0")
    named = ("CVE-2026-130822", "CVE-2026-23479", "RDS-NOCVE-15594")
    here = [row["id"] for row in bugs if row["id"] in named and row["state"] == "affected"]
    return verdict([f"maxmemory-clients is {value}, and this build has {one}" for one in here], f"it is {value}")


@SETTINGS.check(
    14,
    "Payloads of RESTORE are not checked",
    severity=LOW,
    needs=("config", "server", "expected"),
    wants=("rights",),
    fix=f"{_EXTRA}: sanitize-dump-payload clients",
)
def payloads(
    config: Mapping[str, str],
    server: Mapping[str, Any],
    expected: Mapping[str, Any],
    users: Sequence[AclUser] | None,
) -> Verdict:
    """A crafted payload corrupts memory. Who may not run RESTORE cannot send one."""
    version = version_of(server)
    if not version.since((6, 2)) or (version.product == VALKEY and version.number >= (9, 1, 2)):
        return not_applicable(f"{version} has no such switch, or always checks")
    value = config.get("sanitize-dump-payload", "no")
    said = f"sanitize-dump-payload is {value}"
    if value != "no":
        return passed(said)
    if users is None:
        return noted(said, "whether somebody may run RESTORE is not known")
    trusted = approved(expected, "admins")
    names = [user.name for user in users if user.enabled and user.name not in trusted and user.allows("restore")]
    return verdict(
        [f"{said}, and {name} may run RESTORE" for name in names], f"{said}; only administrators may RESTORE"
    )


@SETTINGS.check(
    15,
    "Too little is logged",
    severity=MEDIUM,
    needs=("config",),
    wants=("unit", "kernel"),
    fix="redis_server_loglevel: notice, redis_server_syslog_enabled: true",
)
def logging(config: Mapping[str, str], unit: Mapping[str, Any] | None, kernel: Mapping[str, Any] | None) -> Verdict:
    """What was not written down cannot be looked up after a break-in. No level logs commands or failed logins."""
    level, path = config.get("loglevel", "notice"), config.get("logfile", "")
    problems = [f"loglevel is {level}"] if level in ("warning", "nothing") else []
    if path == "/dev/null":
        problems.append("logfile is /dev/null")
    kept = path or config.get("syslog-enabled") == "yes" or unit or (kernel or {}).get("container")
    if not kept and unit is not None:
        problems.append("the log goes to a terminal: no logfile, no syslog, no systemd")
    return verdict(problems, f"loglevel is {level}, to {path or 'the journal, syslog or the container'}")


@SETTINGS.check(
    16,
    "Users' data is written to the log",
    severity=LOW,
    needs=("config",),
    fix=f"{_EXTRA}: hide-user-data-from-log yes",
)
def user_data(config: Mapping[str, str]) -> Verdict:
    """A crash report then shows arguments of commands: keys and values, in a file that is copied to a ticket."""
    return switch(config, "hide-user-data-from-log", "yes")


@SETTINGS.check(
    17,
    "An insecure Lua interface is enabled",
    severity=MEDIUM,
    needs=("config",),
    fix=f"{_EXTRA}: lua-enable-deprecated-api no (lua-enable-insecure-api in newer Valkey)",
)
def lua_interface(config: Mapping[str, str]) -> Verdict:
    """The old interface lets scripts change what other users' scripts call."""
    names = [name for name in ("lua-enable-deprecated-api", "lua-enable-insecure-api") if name in config]
    if not names:
        return not_applicable("this server does not have it")
    problems = [f"{name} is yes" for name in names if config[name] == "yes"]
    return verdict(problems, ", ".join(f"{name} is no" for name in names))


@SETTINGS.check(
    18,
    "A replica accepts writes",
    severity=HIGH,
    needs=("config", "replication"),
    fix=f"{_EXTRA}: replica-read-only yes",
)
def writable_replica(config: Mapping[str, str], replication: Mapping[str, str]) -> Verdict:
    """Data written there is never on the primary, and bugs of replicas are within reach of clients."""
    said = f"replica-read-only is {config.get('replica-read-only', 'yes')}"
    if config.get("replica-read-only", "yes") == "yes":
        return passed(said)
    if replication.get("role") == "slave":
        return failed(said)
    return failed(f"{said}, once this primary becomes a replica", severity=LOW)


@SETTINGS.check(
    24, "Import mode was left on", severity=MEDIUM, needs=("config",), fix=f"{_EXTRA}: import-mode no after the import"
)
def import_mode(config: Mapping[str, str]) -> Verdict:
    """While it is on, expired keys are not deleted: sessions and tokens live on."""
    return switch(config, "import-mode", "no")


@SETTINGS.check(25, "Gopher is enabled", severity=HIGH, needs=("config",), fix=f"{_EXTRA}: gopher-enabled no")
def gopher(config: Mapping[str, str]) -> Verdict:
    """It answers whoever makes a web application fetch a URL: no password of Redis is asked for on that way."""
    return switch(config, "gopher-enabled", "no")


@SETTINGS.check(
    26,
    "The cluster bus is not in protected mode",
    severity=MEDIUM,
    needs=("config",),
    fix=f"{_EXTRA}: cluster-bus-port-protected-mode yes, with tls-cluster yes",
)
def bus_protection(config: Mapping[str, str]) -> Verdict:
    """Without it the bus of a cluster without TLS trusts everybody who reaches the port."""
    if config.get("cluster-enabled", "no") != "yes":
        return not_applicable("cluster-enabled is no")
    return switch(config, "cluster-bus-port-protected-mode", "yes")


@SETTINGS.check(
    27, "Warnings at the start are suppressed", severity=LOW, needs=("config",), fix=f'{_EXTRA}: ignore-warnings ""'
)
def suppressed(config: Mapping[str, str]) -> Verdict:
    """A warning that nobody sees is about a kernel that corrupts data."""
    return switch(config, "ignore-warnings", "")
