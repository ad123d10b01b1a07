"""What speaks against a change of a cloud firewall: open doors, administrators locked out, droplets left naked.

Firewalls of one droplet add up, so everything is judged with the others in view. None of this asks the API; it is
handed in.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .rules import ALL, Key, Network, Peers, Rules, covers, networks, told_ports

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from .firewall import Droplet, Firewall

# A network of so many addresses is nobody's own: with fewer fixed bits than this, it counts as the world.
WORLD_BITS = {4: 8, 6: 16}
UNIQUE_LOCAL = ipaddress.IPv6Network("fc00::/7")
SSH = 22
# Without these, names are not resolved and clocks drift; certificates are then not valid any more.
NEEDED_OUT = {53: "names are not resolved", 123: "clocks drift, and certificates fail"}


@dataclass(frozen=True)
class Scene:
    """Everything a change is judged by.

    ``have`` and ``want``: the firewall that changes, None where there is none. ``before`` and ``after``: all firewalls,
    the others too. ``droplets``: those it is about.
    """

    have: Firewall | None
    want: Firewall | None
    before: Sequence[Firewall]
    after: Sequence[Firewall]
    droplets: Sequence[Droplet] = ()


def is_world(network: Network) -> bool:
    """Return whether a network is so large that it stands for everybody."""
    private = isinstance(network, ipaddress.IPv6Network) and network.subnet_of(UNIQUE_LOCAL)
    return network.prefixlen < WORLD_BITS[network.version] and not private


def to_world(peers: Peers) -> bool:
    """Return whether anybody on the internet is among the peers."""
    return any(is_world(network) for network in networks(peers))


def exposures(rules: Rules, protected: Iterable[int]) -> list[str]:
    """Return one sentence for each inbound rule that opens a protected port to the world."""
    ports = sorted(set(protected))
    found = []
    for key in sorted(rules):
        opened = [str(port) for port in ports if covers(key, "tcp", port)]
        if opened and to_world(rules[key]):
            found.append(f"{told_ports(key)} would be open to the whole internet, and with it {', '.join(opened)}")
    return found


def opens(firewalls: Iterable[Firewall], ports: Collection[int]) -> bool:
    """Return whether one of the firewalls lets somebody in to one of the ports."""
    rules = ((key, peers) for firewall in firewalls for key, peers in firewall.inbound.items())
    return any(covers(key, "tcp", port) and peers for key, peers in rules for port in ports)


def lockouts(scene: Scene, ports: Collection[int]) -> list[str]:
    """Return one sentence for each target that nobody could administer afterwards.

    A tag counts by itself where it has no droplets yet, or where they could not be seen.
    """
    return [*_droplets_locked(scene, ports), *_tags_locked(scene, ports)] if ports else []


def _droplets_locked(scene: Scene, ports: Collection[int]) -> Iterator[str]:
    for droplet in scene.droplets:
        its = [firewall for firewall in scene.after if firewall.filters(droplet)]
        if its and not opens(its, ports):
            yield f"nobody could reach droplet {droplet.name} any more: no firewall of it opens {_ports(ports)}"


def _tags_locked(scene: Scene, ports: Collection[int]) -> Iterator[str]:
    seen = frozenset(tag for droplet in scene.droplets for tag in droplet.tags)
    for tag in sorted((scene.want.tags if scene.want else frozenset()) - seen):
        if not opens([firewall for firewall in scene.after if tag in firewall.tags], ports):
            yield f"nobody could reach the droplets of tag {tag} any more: no firewall of it opens {_ports(ports)}"


def _ports(ports: Collection[int]) -> str:
    return " or ".join(f"tcp {port}" for port in sorted(ports))


def missing_droplets(scene: Scene) -> list[str]:
    """Return one sentence for each droplet that is asked for and does not exist.

    One that the firewall named before may be gone by now.
    """
    known = {droplet.id for droplet in scene.droplets} | (scene.have.droplet_ids if scene.have else frozenset())
    asked = scene.want.droplet_ids if scene.want else frozenset()
    return [f"there is no droplet {number}" for number in sorted(asked - known)]


def naked(scene: Scene) -> list[str]:
    """Return one sentence for each droplet that is behind a firewall now and would be behind none."""
    return [
        f"droplet {droplet.name} would be behind no firewall at all, so everything on it would be open"
        for droplet in scene.droplets
        if any(firewall.filters(droplet) for firewall in scene.before)
        and not any(firewall.filters(droplet) for firewall in scene.after)
    ]


def unguarded(droplets: Iterable[Droplet], firewalls: Sequence[Firewall]) -> list[Droplet]:
    """Return the droplets that are behind no firewall."""
    return [droplet for droplet in droplets if not any(firewall.filters(droplet) for firewall in firewalls)]


def warnings(scene: Scene) -> list[str]:
    """Return what is allowed and still worth a word."""
    if scene.want is None:
        return []
    return [*_ssh_from_anywhere(scene.want), *_all_out(scene.want), *_missing_out(scene), *_denied(scene)]


def _ssh_from_anywhere(want: Firewall) -> Iterator[str]:
    if any(covers(key, "tcp", SSH) and to_world(peers) for key, peers in want.inbound.items()):
        yield f"{want.name}: ssh is open to the whole internet; name the addresses or the tag of your bastion instead"


def _all_out(want: Firewall) -> Iterator[str]:
    if any(key.protocol == "tcp" and key.ports == ALL and to_world(peers) for key, peers in want.outbound.items()):
        yield (
            f"{want.name}: all outbound tcp is open to the whole internet, the way by which a taken-over server"
            f" sends data out;"
            " name the ports it needs"
        )


def _missing_out(scene: Scene) -> Iterator[str]:
    want = scene.want
    if want is None:
        return
    # Firewalls of the same droplets add up, so another one may open it.
    beside = [firewall for firewall in scene.after if _shares(firewall, want, scene.droplets)]
    keys = {key for firewall in beside for key, peers in firewall.outbound.items() if peers}
    for port, what in NEEDED_OUT.items():
        if not any(covers(key, "udp", port) for key in keys):
            yield f"{want.name}: nothing lets udp {port} out: {what}"


def _denied(scene: Scene) -> Iterator[str]:
    denying = sorted(
        firewall.name
        for firewall in scene.after
        if scene.want
        and _shares(firewall, scene.want, scene.droplets)
        and any(_denies(key) for key in firewall.inbound)
    )
    if denying:
        yield f"{', '.join(denying)}: rules that deny are not weighed here; see for yourself that administrators get in"


def _denies(key: Key) -> bool:
    return key.action != "allow"


def _shares(one: Firewall, other: Firewall, droplets: Iterable[Droplet]) -> bool:
    if one.name == other.name or one.tags & other.tags or one.droplet_ids & other.droplet_ids:
        return True
    return any(one.filters(droplet) and other.filters(droplet) for droplet in droplets)


def tag_faults(named: Iterable[str], known: Collection[str], *, create: bool) -> tuple[list[str], list[str]]:
    """Return (faults, tags to make): a tag that differs only in case is a fault, since the API keeps the case.

    :param create: whether tags that are not there may be made.
    """
    folded = {tag.lower(): tag for tag in known}
    missing = sorted(set(named) - set(known))
    wrong = [
        f"the tag {tag} is called {folded[tag.lower()]}; its case counts" for tag in missing if tag.lower() in folded
    ]
    new = [tag for tag in missing if tag.lower() not in folded]
    if create:
        return wrong, new
    return [*wrong, *(f"there is no tag {tag}; make it, or set create_tags" for tag in new)], []
