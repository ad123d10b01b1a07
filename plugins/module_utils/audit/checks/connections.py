"""Who is connected, from where, and what listens beside the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..addresses import is_inside, is_loopback, port
from ..check import (
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
from .network import NETWORK

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# The same family as in network.py; several lists keep the files short.
CONNECTIONS = Family(NETWORK.code, NETWORK.title)

_OK = 200
# What /scrape answers when it is there and no target was named.
_SCRAPES = (200, 400)
_IDLE = 3600
_KEEPALIVE = 300
_SPARE_FILES = 32
_FULL = 80


@CONNECTIONS.check(
    10,
    "Metrics can be read without a login",
    severity=MEDIUM,
    needs=("exporter",),
    fix="let the exporter listen on 127.0.0.1, or give it a certificate and a login (web.config.file)",
)
def exporter(rows: Sequence[Mapping[str, Any]]) -> Verdict:
    """Metrics tell names, versions and load; an exporter that takes a target talks to other servers for anybody."""
    if not rows:
        return not_applicable("no exporter runs here")
    beyond = [row for row in rows if not is_loopback(row["address"])]
    told = [f"{row['address']} port {row['port']} answers /metrics" for row in beyond if row["metrics"] == _OK]
    scraped = [f"{row['address']} port {row['port']} answers /scrape" for row in beyond if row["scrape"] in _SCRAPES]
    fine = f"{len(rows)} sockets of exporters: loopback only, or a login is asked for"
    return verdict(told + scraped, fine, HIGH if scraped else None)


@CONNECTIONS.check(
    11,
    "A client is connected from outside the clients' networks",
    severity=HIGH,
    needs=("clients", "expected"),
    fix="find out who it is; then close its way with a firewall, and declare redis_audit_expected.client_cidrs",
)
def client_networks(clients: Sequence[Mapping[str, Any]], expected: Mapping[str, Any]) -> Verdict:
    """A connection from a place where no client lives is a forgotten program, or somebody who should not be there."""
    places = {address for row in clients if (address := _address(row)) and not is_loopback(address)}
    cidrs = expected.get("client_cidrs")
    if not cidrs:
        if not places:
            return passed("all clients are on this host")
        return noted(f"from {', '.join(sorted(places))}", "redis_audit_expected.client_cidrs does not say from where")
    outside = sorted(address for address in places if not is_inside(address, cidrs))
    return verdict([f"a client from {address}" for address in outside], f"{len(clients)} clients, all from inside")


def _address(row: Mapping[str, Any]) -> str:
    """Return where a connection is from, ``""`` for the unix socket."""
    text = str(row.get("addr", ""))
    return "" if text.startswith("/") else text.rpartition(":")[0].strip("[]")


@CONNECTIONS.check(
    12,
    "Traces of cross-protocol attacks are in the log",
    severity=MEDIUM,
    needs=("log",),
    fix="find out who sent HTTP to the port (the log names the time); redis_server_port: 0 leaves only TLS",
)
def cross_protocol(log: Mapping[str, Any]) -> Verdict:
    """Somebody made a browser or a web application talk to the port. The server saw POST and Host: and hung up.

    What does not begin like that is not noticed.
    """
    count = log["attacks"]
    return verdict([f"{count} entries in {log['source']}"] if count else [], f"none in {log['source']}")


@CONNECTIONS.check(
    13,
    "Idle connections are never closed",
    severity=LOW,
    needs=("config", "clients", "expected"),
    fix="redis_server_tcp_keepalive: 300, and redis_server_extra_directives: timeout 3600 where clients reconnect",
)
def idle(config: Mapping[str, str], clients: Sequence[Mapping[str, Any]], expected: Mapping[str, Any]) -> Verdict:
    """Forgotten connections keep their rights for ever and fill the connection table."""
    problems = []
    keepalive = int(config.get("tcp-keepalive", "0") or 0)
    if not 0 < keepalive <= _KEEPALIVE:
        problems.append(f"tcp-keepalive is {keepalive}")
    limit = expected.get("idle_seconds") or _IDLE
    if config.get("timeout", "0") == "0":
        problems += [
            f"{row.get('addr')} ({row.get('user')}) is idle for {row['idle']} s, and timeout is 0"
            for row in clients
            if _is_ordinary(row) and int(str(row.get("idle", "0"))) > limit
        ]
    return verdict(problems, f"timeout is {config.get('timeout')}, tcp-keepalive is {keepalive}")


def _is_ordinary(row: Mapping[str, Any]) -> bool:
    """Replicas, waiting clients and subscribers are quiet by nature."""
    waiting = set(str(row.get("flags", ""))) & set("SMbPO")
    return not waiting and row.get("sub", "0") == "0" and row.get("psub", "0") == "0"


@CONNECTIONS.check(
    14,
    "The limit of connections does not fit",
    severity=LOW,
    needs=("config", "stats", "limits"),
    fix="redis_server_maxclients, and redis_host_unit_settings: LimitNOFILE above it",
)
def connection_limit(config: Mapping[str, str], stats: Mapping[str, str], limits: Mapping[str, Any]) -> Verdict:
    """Too few file descriptors, or a table that is nearly full: the next client, maybe you, is turned away."""
    allowed = int(config.get("maxclients", "0") or 0)
    files = limits["open_files"]
    used = int(stats.get("connected_clients", "0"))
    problems = []
    if files is not None and files < allowed + _SPARE_FILES:
        problems.append(f"{files} open files for maxclients {allowed}")
    if allowed and 100 * used > _FULL * allowed:
        problems.append(f"{used} of {allowed} connections are in use")
    return verdict(problems, f"{used} of {allowed} connections, {files or 'unlimited'} open files")


@CONNECTIONS.check(
    15,
    "An RDMA listener is enabled",
    severity=MEDIUM,
    needs=("config", "server"),
    fix="redis_server_extra_directives: rdma-port 0",
)
def rdma(config: Mapping[str, str], server: Mapping[str, Any]) -> Verdict:
    """RDMA knows no TLS: what goes over it can be read and changed."""
    if "rdma-port" not in config:
        return not_applicable(f"{server['product']} {server['version']} has no RDMA, or was built without it")
    number = port(config, "rdma-port")
    return failed(f"rdma-port is {number}") if number else passed("rdma-port is 0")
