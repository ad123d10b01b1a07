"""From what the collectors brought home to what checks and reports want: typed users, and six tables of facts.

The tables are the six sections of the guide's own audit script. Nothing in them is secret: hashes are counted only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..acl.commands import CommandTable
from ..acl.user import AclUser
from . import bugs
from .checks.acl import approved
from .known_passwords import weaknesses

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DANGEROUS = ("flushall", "flushdb", "config|set", "config|get", "debug", "eval", "keys", "shutdown", "module|load")
_CONFIGURATION = (
    "bind",
    "port",
    "protected-mode",
    "aclfile",
    "appendonly",
    "save",
    "maxclients",
    "timeout",
    "enable-debug-command",
    "enable-module-command",
    "enable-protected-configs",
    "requirepass",
    "masterauth",
)
_TLS = ("tls-port", "tls-auth-clients", "tls-protocols", "tls-ciphers", "tls-ciphersuites", "tls-replication")
_MEMORY = (
    "used_memory_human",
    "used_memory_peak_human",
    "maxmemory_human",
    "maxmemory_policy",
    "total_system_memory_human",
)


def typed(sections: Mapping[str, Any]) -> dict[str, Any]:
    """Return the sections with raw ``users`` (name -> reply of ACL GETUSER) read with the server's command table.

    ``rights`` are the same users, and are there only if the table is: without it "+@all -@dangerous" cannot be judged.
    ``weak`` says by user what is weak about its password; ``bugs`` are what is known of each known bug on this server.
    """
    ready = dict(sections)
    if "users" in ready:
        table = CommandTable.from_reply(ready.get("commands", ()))
        ready["users"] = [AclUser.from_getuser(name, reply, table) for name, reply in ready["users"].items()]
        # A snapshot brings it along: its hashes say nothing any more.
        ready.setdefault(
            "weak", weaknesses({user.name: user.hashes for user in ready["users"]}, ready.get("words") or ())
        )
    if "users" in ready and "commands" in ready:
        ready["rights"] = ready["users"]
    if "server" in ready:
        ready["bugs"] = bugs.rows(ready, approved(ready.get("expected") or {}, "admins"))
    return ready


def reasons(sections: Mapping[str, Any], missing: Mapping[str, str]) -> dict[str, str]:
    """Return why sections are missing, ``rights``, ``weak`` and ``bugs`` for want of what they are made from."""
    found = dict(missing)
    for name, sources in {"rights": ("users", "commands"), "weak": ("users",), "bugs": ("server",)}.items():
        made_from = next((source for source in sources if source not in sections), "")
        if made_from:
            found[name] = missing.get(made_from, "not collected")
    return found


def tables(sections: Mapping[str, Any], missing: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return six tables ``{title, columns, rows, missing}`` from typed sections; ``missing`` says why one is empty."""
    config = sections.get("config")
    users: Sequence[AclUser] | None = sections.get("users")
    makers = (
        ("Configuration", "config", ("Directive", "Value"), _named(config, _CONFIGURATION)),
        ("Connections", "clients", ("User", "Connections", "From"), _connections(sections.get("clients") or ())),
        ("Users", "users", ("User", "State", "Passwords", "Keys", "Commands"), [_user(user) for user in users or ()]),
        ("Dangerous commands", "rights", ("Command", "Allowed to"), _dangerous(sections.get("rights") or ())),
        ("TLS", "config", ("Item", "Value"), _named(config, _TLS) + _certificates(sections.get("certificates") or ())),
        ("Memory", "memory", ("Item", "Value"), _named(sections.get("memory"), _MEMORY)),
    )
    return [
        {
            "title": title,
            "columns": list(columns),
            "rows": rows,
            "missing": "" if source in sections else missing.get(source, "not collected"),
        }
        for title, source, columns, rows in makers
    ]


def _named(values: Mapping[str, str] | None, names: Sequence[str]) -> list[list[str]]:
    return [[name, values[name]] for name in names if values and name in values]


def _connections(clients: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    places: dict[str, list[str]] = {}
    for client in clients:
        address = str(client.get("addr", "")).rpartition(":")[0] or "unix socket"
        places.setdefault(str(client.get("user", "?")), []).append(address)
    return [[user, str(len(found)), ", ".join(sorted(set(found)))] for user, found in sorted(places.items())]


def _user(user: AclUser) -> list[str]:
    count = len(user.hashes)
    return [
        user.name,
        "on" if user.enabled else "off",
        "none needed" if user.nopass else f"{count} set" if count else "none set",
        " ".join(sorted(str(key) for key in user.key_patterns)) or "none",
        " ".join(user.selectors[0].rules) or "none",
    ]


def _dangerous(users: Sequence[AclUser]) -> list[list[str]]:
    return [
        [
            name.upper().replace("|", " "),
            ", ".join(user.name for user in users if user.enabled and user.allows(name)) or "nobody",
        ]
        for name in (DANGEROUS if users else ())
    ]


def _certificates(certificates: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    return [
        [row["path"], f"{row['subject']}, issued by {row['issuer']}, {row['key']}, until {row['until']}"]
        for row in certificates
    ]
