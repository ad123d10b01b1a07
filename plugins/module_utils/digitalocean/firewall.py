"""A cloud firewall as a value, and the difference between two of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .rules import INBOUND, OUTBOUND, Key, Peers, Rules, Side, from_api, to_api, told_peers, told_ports

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True)
class Firewall:
    """What a firewall lets through, and for which droplets: those with one of ``tags`` and those of ``droplet_ids``."""

    name: str
    inbound: Rules = field(default_factory=dict)
    outbound: Rules = field(default_factory=dict)
    tags: frozenset[str] = frozenset()
    droplet_ids: frozenset[int] = frozenset()

    def rules(self, side: Side) -> Rules:
        """Return the rules of one direction."""
        return self.inbound if side == INBOUND else self.outbound

    def filters(self, droplet: Droplet) -> bool:
        """Return whether a droplet is behind this firewall."""
        return droplet.id in self.droplet_ids or bool(droplet.tags & self.tags)

    def named_tags(self) -> set[str]:
        """Return every tag the firewall names: its targets, sources and destinations."""
        peers = [*self.inbound.values(), *self.outbound.values()]
        return {*self.tags, *(value for rule in peers for kind, value in rule if kind == "tags")}


@dataclass(frozen=True)
class Droplet:
    """A droplet as far as a firewall cares, and its place: the id of its VPC, and its addresses there."""

    id: int
    name: str
    tags: frozenset[str]
    vpc: str = ""
    private: tuple[str, ...] = ()


def firewall_of(raw: Mapping[str, Any]) -> Firewall:
    """Return a firewall of the API; fields we do not know are left aside."""
    return Firewall(
        name=str(raw.get("name")),
        inbound=from_api(raw.get(INBOUND.rules), INBOUND),
        outbound=from_api(raw.get(OUTBOUND.rules), OUTBOUND),
        tags=frozenset(raw.get("tags") or ()),
        droplet_ids=frozenset(int(number) for number in raw.get("droplet_ids") or ()),
    )


def droplet_of(raw: Mapping[str, Any]) -> Droplet:
    """Return a droplet of the API."""
    private = [one for one in (raw.get("networks") or {}).get("v4") or () if one.get("type") == "private"]
    return Droplet(
        int(raw["id"]),
        str(raw.get("name")),
        frozenset(raw.get("tags") or ()),
        str(raw.get("vpc_uuid") or ""),
        tuple(str(one.get("ip_address")) for one in private),
    )


def body_of(firewall: Firewall) -> dict[str, Any]:
    """Return what to send. Every field is there, since the API resets those that are not."""
    return {
        "name": firewall.name,
        INBOUND.rules: to_api(firewall.inbound, INBOUND),
        OUTBOUND.rules: to_api(firewall.outbound, OUTBOUND),
        "tags": sorted(firewall.tags),
        "droplet_ids": sorted(firewall.droplet_ids),
    }


def told(firewall: Firewall | None) -> str:
    """Return a firewall as lines of text, for a diff; nothing for one that is not there."""
    if firewall is None:
        return ""
    lines = [f"firewall {firewall.name}"]
    lines += [f"for tag {tag}" for tag in sorted(firewall.tags)]
    lines += [f"for droplet {number}" for number in sorted(firewall.droplet_ids)]
    for side in (INBOUND, OUTBOUND):
        rules = firewall.rules(side)
        lines += [_line(side, key, rules[key]) for key in sorted(rules)]
    return "".join(f"{line}\n" for line in lines)


def _line(side: Side, key: Key, peers: Peers) -> str:
    return f"{side.rules.partition('_')[0]}: {told_ports(key)} {side.word} {told_peers(peers)}"


def diff(have: Firewall | None, want: Firewall | None) -> list[str]:
    """Return one sentence for each difference; none means that both let the same through for the same droplets."""
    if have is None or want is None:
        present, verb = (want, "make") if have is None else (have, "delete")
        return [] if present is None else [f"{verb} the firewall {present.name}"]
    return [
        *_targets("tag", have.tags, want.tags),
        *_targets("droplet", have.droplet_ids, want.droplet_ids),
        *_sides(INBOUND, have.inbound, want.inbound),
        *_sides(OUTBOUND, have.outbound, want.outbound),
    ]


def _targets(word: str, have: frozenset[Any], want: frozenset[Any]) -> Iterator[str]:
    yield from (f"attach it to {word} {target}" for target in sorted(want - have))
    yield from (f"detach it from {word} {target}" for target in sorted(have - want))


def _sides(side: Side, have: Rules, want: Rules) -> Iterator[str]:
    for key in sorted({*have, *want}):
        old, new = have.get(key), want.get(key)
        if old is None and new is not None:
            yield f"open {_line(side, key, new)}"
        elif new is None and old is not None:
            yield f"close {_line(side, key, old)}"
        elif old is not None and new is not None:
            yield from _peers(side, key, old, new)


def _peers(side: Side, key: Key, old: Peers, new: Peers) -> Iterator[str]:
    if new - old:
        yield f"open {_line(side, key, new - old)}"
    if old - new:
        yield f"close {_line(side, key, old - new)}"
