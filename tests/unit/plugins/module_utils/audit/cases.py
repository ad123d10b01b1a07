"""Cases: what a check is given and what it must say. Sections are those of a server hardened by the roles, changed."""

from __future__ import annotations

from typing import Any, NamedTuple

from ansible_collections.rampart.redis.plugins.module_utils.acl import ages
from ansible_collections.rampart.redis.plugins.module_utils.acl.commands import CommandTable
from ansible_collections.rampart.redis.plugins.module_utils.acl.user import AclUser
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
    "key": "EC 256",
}


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

SECTIONS: dict[str, Any] = {
    "expected": {},
    "now": NOW,
    "server": {"product": "redis", "version": "8.2.3", "mode": "standalone"},
    "config": CONFIG,
    "users": USERS,
    "rights": USERS,
    "commands": COMMANDS,
    "doors": [{"door": "10.1.2.3:6379", "result": "closed", "answer": "NOAUTH Authentication required."}],
    "sockets": [{"address": "10.1.2.3", "port": 6379}, {"address": "127.0.0.1", "port": 6379}],
    "clients": [{"addr": "10.1.2.9:5000", "user": "app", "name": "web"}],
    "modules": [],
    "directives": {},
    "memory": {"total_system_memory": str(4 * 2**30), "used_memory_human": "1M"},
    "replication": {"role": "master"},
    "files": FILES,
    "certificates": [CERTIFICATE],
    "private_keys": [{"path": "/etc/redis/tls/redis-server-key.pem", "ca": "", "unreadable": False}],
    "passwords": known_for(30, *USERS),
    "process": PROCESS,
    "package": {"name": "redis-server", "version": "5:8.2.3-1", "distribution": "", "unpacked_at": NOW - 9 * DAY},
    "account": {"name": "redis", "shell": "/usr/sbin/nologin", "footholds": []},
}


class Case(NamedTuple):
    """``check`` on the hardened sections with ``change`` applied says ``status`` and mentions ``says``."""

    check: str
    change: dict[str, Any]
    status: str
    says: str
    severity: str | None = None

    @property
    def name(self) -> str:
        return f"{self.check} {self.status}: {self.says}"


def config(**values: str) -> dict[str, Any]:
    """Return a changed section ``config``; ``_`` in names stands for ``-``, None removes a directive."""
    changed = {**CONFIG, **{name.replace("_", "-"): value for name, value in values.items()}}
    return {"config": {name: value for name, value in changed.items() if value is not None}}


def verify(case: Case) -> None:
    """Run the case and compare."""
    check = next(check for check in CHECKS if check.ident == f"RDS-{case.check}")
    sections = {**SECTIONS, **case.change}
    result = check.run({**sections, "rights": sections["users"]}, {})
    assert (result.status, case.says in " / ".join(result.evidence)) == (case.status, True), result
    if case.severity:
        assert result.severity == case.severity
