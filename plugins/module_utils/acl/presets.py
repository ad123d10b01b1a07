"""Users by purpose: the least that each needs, per server version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..versions import ServerVersion


@dataclass(frozen=True)
class Preset:
    """The rules of a purpose.

    :param commands: command rules, in order; single commands come after the categories taken away, because up to 6.2
        taking a category away also forgets the first arguments allowed before.
    :param before_70: further rules for Redis 6.x.
    :param since_70: further rules for Redis 7.0 and later, any Valkey.
    :param since_72: further rules for Redis 7.2 and later, any Valkey.
    :param keys: key patterns; ``{prefix}`` is filled in.
    :param trusted: its power is its purpose, so ``redis_acl`` does not warn about it.
    :param allow: example calls that must be allowed; ``deny``: that must be refused.
    """

    commands: tuple[str, ...]
    before_70: tuple[str, ...] = ()
    since_70: tuple[str, ...] = ()
    since_72: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    enabled: bool = True
    trusted: bool = False
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()


# Clients say these when they connect; refused, they break (SELECT, SETNAME) or fill the ACL log.
_HANDSHAKE = ("+ping", "+client|setname")
# Since 7.0 a server logs a warning for each first argument allowed. Key patterns bind in every database alike, so the
# whole of SELECT opens no foreign key.
_SELECT = ("+select",)
_SELECT_0 = ("+select|0",)
_SETINFO = ("+client|setinfo",)
_NO_ADMIN = (
    "CONFIG GET requirepass",
    "ACL LIST",
    "FLUSHALL",
    "KEYS *",
    "SHUTDOWN",
    "CLIENT KILL ID 1",
    "CLIENT PAUSE 1",
)
_NO_DATA = ("GET {prefix}x", "DUMP {prefix}x", "SCAN 0", *_NO_ADMIN)
_NO_SCRIPT = ("EVAL 1 0", "EVALSHA 0 0", "DEBUG SLEEP 0", "MONITOR", "SCAN 0", "SORT {prefix}x")

PRESETS: Mapping[str, Preset] = {
    "application": Preset(
        commands=(
            *("-@all", "+@string", "+@hash", "+@list", "+@set", "+@sortedset", "+@stream", "+@bitmap"),
            *("+@hyperloglog", "+@geo", "+@transaction", "-@dangerous", "-@admin", "-@scripting"),
            *("+del", "+unlink", "+exists", "+expire", "+pexpire", "+expireat", "+pexpireat", "+ttl", "+pttl"),
            *("+persist", "+type", "+touch", "+client|id", *_HANDSHAKE),
        ),
        before_70=_SELECT_0,
        since_70=_SELECT,
        since_72=_SETINFO,
        keys=("{prefix}*",),
        allow=("GET {prefix}x", "HSET {prefix}x f v", "DEL {prefix}x", "EXPIRE {prefix}x 1", "MULTI", "PING"),
        deny=("GET other-{prefix}x", *_NO_ADMIN, *_NO_SCRIPT),
    ),
    "session": Preset(
        commands=("-@all", "+get", "+set", "+expire", "+ttl", "+del", "+mget", *_HANDSHAKE),
        before_70=_SELECT_0,
        since_70=_SELECT,
        since_72=_SETINFO,
        keys=("{prefix}*",),
        allow=("GET {prefix}x", "SET {prefix}x v EX 1", "EXPIRE {prefix}x 1", "DEL {prefix}x", "PING"),
        deny=("GET other-{prefix}x", "DBSIZE", "RANDOMKEY", "FLUSHDB", *_NO_ADMIN, *_NO_SCRIPT),
    ),
    # Values and counters that may be lost, several of them in one transaction. A cache is emptied key by key: FLUSHDB
    # knows no prefix.
    "cache": Preset(
        commands=(
            *("-@all", "+get", "+mget", "+getex", "+getdel", "+set", "+mset", "+setex", "+psetex", "+setnx", "+incr"),
            *("+incrby", "+decr", "+decrby", "+del", "+unlink", "+exists", "+expire", "+pexpire", "+persist", "+ttl"),
            *("+pttl", "+touch", "+multi", "+exec", "+discard", *_HANDSHAKE),
        ),
        before_70=_SELECT_0,
        since_70=_SELECT,
        since_72=_SETINFO,
        keys=("{prefix}*",),
        allow=("GET {prefix}x", "SET {prefix}x v EX 1", "INCR {prefix}x", "UNLINK {prefix}x", "MULTI", "PING"),
        deny=(
            *("GET other-{prefix}x", "HSET {prefix}x f v", "DBSIZE", "RANDOMKEY", "FLUSHDB", "PUBLISH x x"),
            *(*_NO_ADMIN, *_NO_SCRIPT),
        ),
    ),
    # No SLOWLOG GET: it shows arguments, so values. No CONFIG GET: it shows passwords.
    "exporter": Preset(
        commands=("-@all", "+ping", "+info", "+client|setname", "+slowlog|len", "+latency|latest", "+cluster|info"),
        since_70=("+latency|histogram",),
        since_72=_SETINFO,
        allow=("INFO", "PING", "SLOWLOG LEN", "LATENCY LATEST"),
        deny=(*_NO_DATA, "SLOWLOG GET", "CONFIG GET masterauth", "MONITOR"),
    ),
    "auditor": Preset(
        commands=(
            *("-@all", "+ping", "+info", "+config|get", "+acl|list", "+acl|getuser", "+acl|users"),
            *("+client|list", "+module|list"),
        ),
        # The whole table: COMMAND INFO without names gives it since 7.0, only COMMAND itself before.
        before_70=("+command",),
        since_70=("+command|info", "+acl|dryrun", "+function|list"),
        since_72=_SETINFO,
        allow=("INFO", "CONFIG GET bind", "ACL LIST", "ACL USERS", "CLIENT LIST", "MODULE LIST", "COMMAND INFO"),
        deny=("GET x", "SCAN 0", "CONFIG SET maxmemory 0", "ACL SETUSER x", "ACL LOG RESET", "CLIENT KILL ID 1"),
    ),
    # +acl can give itself anything: the honest limit of this user is who holds its password and certificate.
    "operator": Preset(
        commands=(
            *("-@all", "+ping", "+info", "+config|get", "+config|set", "+config|rewrite", "+config|resetstat", "+acl"),
            *("+client", "+slowlog", "+latency", "+memory|doctor", "+memory|stats", "+role", "+bgsave", "+save"),
            *("+lastsave", "+command", "+module|list", "+shutdown"),
        ),
        trusted=True,
        allow=("ACL LIST", "ACL SETUSER x", "CONFIG SET maxmemory 0", "CLIENT LIST", "BGSAVE", "INFO"),
        deny=(
            "GET x",
            "SET x 1",
            "FLUSHALL",
            "KEYS *",
            "DEBUG SLEEP 0",
            "MODULE LOAD /x",
            "REPLICAOF NO ONE",
            "EVAL 1 0",
        ),
    ),
    # For the day when nobody else can get in; switched on by hand, on the host.
    "admin": Preset(commands=("+@all",), keys=("*",), channels=("*",), enabled=False, trusted=True),
    # PSYNC hands over all data: protect this password like the data file.
    "replica": Preset(
        commands=("-@all", "+psync", "+replconf", "+ping"),
        trusted=True,
        allow=("PSYNC ? -1", "REPLCONF ACK 0", "PING"),
        deny=("GET x", "SET x 1", *_NO_ADMIN),
    ),
    "sentinel": Preset(
        commands=(
            *("-@all", "+multi", "+exec", "+slaveof", "+ping", "+subscribe", "+publish", "+config|rewrite", "+role"),
            *("+info", "+client|setname", "+client|kill", "+script|kill"),
        ),
        channels=("__sentinel__:hello",),
        allow=("PING", "INFO", "ROLE", "CONFIG REWRITE", "SUBSCRIBE __sentinel__:hello"),
        deny=("GET x", "FLUSHALL", "CONFIG GET requirepass", "ACL LIST", "SUBSCRIBE other"),
    ),
}

_OWN_OPTIONS = ("preset", "prefix")


def expand(entries: Iterable[Mapping[str, Any]], version: ServerVersion) -> list[dict[str, Any]]:
    """Turn entries with a ``preset`` into entries for option ``users`` of ``redis_acl``; others pass unchanged.

    An entry is ``{name, preset, prefix}``; ``keys``, ``channels`` and ``commands`` add to those of the preset, all
    else (``enabled``, ``passwords``, ``state`` ...) replaces.

    :raises InputError: unknown preset, a prefix missing or too many.
    """
    return [_expand(entry, version) for entry in entries]


def promises(entries: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return what the presets of enabled users promise, as option ``assertions`` of ``redis_acl``.

    A user with ``keys`` or ``commands`` of its own has more than its preset, so only the allowed part is promised.
    """
    said = []
    for entry in entries:
        preset = _preset(entry)
        if preset is None or not (preset.allow or preset.deny) or entry.get("state") == "absent":
            continue
        own = entry.get("keys") or entry.get("commands") or entry.get("channels")
        prefix = entry.get("prefix", "")
        allow = [call.format(prefix=prefix) for call in preset.allow]
        deny = [] if own else [call.format(prefix=prefix) for call in preset.deny]
        said.append({"user": entry["name"], "allow": allow, "deny": deny})
    return said


def _preset(entry: Mapping[str, Any]) -> Preset | None:
    kind = entry.get("preset")
    if kind is None:
        return None
    if kind not in PRESETS:
        raise InputError(
            f"unknown preset {kind!r}", where=_place(entry), hint=f"There are: {', '.join(sorted(PRESETS))}"
        )
    return PRESETS[kind]


def _expand(entry: Mapping[str, Any], version: ServerVersion) -> dict[str, Any]:
    preset = _preset(entry)
    if preset is None:
        return dict(entry)
    _check_prefix(entry, preset)
    commands = list(preset.commands)
    commands += preset.since_70 if version.since((7, 0)) else preset.before_70
    commands += preset.since_72 if version.since((7, 2)) else ()
    keys: list[Any] = [key.format(prefix=entry.get("prefix", "")) for key in preset.keys]
    rest = {name: value for name, value in entry.items() if name not in _OWN_OPTIONS}
    return {
        "enabled": preset.enabled,
        "trusted": preset.trusted,
        **rest,
        "keys": keys + list(entry.get("keys") or ()),
        "channels": list(preset.channels) + list(entry.get("channels") or ()),
        "commands": commands + list(entry.get("commands") or ()),
    }


def _check_prefix(entry: Mapping[str, Any], preset: Preset) -> None:
    wanted = any("{prefix}" in key for key in preset.keys)
    prefix = entry.get("prefix")
    if wanted and not prefix:
        raise InputError(f"the preset {entry['preset']!r} needs a prefix such as app:", where=_place(entry))
    if prefix and not wanted:
        raise InputError(f"the preset {entry['preset']!r} has no keys, so no prefix", where=_place(entry))
    if prefix and any(sign in prefix for sign in "*?[]{}\\ "):
        raise InputError(
            f"the prefix {prefix!r} must be plain text, without pattern signs or blanks", where=_place(entry)
        )


def _place(entry: Mapping[str, Any]) -> str:
    return f"user {entry.get('name', '?')!r}"
