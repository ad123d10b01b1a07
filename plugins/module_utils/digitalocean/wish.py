"""The user's wish for a cloud firewall: read, judged as text, and laid over what is there.

Everything that is wrong is told at once: ``parse`` collects sentences and goes on reading, so one run shows all of
them.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .firewall import Firewall
from .rules import (
    ALLOW,
    INBOUND,
    KINDS,
    LAST_PORT,
    NUMBERED,
    OUTBOUND,
    PROTOCOLS,
    Key,
    Peers,
    Rules,
    Side,
    canonical_ports,
    merged,
    peers_of,
)

NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9.-]+")
TAG = re.compile(r"[a-zA-Z0-9_\-:]{1,255}")
PORTS = re.compile(r"(\d+)(?:-(\d+))?")
# DigitalOcean's limits for one firewall.
MOST_RULES, MOST_PEERS, MOST_TAGS, MOST_DROPLETS = 50, 1000, 5, 10
# What people write where the API wants another word, and what it wants.
MISNAMED = {"port_range": "ports", "port": "ports", "protocols": "protocol", "addresses": "", "tags": ""}


@dataclass(frozen=True)
class Wish:
    """What a firewall shall be. None: keep what is there. Without ``purge``, what is there beyond the wish stays."""

    name: str
    inbound: Rules | None = None
    outbound: Rules | None = None
    tags: frozenset[str] | None = None
    droplet_ids: frozenset[int] | None = None
    purge: bool = True


@dataclass
class Problems:
    """Sentences about what is wrong; the same fault in several rules is one sentence that names them all."""

    found: dict[str, list[str]] = field(default_factory=dict)

    def add(self, what: str, where: str) -> None:
        """Note a fault, and the place it was seen at."""
        places = self.found.setdefault(what, [])
        if where and where not in places:
            places.append(where)

    def sentences(self) -> list[str]:
        """Return them, in the order they were found."""
        return [f"{', '.join(places)}: {what}" if places else what for what, places in self.found.items()]


def parse(params: Mapping[str, Any]) -> tuple[Wish, list[str]]:
    """Return the wish in a module's options and everything that is wrong with it, as sentences.

    A wish with faults is what was most likely meant, good for further judgement and not for the API.
    """
    problems = Problems()
    sides = {side.rules: _side(params.get(side.rules), side, problems) for side in (INBOUND, OUTBOUND)}
    tags = params.get("tags")
    ids = params.get("droplet_ids")
    wish = Wish(
        str(params["name"]),
        sides[INBOUND.rules],
        sides[OUTBOUND.rules],
        None if tags is None else frozenset(tags),
        None if ids is None else frozenset(ids),
        bool(params.get("purge", True)),
    )
    if not NAME.fullmatch(wish.name):
        problems.add(f"the name {wish.name!r} must be letters, digits, dots and dashes, two at least", "")
    for tag in sorted(wish.tags or ()):
        _check_tag(tag, "tags", problems)
    return wish, problems.sentences()


def laid_over(have: Firewall | None, wish: Wish) -> Firewall:
    """Return what the firewall shall be in the end."""
    base = have or Firewall(wish.name)
    return Firewall(
        wish.name,
        _either(base.inbound, wish.inbound, purge=wish.purge),
        _either(base.outbound, wish.outbound, purge=wish.purge),
        base.tags if wish.tags is None else wish.tags | (frozenset() if wish.purge else base.tags),
        base.droplet_ids
        if wish.droplet_ids is None
        else wish.droplet_ids | (frozenset() if wish.purge else base.droplet_ids),
    )


def _either(have: Rules, want: Rules | None, *, purge: bool) -> Rules:
    if want is None:
        return have
    return want if purge else merged([*have.items(), *want.items()])


def beyond_limits(firewall: Firewall) -> list[str]:
    """Return what the API would refuse for its size."""
    rules = len(firewall.inbound) + len(firewall.outbound)
    peers = [len(peers) for side in (INBOUND, OUTBOUND) for peers in firewall.rules(side).values()]
    counted = (
        (rules, MOST_RULES, "rules"),
        (len(firewall.tags), MOST_TAGS, "tags"),
        (len(firewall.droplet_ids), MOST_DROPLETS, "droplets; attach it to a tag of theirs instead"),
        (max(peers, default=0), MOST_PEERS, "sources or destinations of one rule; use networks or tags instead"),
    )
    found = [f"{count} is more than the {most} {what}" for count, most, what in counted if count > most]
    return found if rules else [*found, "a firewall needs one rule at least"]


def _side(raw_rules: Iterable[Any] | None, side: Side, problems: Problems) -> Rules | None:
    if raw_rules is None:
        return None
    word = side.rules.replace("_rules", " rule")
    return merged(_rule(raw, side, f"{word} {number}", problems) for number, raw in enumerate(raw_rules, start=1))


def _rule(raw: Mapping[str, Any], side: Side, where: str, problems: Problems) -> tuple[Key, Peers]:
    rule = _named(raw, side, where, problems)
    protocol = str(rule.get("protocol", "")).lower()
    if protocol not in PROTOCOLS:
        problems.add(f"protocol is {protocol or 'missing'}; it must be one of {', '.join(PROTOCOLS)}", where)
    if "ports" not in rule and protocol != "icmp":
        problems.add("ports is missing; write a port, a range such as 8000-9000, or all", where)
    ports = canonical_ports(protocol, rule.get("ports"))
    _check_ports(ports, where, problems)
    return Key(ALLOW, protocol, ports), _peers(rule.get(side.peers), side, where, problems)


def _named(raw: Mapping[str, Any], side: Side, where: str, problems: Problems) -> dict[str, Any]:
    """Return a rule under the API's names; other names are told, and followed where it is clear what was meant."""
    known = {"protocol", "ports", side.peers}
    rule = {key: value for key, value in raw.items() if key in known}
    for key in sorted(raw.keys() - known):
        meant = MISNAMED.get(key, "")
        instead = f"it is called {meant}" if meant else f"a rule has {', '.join(sorted(known))}"
        problems.add(f"{key} is no field of a rule; {instead}", where)
        if meant:
            rule.setdefault(meant, raw[key])
    return rule


def _check_ports(ports: str, where: str, problems: Problems) -> None:
    found = PORTS.fullmatch(ports)
    if ports == "all":
        return
    if not found:
        problems.add(f"ports is {ports!r}; write a port, a range such as 8000-9000, or all", where)
        return
    first, last = int(found.group(1)), int(found.group(2) or found.group(1))
    if not 1 <= first <= LAST_PORT or not 1 <= last <= LAST_PORT:
        problems.add(f"ports is {ports}; ports are numbers from 1 to {LAST_PORT}", where)
    elif first > last:
        problems.add(f"ports is {ports}; the range is reversed, write {last}-{first}", where)


def _peers(raw: object, side: Side, where: str, problems: Problems) -> Peers:
    if isinstance(raw, Mapping):
        named: Mapping[str, Any] = {kind: [*_listed(value)] for kind, value in raw.items() if value is not None}
    else:
        named = _guessed(raw)
        if raw is not None:
            problems.add(
                f"{side.peers} must say of which kind they are, such as {{tags: [web]}} or {{addresses:"
                f" [10.0.0.0/24]}}",
                where,
            )
    for kind in sorted(named.keys() - {*KINDS}):
        problems.add(f"{kind} is no kind of {side.peers}; there are {', '.join(KINDS)}", where)
    for kind in KINDS:
        for value in named.get(kind, ()):
            _check_peer(kind, str(value), where, problems)
    if not any(named.get(kind) for kind in KINDS):
        problems.add(
            f"{side.peers} is empty, so the rule would let nobody through; leave the rule out, or name somebody", where
        )
    return peers_of(named)


def _listed(value: object) -> Iterable[Any]:
    return value if isinstance(value, (list, tuple)) else [value]


def _guessed(raw: object) -> dict[str, list[Any]]:
    """Return the peers in a plain list: what reads like an address is one, the rest are tags."""
    found: dict[str, list[Any]] = {}
    for value in _listed(raw) if raw is not None else ():
        found.setdefault("addresses" if re.fullmatch(r"[0-9a-fA-F.:]+(/\d+)?", str(value)) else "tags", []).append(
            value
        )
    return found


def _check_peer(kind: str, value: str, where: str, problems: Problems) -> None:
    if kind == "addresses":
        _check_address(value, where, problems)
    elif kind == "tags":
        _check_tag(value, where, problems)
    elif kind == NUMBERED and not value.isdigit():
        problems.add(f"{value!r} is no number of a droplet", where)


def _check_tag(tag: str, where: str, problems: Problems) -> None:
    if not TAG.fullmatch(tag):
        problems.add(f"{tag!r} is no tag: letters, digits, colons, dashes and underscores, 255 at most", where)


def _check_address(text: str, where: str, problems: Problems) -> None:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        problems.add(_about_address(text), where)


def _about_address(text: str) -> str:
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return f"{text!r} is neither an address nor a network"
    return f"{text} is a host in a network; write {network} for the network, or {text.partition('/')[0]} for the host"
