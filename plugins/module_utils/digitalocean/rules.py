"""The rules of a cloud firewall in one canonical form, so that equal rules are equal values.

The API stores rules as a list, each with its sources or destinations in lists of five kinds. Their order says nothing,
a rule may be split in two, an address written in several ways, and "all ports" comes back in one of three. So a set of
rules is a mapping here, from what is allowed to the peers it is allowed for::

    {Key("allow", "tcp", "6379"): frozenset({("tags", "web"), ("addresses", "10.10.0.0/16")})}
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, Union

PROTOCOLS = ("tcp", "udp", "icmp")
# What a rule may name as a source or destination, under the API's names.
KINDS = ("addresses", "droplet_ids", "kubernetes_ids", "load_balancer_uids", "tags")
NUMBERED = "droplet_ids"
ALL = "all"
# A concrete range is taken by every version of the API that is known; "0" and "all" are not.
EVERY_PORT = "1-65535"
LAST_PORT = 65535
ALLOW = "allow"

Network = Union[ipaddress.IPv4Network, ipaddress.IPv6Network]
Peer = tuple[str, str]
Peers = frozenset[Peer]


class Key(NamedTuple):
    """What a rule lets through: ``allow`` (``deny`` on foreign rules), protocol, ports of ``canonical_ports``."""

    action: str
    protocol: str
    ports: str


Rules = Mapping[Key, Peers]


class Side(NamedTuple):
    """One direction: the name of its list of rules, and what the API calls the peers of a rule there."""

    rules: str
    peers: str
    word: str


INBOUND = Side("inbound_rules", "sources", "from")
OUTBOUND = Side("outbound_rules", "destinations", "to")


def canonical_ports(protocol: str, text: object) -> str:
    """Return ``all``, ``22`` or ``8000-9000``; text that is no ports is returned as it is.

    For icmp, ports mean nothing, whatever stands there.
    """
    words = str(text if text is not None else "").strip().lower().replace(" ", "")
    if protocol == "icmp" or words in {"0", "", ALL, EVERY_PORT, f"0-{LAST_PORT}"}:
        return ALL
    first, dash, last = words.partition("-")
    if not (first.isdigit() and (last.isdigit() or not dash)):
        return words
    return str(int(first)) if not dash or int(first) == int(last) else f"{int(first)}-{int(last)}"


def bounds(ports: str) -> tuple[int, int]:
    """Return the first and the last port of canonical ports; ``(0, -1)``, which covers nothing, for what is none."""
    if ports == ALL:
        return 1, LAST_PORT
    found = re.fullmatch(r"(\d+)(?:-(\d+))?", ports)
    return (int(found.group(1)), int(found.group(2) or found.group(1))) if found else (0, -1)


def covers(key: Key, protocol: str, port: int) -> bool:
    """Return whether a rule lets this port of this protocol through."""
    first, last = bounds(key.ports)
    return key.action == ALLOW and key.protocol == protocol and first <= port <= last


def canonical_address(text: str) -> str:
    """Return one address without its ``/32`` or ``/128``, a network in its shortest form; anything else as it is."""
    try:
        network = ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return text
    return str(network.network_address) if network.num_addresses == 1 else str(network)


def networks(peers: Peers) -> list[Network]:
    """Return the networks among peers, neighbours joined: two halves of the internet are the internet."""
    found = []
    for kind, value in peers:
        if kind == "addresses":
            try:
                found.append(ipaddress.ip_network(value, strict=False))
            except ValueError:
                continue  # not an address to us, so no verdict about it either
    four = [network for network in found if isinstance(network, ipaddress.IPv4Network)]
    six = [network for network in found if isinstance(network, ipaddress.IPv6Network)]
    return [*ipaddress.collapse_addresses(four), *ipaddress.collapse_addresses(six)]


def peers_of(raw: Mapping[str, Any]) -> Peers:
    """Return the peers in ``sources`` or ``destinations`` of the API; kinds we do not know are left out."""
    found = {(kind, str(value)) for kind in KINDS for value in raw.get(kind) or () if kind != "addresses"}
    return frozenset(found | {("addresses", canonical_address(str(text))) for text in raw.get("addresses") or ()})


def unknown_kinds(raw_rules: Iterable[Mapping[str, Any]], side: Side) -> list[str]:
    """Return the kinds of peers that rules of the API have and we could not write back."""
    return sorted(
        {kind for rule in raw_rules for kind, value in (rule.get(side.peers) or {}).items() if value} - {*KINDS}
    )


def merged(rules: Iterable[tuple[Key, Peers]]) -> dict[Key, Peers]:
    """Return rules as a mapping; those that let the same through are one, for the peers of all of them."""
    found: dict[Key, Peers] = {}
    for key, peers in rules:
        found[key] = found.get(key, frozenset()) | peers
    return found


def from_api(raw_rules: Iterable[Mapping[str, Any]] | None, side: Side) -> dict[Key, Peers]:
    """Return the rules of a list as the API has it, null included."""
    return merged(
        (
            Key(
                str(rule.get("action") or ALLOW),
                str(rule.get("protocol")),
                canonical_ports(str(rule.get("protocol")), rule.get("ports")),
            ),
            peers_of(rule.get(side.peers) or {}),
        )
        for rule in raw_rules or ()
    )


def to_api(rules: Rules, side: Side) -> list[dict[str, Any]]:
    """Return rules as the API takes them, in an order that does not change from run to run."""
    return [_rule(key, rules[key], side) for key in sorted(rules)]


def _rule(key: Key, peers: Peers, side: Side) -> dict[str, Any]:
    named: dict[str, list[Any]] = {}
    for kind, value in sorted(peers):
        named.setdefault(kind, []).append(int(value) if kind == NUMBERED else value)
    rule = {"protocol": key.protocol, "ports": EVERY_PORT if key.ports == ALL else key.ports, side.peers: named}
    # The field is optional and younger than the rest of the API, so it is only sent where it says something.
    return rule if key.action == ALLOW else {**rule, "action": key.action}


def told_ports(key: Key) -> str:
    """Return what a rule lets through, for people: ``tcp 22``, ``all tcp``, ``icmp``."""
    if key.protocol == "icmp":
        text = "icmp"
    else:
        text = f"all {key.protocol}" if key.ports == ALL else f"{key.protocol} {key.ports}"
    return text if key.action == ALLOW else f"{key.action} {text}"


def told_peer(peer: Peer) -> str:
    """Return a source or destination for people: ``tag web``, ``10.10.0.0/16``, ``droplet 12``."""
    words = {"addresses": "", "droplet_ids": "droplet ", "kubernetes_ids": "cluster ", "tags": "tag "}
    kind, value = peer
    return f"{words.get(kind, 'load balancer ')}{value}"


def told_peers(peers: Iterable[Peer]) -> str:
    """Return several of them."""
    return ", ".join(told_peer(peer) for peer in sorted(peers)) or "nobody"
