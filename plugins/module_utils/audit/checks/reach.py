"""What keeps strangers from the ports: firewalls of the host and of its provider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..addresses import is_inside, is_loopback, port
from ..check import CRITICAL, HIGH, LOW, Family, Verdict, failed, not_applicable, not_evaluated, noted, passed
from ..firewall import OPEN, STRANGERS, UNSURE, Packet, reach
from .network import NETWORK

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# The same family as in network.py; several lists keep the files short.
REACH = Family(NETWORK.code, NETWORK.title)

# Addresses of private networks; the first outside the clients' networks is tried as well as the world's.
_NEIGHBOURS = ("10.255.255.254", "172.31.255.254", "192.168.255.254")
_PORTS = frozenset({6379, 6380, 9121, 16379, 26379})
_WORLD = frozenset({"0.0.0.0/0", "::/0"})
_BUS_OFFSET = 10000
_UNREADABLE = "a rule decides that the audit cannot read: look at nft list ruleset"
# Another Redis, and a port that no rule is likely to name: who lets out updates or time only still limits the server.
_ELSEWHERE = (6379, 47000)


def _sources(expected: Mapping[str, Any], *, v6: bool) -> list[str]:
    clients = expected.get("client_cidrs") or ()
    near = [address for address in _NEIGHBOURS if clients and not is_inside(address, clients)][:1]
    return [*(STRANGERS if v6 else STRANGERS[:1]), *near]


def _judged(rows: Sequence[Mapping[str, Any]], ports: Sequence[int], sources: Sequence[str], fine: str) -> Verdict:
    tried = {(number, source): reach(rows, Packet(source, number)) for number in ports for source in sources}
    opened = [f"port {number} is open to {source}" for (number, source), said in tried.items() if said == OPEN]
    unsure = [f"port {number}, {source}" for (number, source), said in tried.items() if said == UNSURE]
    if opened:
        return failed(*opened)
    if unsure:
        return noted(_UNREADABLE, *unsure)
    return passed(fine)


@REACH.check(
    6,
    "The host's firewall does not keep strangers from the ports",
    severity=HIGH,
    needs=("firewall", "sockets", "expected"),
    fix="drop by default and accept the ports from the clients' networks only; redis_server_bind keeps out the rest",
)
def host_firewall(
    firewall: Sequence[Mapping[str, Any]], sockets: Sequence[Mapping[str, Any]], expected: Mapping[str, Any]
) -> Verdict:
    """A firewall limits who can try at all, also on the day when bind, TLS or a password is wrong.

    The rules are followed for the packet of a stranger; none is sent.
    """
    rows = [row for row in sockets if not is_loopback(row["address"])]
    if not rows:
        return not_applicable("only this host is served")
    ports = sorted({row["port"] for row in rows})
    v6 = any(":" in row["address"] for row in rows)
    named = ", ".join(map(str, ports))
    return _judged(firewall, ports, _sources(expected, v6=v6), f"strangers are kept from port {named}")


@REACH.check(
    7,
    "The cluster bus can be reached by strangers",
    severity=HIGH,
    needs=("config", "firewall", "expected"),
    fix="accept the bus port from the nodes' addresses only; redis_server_extra_directives: tls-cluster yes",
)
def cluster_bus(
    config: Mapping[str, str], firewall: Sequence[Mapping[str, Any]], expected: Mapping[str, Any]
) -> Verdict:
    """The bus asks for no password: who reaches it can join the cluster, move slots and crash nodes."""
    if config.get("cluster-enabled", "no") != "yes":
        return not_applicable("cluster-enabled is no")
    number = port(config, "cluster-port") or _bus(config)
    said = _judged(firewall, [number], _sources(expected, v6=False), f"strangers are kept from bus port {number}")
    if config.get("tls-cluster") != "yes":
        return Verdict(said.status, (*said.evidence, "tls-cluster is no: the bus trusts whoever speaks"), said.severity)
    return said


def _bus(config: Mapping[str, str]) -> int:
    secure = config.get("tls-cluster") == "yes"
    return port(config, "tls-port" if secure else "port") + _BUS_OFFSET


@REACH.check(
    8,
    "The provider's firewall admits the world",
    severity=CRITICAL,
    needs=("cloud",),
    fix="give the machine a firewall of the provider that admits the ports from tags or private networks only",
)
def cloud_firewall(cloud: Mapping[str, Any]) -> Verdict:
    """It stands before the host's own and keeps working when that is flushed, as a package upgrade may do."""
    if not cloud["provider"]:
        return not_applicable("this is no machine of a provider whose firewalls are known")
    if cloud["firewalls"] is None:
        return not_evaluated(f"cloud: nobody asked {cloud['provider']} for its firewalls")
    if not cloud["firewalls"]:
        return failed("the machine is in no firewall")
    wide = [
        f"firewall {row['name']} admits {source} to port {rule['port']}"
        for row in cloud["firewalls"]
        for rule in row["inbound"]
        for source in rule["sources"]
        if source in _WORLD and rule["port"] in _PORTS
    ]
    return failed(*wide) if wide else passed(f"in {len(cloud['firewalls'])} firewalls, none admits the world")


@REACH.check(
    16,
    "The server may connect to anywhere",
    severity=LOW,
    needs=("unit", "firewall"),
    wants=("process",),
    fix="the role redis_firewall, which limits the service account (redis_firewall_user), or redis_host_unit_settings: "
    "IPAddressDeny: any, IPAddressAllow: the networks of clients, replicas and Sentinels",
)
def egress(
    unit: Mapping[str, Any], firewall: Sequence[Mapping[str, Any]], process: Mapping[str, Any] | None
) -> Verdict:
    """MIGRATE and REPLICAOF carry data out, and a shell in the server calls home, where nothing limits connections.

    The rules are followed for what the server's account sends to a stranger; nothing is sent.
    """
    if not unit:
        return not_applicable("the server runs in no systemd unit")
    if set(unit["denied_addresses"]) & {*_WORLD, "any"}:
        return passed(f"{unit['name']} denies all addresses that it does not allow")
    uid = process["uid"] if process else None
    tried = {
        f"port {number} of {address}": reach(firewall, Packet(address, number, "output", uid))
        for number in _ELSEWHERE
        for address in STRANGERS
    }
    opened = [where for where, said in tried.items() if said == OPEN]
    if opened:
        return failed(f"{unit['name']} has no IPAddressDeny, and the firewall lets it out to {', '.join(opened)}")
    unsure = [where for where, said in tried.items() if said == UNSURE]
    if unsure:
        return noted(_UNREADABLE, *unsure)
    return passed("the firewall drops what the server sends out unless a rule allows it")
