"""Cases: what a check is given and what it must say. Sections are those of a server hardened by the roles, changed."""

from __future__ import annotations

from typing import Any, NamedTuple

from ansible_collections.rampart.redis.plugins.module_utils.acl import ages
from ansible_collections.rampart.redis.plugins.module_utils.acl.commands import CommandTable
from ansible_collections.rampart.redis.plugins.module_utils.acl.user import AclUser
from ansible_collections.rampart.redis.plugins.module_utils.audit.known_passwords import weaknesses
from ansible_collections.rampart.redis.plugins.module_utils.audit.registry import CHECKS

DAY = 86400
NOW = 1_800_000_000.0

_SUBCOMMANDS = {
    "acl": ("setuser", "deluser", "load", "save", "list", "getuser", "log", "users", "dryrun"),
    "config": ("get", "set", "rewrite"),
    "client": ("kill", "pause", "list", "tracking", "setname"),
    "function": ("load", "restore", "list"),
    "script": ("load", "debug"),
    "slowlog": ("get", "len"),
    "module": ("load", "list"),
    "cluster": ("reset", "failover", "meet", "info"),
}
_DANGEROUS = (
    "debug",
    "shutdown",
    "save",
    "bgrewriteaof",
    "failover",
    "replicaof",
    "slaveof",
    "psync",
    "sync",
    "replconf",
    "migrate",
    "restore",
    "restore-asking",
    "flushall",
    "flushdb",
    "swapdb",
    "keys",
    "sort",
    "monitor",
    "info",
)
_PLAIN = {"read": ("get",), "write": ("set",), "scripting": ("eval", "eval_ro", "evalsha", "fcall"), "fast": ("ping",)}


def _entry(name: str, categories: tuple[str, ...], flags: tuple[str, ...] = ()) -> list[Any]:
    words = _SUBCOMMANDS.get(name, ())
    parts = [_entry(f"{name}|{word}", categories) for word in words]
    return [name, -1, list(flags), 0, 0, 0, [f"@{category}" for category in categories], [], [], parts]


# As COMMAND of Redis 7.0 answers, with the commands that matter here.
COMMANDS = [
    *(_entry(name, ("admin", "dangerous")) for name in (*_DANGEROUS, *_SUBCOMMANDS)),
    *(_entry(name, (category,)) for category, names in _PLAIN.items() for name in names),
    _entry("auth", ("connection",), ("no_auth",)),
]
TABLE = CommandTable.from_reply(COMMANDS)

SECRET = "9f" * 32


def user(name: str, rules: str) -> AclUser:
    """Return a user with the rules, read with a table of 7.0."""
    return AclUser.parse(f"user {name} {rules}", TABLE)


OPEN = user("default", "on nopass ~* &* +@all")
CLOSED = user("default", "off resetkeys -@all")
OPERATOR = user("operator", f"on #{SECRET} ~* &* +@all")
AUDITOR = user("auditor", f"on #{'ab' * 32} -@all +info +config|get +acl|list +acl|users +acl|getuser +client|list")
APP = user("app", f"on #{'cd' * 32} ~app:* -@all +@read +@write +ping")
USERS = [CLOSED, OPERATOR, AUDITOR, APP]


def known_for(days: float, *users: AclUser) -> ages.Record:
    """Return a record in which all passwords of the users are known for so long."""
    return ages.brought_up_to_date({}, {one.name: one.hashes for one in users}, NOW - days * DAY)


CONFIG = {
    "bind": "10.1.2.3 127.0.0.1",
    "port": "0",
    "tls-port": "6379",
    "protected-mode": "yes",
    "unixsocket": "",
    "enable-debug-command": "no",
    "enable-module-command": "no",
    "enable-protected-configs": "no",
    "dir": "/var/lib/redis",
    "dbfilename": "dump.rdb",
    "maxmemory": str(2**30),
    "aclfile": "/etc/redis/users.acl",
    "tls-protocols": "TLSv1.2 TLSv1.3",
    "tls-auth-clients": "yes",
    "tls-ciphers": "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL",
    "tls-ciphersuites": "",
    "requirepass": "",
    "masterauth": "",
    "masteruser": "",
    "acl-pubsub-default": "resetchannels",
    "acllog-max-len": "128",
    "appendonly": "no",
    "client-output-buffer-limit": "normal 268435456 67108864 60 slave 268435456 67108864 60 pubsub 33554432 8388608 60",
    "client-query-buffer-limit": "1073741824",
    "cluster-enabled": "no",
    "hide-user-data-from-log": "yes",
    "ignore-warnings": "",
    "logfile": "/var/log/redis/redis-server.log",
    "loglevel": "notice",
    "lua-enable-deprecated-api": "no",
    "maxclients": "10000",
    "maxmemory-clients": "0",
    "maxmemory-policy": "noeviction",
    "min-replicas-to-write": "0",
    "proto-max-bulk-len": "536870912",
    "replica-read-only": "yes",
    "sanitize-dump-payload": "no",
    "save": "3600 1 300 100 60 10000",
    "syslog-enabled": "yes",
    "tcp-backlog": "511",
    "tcp-keepalive": "300",
    "timeout": "0",
    "tls-ca-cert-file": "/etc/redis/tls/ca-cert.pem",
    "tls-cert-file": "/etc/redis/tls/redis-server-cert.pem",
    "tls-cluster": "no",
    "tls-key-file": "/etc/redis/tls/redis-server-key.pem",
    "tls-key-file-pass": "",
    "tls-replication": "yes",
    "tls-session-caching": "yes",
}

CERTIFICATE = {
    "path": "/etc/redis/tls/redis-server-cert.pem",
    "role": "server",
    "subject": "CN=redis",
    "issuer": "CN=Private CA",
    "not_before": NOW - DAY,
    "not_after": NOW + 200 * DAY,
    "until": "2027-08-03",
    "ca": False,
    "self_signed": False,
    "key": "ecdsa-p256",
    "names": ["DNS:redis-1.example.com", "IP:10.1.2.3"],
    "fingerprint": "5e" * 32,
    "signature": "sha256",
    "usages": ["client", "server"],
    "verified": True,
}
AUTHORITY = {
    **CERTIFICATE,
    "path": "/etc/redis/tls/ca-cert.pem",
    "role": "ca",
    "subject": "CN=Private CA",
    "ca": True,
    "self_signed": True,
    "fingerprint": "ca" * 32,
}
AUTHORITY.pop("verified")


def file(path: str, role: str, mode: int, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return a row of the section ``files``, owned by root:redis unless ``more`` says otherwise."""
    row = {"path": path, "role": role, "mode": mode, "owner": "root", "group": "redis", "sheltered": False, "clear": []}
    return {**row, **more}


FILES = [
    file("/etc/redis/redis.conf", "config", 0o640),
    file("/etc/redis/users.acl", "acl", 0o640),
    file("/var/lib/redis", "data", 0o750, owner="redis"),
    file("/etc/redis/tls/redis-server-key.pem", "key", 0o640),
]

PROCESS = {
    "pid": 42,
    "uid": 101,
    "user": "redis",
    "exe": "/usr/bin/redis-server",
    "exe_deleted": False,
    "started_at": NOW - DAY,
    "visible_secrets": [],
    "unseen": "",
}


def accept(*matches: dict[str, Any]) -> dict[str, Any]:
    """Return a rule of nftables' chain ``input`` that accepts what all matches hold for."""
    return rule(*matches, {"accept": None})


def rule(*expressions: dict[str, Any], chain: str = "input") -> dict[str, Any]:
    """Return a rule of nftables as ``nft --json`` writes it."""
    return {"rule": {"family": "inet", "table": "filter", "chain": chain, "expr": list(expressions)}}


def match(left: dict[str, Any], right: Any, operator: str = "==") -> dict[str, Any]:  # noqa: ANN401 - nft's JSON
    """Return a match of nftables."""
    return {"match": {"op": operator, "left": left, "right": right}}


def chain(hook: str, policy: str) -> dict[str, Any]:
    """Return a base chain of nftables that is called as its hook."""
    return {"chain": {"family": "inet", "table": "filter", "name": hook, "hook": hook, "policy": policy, "prio": 0}}


DPORT = {"payload": {"protocol": "tcp", "field": "dport"}}
SADDR = {"payload": {"protocol": "ip", "field": "saddr"}}
CLIENTS = {"prefix": {"addr": "10.1.0.0", "len": 16}}
FIREWALL = [
    {"metainfo": {"version": "1.0.6"}},
    chain("input", "drop"),
    accept(match({"ct": {"key": "state"}}, ["established", "related"], "in")),
    accept(match({"meta": {"key": "iifname"}}, "lo")),
    accept(match(DPORT, 22)),
    accept(match(SADDR, CLIENTS), match(DPORT, {"set": [6379, 16379]})),
]
UNIT = {
    "name": "redis-server.service",
    "exposure": 1.2,
    "no_new_privileges": True,
    "protect_system": "strict",
    "capabilities": ["cap_sys_resource"],
    "denied_addresses": ["0.0.0.0/0", "::/0"],
    "swap_max": "0",
    "writable": ["/var/lib/redis"],
}
BACKUP = {"path": "/var/backups/redis/dump.rdb.age", "mode": 0o600, "changed": NOW - 3600, "encrypted": True}

BUG = {"id": "CVE-2099-1", "title": "a bug", "severity": "high", "state": "affected", "why": "", "remedy": "none"}

SECTIONS: dict[str, Any] = {
    "expected": {"backup_dir": "/var/backups/redis"},
    "now": NOW,
    "server": {"product": "redis", "version": "8.2.10", "mode": "standalone", "config_file": "/etc/redis/redis.conf"},
    "config": CONFIG,
    "users": USERS,
    "rights": USERS,
    "commands": COMMANDS,
    "doors": [{"door": "10.1.2.3:6379", "result": "closed", "answer": "NOAUTH Authentication required."}],
    "sockets": [{"address": "10.1.2.3", "port": 6379}, {"address": "127.0.0.1", "port": 6379}],
    "clients": [{"addr": "10.1.2.9:5000", "user": "app", "name": "web"}],
    "modules": [],
    "directives": {"port": ["0"], "tls-port": ["6379"], "maxmemory": ["1gb"], "bind": ["10.1.2.3 127.0.0.1"]},
    "memory": {"total_system_memory": str(4 * 2**30), "used_memory_human": "1M"},
    "replication": {"role": "master"},
    "files": FILES,
    "certificates": [CERTIFICATE, AUTHORITY],
    "private_keys": [{"path": "/etc/redis/tls/redis-server-key.pem", "ca": "", "unreadable": False}],
    "passwords": known_for(30, *USERS),
    "process": PROCESS,
    "package": {
        "name": "redis-server",
        "source": "redis",
        "version": "5:8.2.10-1",
        "distribution": "",
        "release": "",
        "unpacked_at": NOW - 9 * DAY,
        "changelog": None,
        "lists_at": NOW - DAY,
        "altered": False,
        "candidate": {"version": "5:8.2.10-1", "security": False},
    },
    "account": {"name": "redis", "shell": "/usr/sbin/nologin", "footholds": []},
    "login": "auditor",
    "functions": [],
    "monitored": [],
    "stats": {"connected_clients": "2", "errorstat_NOAUTH": "count=3"},
    "persistence": {
        "rdb_last_bgsave_status": "ok",
        "aof_last_write_status": "ok",
        "aof_last_bgrewrite_status": "ok",
        "rdb_changes_since_last_save": "3",
        "rdb_last_save_time": str(int(NOW) - 600),
    },
    "presented": [{"door": "10.1.2.3:6379 (TLS)", "fingerprint": "5e" * 32, "error": ""}],
    "pairs": [{"cert": "/etc/redis/tls/redis-server-cert.pem", "key": "redis-server-key.pem", "same": True}],
    "acl_file": [
        *("user default off resetkeys -@all", f"user operator on #{SECRET} ~* &* +@all"),
        f"user auditor on #{'ab' * 32} -@all +info +config|get +acl|list +acl|users +acl|getuser +client|list",
        f"user app on #{'cd' * 32} ~app:* -@all +@read +@write +ping",
    ],
    "limits": {"open_files": 65535, "core": 0, "swapped": 0},
    "unit": UNIT,
    "kernel": {
        "overcommit_memory": "1",
        "somaxconn": "4096",
        "core_pattern": "core",
        "thp": "always [madvise] never",
        "swaps": [],
        "container": False,
    },
    "firewall": FIREWALL,
    "cloud": {"provider": "", "firewalls": None},
    "exporter": [{"pid": 77, "uid": 990, "address": "127.0.0.1", "port": 9121, "metrics": 200, "scrape": 400}],
    "log": {"source": "/var/log/redis/redis-server.log", "attacks": 0},
    "backups": [BACKUP],
    "neighbours": {"here": [], "containers": []},
    "weak": {},
    "bugs": [{**BUG, "state": "not affected"}],
}
# The same server as a Valkey.
VALKEY = {"product": "valkey", "version": "9.1.4", "mode": "standalone"}


class Case(NamedTuple):
    """``check`` on the hardened sections with ``change`` applied says ``status`` and mentions ``says``."""

    check: str
    change: dict[str, Any]
    status: str
    says: str
    severity: str | None = None

    @property
    def products(self) -> tuple[str, ...]:
        """The products it is judged for: both, unless it is about the server itself."""
        product = self.change.get("server", {}).get("product")
        return (product,) if product else ("redis", "valkey")

    @property
    def name(self) -> str:
        return f"{self.check} {self.status}: {self.says}"


def config(**values: str | None) -> dict[str, Any]:
    """Return a changed section ``config``; ``_`` in names stands for ``-``, None removes a directive."""
    changed = {**CONFIG, **{name.replace("_", "-"): value for name, value in values.items()}}
    return {"config": {name: value for name, value in changed.items() if value is not None}}


def verify(case: Case) -> None:
    """Run the case on each product and compare."""
    check = next(check for check in CHECKS if check.ident == f"RDS-{case.check}")
    for product in case.products:
        server = SECTIONS["server"] if product == "redis" else VALKEY
        sections = {**SECTIONS, "server": server, **case.change}
        weak = weaknesses({one.name: one.hashes for one in sections["users"]}, sections.get("words", ()))
        result = check.run({**sections, "rights": sections["users"], "weak": weak}, {})
        assert (result.status, case.says in " / ".join(result.evidence)) == (case.status, True), result
        if case.severity:
            assert result.severity == case.severity
