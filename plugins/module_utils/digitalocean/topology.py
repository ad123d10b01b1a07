"""Two firewalls out of a deployment's topology: one to administer its droplets, one for Redis.

Two, because they change for different reasons: whoever moves a client cannot cut off the bastion by the way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

EVERYWHERE = ("0.0.0.0/0", "::/0")
# What a server needs from outside: names, clocks, packages.
NEEDED_OUT = (("tcp", 53), ("udp", 53), ("udp", 123), ("tcp", 80), ("tcp", 443))
NO_BASTION = "nobody could administer the droplets: name a bastion (digitalocean_firewall_bastion_tags, _addresses)"


def firewalls(topology: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the options of both firewalls, the administrators' one first, so that nobody is locked out in between.

    ``topology``: ``name``; ``redis_tags`` (the droplets it is about); ``client``, ``monitor`` and ``bastion``, each a
    mapping with
    ``tags`` and ``addresses``; ``redis_ports`` (Redis and Sentinel), ``bus_ports`` (cluster bus), ``exporter_ports``,
    ``ssh_ports``;
    ``outbound_addresses``; ``allow_no_clients``.

    :raises InputError: with every reason at once.
    """
    faults = [*_faults(topology)]
    if faults:
        raise InputError("; ".join(faults), where="the topology")
    return [_administration(topology), _redis(topology)]


def _faults(topology: Mapping[str, Any]) -> Iterable[str]:
    if not topology["redis_tags"]:
        yield "no tag says which droplets are behind the firewalls (digitalocean_firewall_redis_tags)"
    if not _peers(topology["bastion"]):
        yield NO_BASTION
    if not _peers(topology["client"]) and not topology["allow_no_clients"]:
        yield (
            "no client could connect: name clients (digitalocean_firewall_client_tags, _addresses),"
            " or set digitalocean_firewall_allow_no_clients"
        )


def quarantine_rules(topology: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what is open on a droplet in quarantine: ssh from the bastion, and nothing else.

    :raises InputError: there is no bastion.
    """
    if not _peers(topology["bastion"]):
        raise InputError(NO_BASTION, where="the topology")
    return _in(topology["ssh_ports"], _peers(topology["bastion"]))


def _peers(named: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return sources or destinations as the API wants them, without empty kinds."""
    return {kind: [*named[kind]] for kind in ("addresses", "tags") if named.get(kind)}


def _in(ports: Iterable[int], sources: Mapping[str, Any], protocol: str = "tcp") -> list[dict[str, Any]]:
    return [{"protocol": protocol, "ports": str(port), "sources": dict(sources)} for port in ports if sources]


def _administration(topology: Mapping[str, Any]) -> dict[str, Any]:
    anywhere = {"addresses": [*topology["outbound_addresses"]]}
    bastion = _peers(topology["bastion"])
    out = [{"protocol": protocol, "ports": str(port), "destinations": anywhere} for protocol, port in NEEDED_OUT]
    return {
        "name": f"{topology['name']}-mgmt",
        "tags": [*topology["redis_tags"]],
        # Path MTU discovery and ping are icmp; without it, large answers vanish.
        "inbound_rules": [*_in(topology["ssh_ports"], bastion), _icmp("sources", {"addresses": [*EVERYWHERE]})],
        "outbound_rules": [*out, _icmp("destinations", {"addresses": [*EVERYWHERE]})],
    }


def _icmp(field: str, peers: Mapping[str, Any]) -> dict[str, Any]:
    return {"protocol": "icmp", "ports": "all", field: dict(peers)}


def _redis(topology: Mapping[str, Any]) -> dict[str, Any]:
    peers = {"tags": [*topology["redis_tags"]]}
    among: Sequence[int] = [*topology["redis_ports"], *topology["bus_ports"]]
    return {
        "name": f"{topology['name']}-redis",
        "tags": [*topology["redis_tags"]],
        # Replicas, Sentinels and cluster nodes are clients of one another: a primary that only lets applications in
        # has none.
        "inbound_rules": [
            *_in(topology["redis_ports"], _peers(topology["client"])),
            *_in(among, peers),
            *_in(topology["exporter_ports"], _peers(topology["monitor"])),
        ],
        "outbound_rules": [{"protocol": "tcp", "ports": str(port), "destinations": peers} for port in among],
    }
