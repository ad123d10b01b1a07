"""INFO, cut into the sections that checks ask for, and the proof of harmlessness from two of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..versions import from_info

if TYPE_CHECKING:
    from collections.abc import Mapping

_SERVER = ("executable", "config_file", "process_id", "redis_build_id", "os", "tcp_port", "uptime_in_seconds")
_PERSISTENCE = ("rdb_", "aof_", "loading")
_STATS = ("connected_clients", "maxclients", "cluster_enabled", "total_connections_received", "rejected_connections")
_COUNTERS = ("errorstat_", "acl_access_denied_")
_DENIALS = ("errorstat_NOPERM", "errorstat_WRONGPASS")


def server(info: Mapping[str, str]) -> dict[str, str]:
    """Return product, version, mode and what INFO says of the process."""
    version = from_info(info)
    about = {name: info[name] for name in _SERVER if name in info}
    mode = info.get("server_mode") or info.get("redis_mode", "standalone")
    return {"product": version.product, "version": ".".join(map(str, version.number)), "mode": mode, **about}


def replication(info: Mapping[str, str]) -> dict[str, str]:
    """Return role, primary and replicas (``slave0``: ``ip=...,port=...``)."""
    names = ("role", "master_host", "master_port", "master_link_status", "connected_slaves")
    rows = {name: value for name, value in info.items() if name.startswith("slave") and name[5:].isdigit()}
    return {**{name: info[name] for name in names if name in info}, **rows}


def persistence(info: Mapping[str, str]) -> dict[str, str]:
    """Return how saving goes."""
    return {name: value for name, value in info.items() if name.startswith(_PERSISTENCE)}


def stats(info: Mapping[str, str]) -> dict[str, str]:
    """Return numbers of connections and of refusals."""
    return {name: value for name, value in info.items() if name in _STATS or name.startswith(_COUNTERS)}


def memory(info: Mapping[str, str]) -> dict[str, str]:
    """Return the memory fields."""
    words = ("used_memory", "maxmemory", "total_system_memory")
    return {name: value for name, value in info.items() if name.startswith(words)}


def proof(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, Any]:
    """Say what happened on the server between two INFO: everybody's commands, denials, keys."""
    return {
        "commandstats": _grown(before, after, "cmdstat_", "calls="),
        "denials": sum(_grown(before, after, name, "count=").get("", 0) for name in _DENIALS),
        "keys_before": _keys(before),
        "keys_after": _keys(after),
    }


def _grown(before: Mapping[str, str], after: Mapping[str, str], prefix: str, field: str) -> dict[str, int]:
    growth = {
        name[len(prefix) :]: _number(value, field) - _number(before.get(name, ""), field)
        for name, value in after.items()
        if name.startswith(prefix)
    }
    return {name: count for name, count in sorted(growth.items()) if count}


def _number(text: str, field: str) -> int:
    value = text.partition(field)[2].partition(",")[0]
    return int(value) if value.isdigit() else 0


def _keys(info: Mapping[str, str]) -> int:
    return sum(_number(value, "keys=") for name, value in info.items() if name.startswith("db") and "keys=" in value)
