"""A wish as nftables' text: one table of our own, replaced as a whole or not at all, and nothing else touched.

Ports, protocols and ICMP types stand as numbers or as nft's own words: a small host has no /etc/protocols or
/etc/services.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .wish import HOST, ways

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from .wish import Network, Networks, Wish

    # Packets and bytes by name of the counter.
    Counts = Mapping[str, tuple[int, int]]

FIREWALL = "rampart"
QUARANTINE = "rampart_quarantine"

# Always all of them, so that what is asked for by a monitor is there.
COUNTERS = (
    *("clients", "peers", "monitors", "bastions", "others"),
    *("redis_refused", "sentinel_refused", "bus_refused", "exporter_refused", "other_refused"),
    *("spoofed", "invalid", "egress", "egress_refused"),
)
QUARANTINE_COUNTERS = ("bastions", "cut_in", "cut_out", "cut_forward")

_FAMILIES = ((4, "ip"), (6, "ip6"))
# Behind connection tracking (-200), before the chains of others (0). A drop ends it for all, whatever the order.
_PRIORITY = -5
# Before connection tracking, so that connections that were accepted once are cut too.
_QUARANTINE_PRIORITY = -300
_SETS = ("clients", "peers", "monitors", "bastions", "addresses", "vpc", "egress")
# Unreachable, time exceeded, parameter problem, echo: without the first, large packets vanish.
_ICMP = "icmp type { 3, 8, 11, 12 } accept"
_ICMP6 = "icmpv6 type { 1, 2, 3, 4, 128 } accept"
# IPv6 finds its neighbours and routers by these; from farther than the next host they are forged.
_NEIGHBOURS = "icmpv6 type { 133, 134, 135, 136 } ip6 hoplimit 255 accept"
_MULTICAST = "ip6 saddr fe80::/10 icmpv6 type { 130, 131, 132, 143 } accept"
_DHCP6 = "ip6 saddr fe80::/10 udp sport 547 udp dport 546 accept"
# A packet that opens a TCP connection; all others belong to one.
_NOT_OPENING = "tcp flags & (syn | ack) != syn"


def ruleset(wish: Wish, counts: Counts | None = None) -> str:
    """Return the text that puts the firewall in place; ``counts``: where its counters go on from."""
    parts = [
        _counters(COUNTERS, counts or {}),
        *(_set(f"{name}{version}", getattr(wish, name), version) for name in _SETS for version, _ip in _FAMILIES),
        _chain("refused", None, [*_log("refused", wish), "drop"]),
        _chain("control", None, (_ICMP, _ICMP6, _NEIGHBOURS, _MULTICAST)),
        _chain("input", ("input", _PRIORITY, "drop" if wish.scope == HOST else "accept"), _input(wish)),
    ]
    if wish.user:
        parts += [
            _chain("service_out", None, _egress(wish)),
            # Packets that belong to no account, such as the kernel's own resets, match neither "is" nor "is not".
            _chain("output", ("output", _PRIORITY, "accept"), [f'meta skuid "{wish.user}" jump service_out']),
        ]
    return _replaced(FIREWALL, parts)


def quarantine(wish: Wish, counts: Counts | None = None) -> str:
    """Return the text that cuts everything but the administrators' ssh, connections that are there included."""
    ssh = _numbers(wish.ports["ssh"])
    into = [
        f'{ip} saddr @bastions{version} tcp dport {ssh} counter name "bastions" accept' for version, ip in _FAMILIES
    ]
    out = [f"{ip} daddr @bastions{version} tcp sport {ssh} accept" for version, ip in _FAMILIES]
    if not wish.ports["ssh"]:
        into, out = [], []

    def chain(hook: str, rules: Sequence[str], counter: str) -> str:
        return _chain(hook, (hook, _QUARANTINE_PRIORITY, "drop"), [*rules, f'counter name "{counter}"'])

    parts = [
        _counters(QUARANTINE_COUNTERS, counts or {}),
        *(_set(f"bastions{version}", wish.bastions, version) for version, _ip in _FAMILIES),
        chain("input", ['iifname "lo" accept', _NEIGHBOURS, *into], "cut_in"),
        chain("forward", [], "cut_forward"),
        chain("output", ['oifname "lo" accept', _NEIGHBOURS, *out], "cut_out"),
    ]
    return _replaced(QUARANTINE, parts)


def removed(table: str) -> str:
    """Return the text after which there is no such table, whether there was one or not."""
    return f"table inet {table}\ndelete table inet {table}\n"


def put_back(table: str, listed: str) -> str:
    """Return the text that brings back what ``nft list table`` said; empty: there was no such table."""
    return removed(table) + listed


def _replaced(table: str, parts: Iterable[str]) -> str:
    # Declared first, so that deleting never fails; nft loads a file as one transaction.
    return removed(table) + f"table inet {table} {{\n" + "\n".join(parts) + "}\n"


def _input(wish: Wish) -> Iterator[str]:
    yield 'iifname "lo" accept'
    yield from _spoofed(wish)
    yield "ct state established,related accept"
    if wish.scope == HOST:
        yield 'ct state invalid counter name "invalid" drop'
        yield "meta l4proto { 1, 58 } jump control"
        yield _DHCP6
        yield from _allow("bastions", wish.ports["ssh"])
        for one in wish.others:
            yield from _other(one.protocol, one.port, one.sources)
    yield from _servers(wish)
    if wish.scope == HOST:
        yield 'counter name "other_refused"'


def _servers(wish: Wish) -> Iterator[str]:
    """Yield who may connect to what, and what everybody else meets."""
    known_by = ways(wish)
    for name in ("clients", "peers", "monitors"):
        ports = [port for service, names in known_by.items() if name in names for port in wish.ports[service]]
        for version, ip in _FAMILIES:
            if wish.addresses and not any(one.version == version for one in wish.addresses):
                continue
            here = f"{ip} daddr @addresses{version} " if wish.addresses else ""
            yield from _allow(name, ports, version, here)
    for service in ("redis", "sentinel", "bus", "exporter"):
        if wish.ports[service]:
            yield f'tcp dport {_numbers(wish.ports[service])} counter name "{service}_refused" goto refused'


def _allow(name: str, ports: Sequence[int], only: int = 0, here: str = "") -> Iterator[str]:
    """Yield the rules that let those of a set in; ``only``: the version of one family, 0 for both."""
    for version, ip in _FAMILIES:
        if ports and only in (0, version):
            yield f'{here}{ip} saddr @{name}{version} tcp dport {_numbers(ports)} counter name "{name}" accept'


def _other(protocol: str, port: int, sources: Networks) -> Iterator[str]:
    for version, ip in _FAMILIES:
        mine = [str(one) for one in sources if one.version == version]
        if mine:
            yield f'{ip} saddr {{ {", ".join(mine)} }} {protocol} dport {port} counter name "others" accept'


def _spoofed(wish: Wish) -> Iterator[str]:
    """Yield what drops an address of the VPC that comes in where the VPC is not."""
    inside = ", ".join(f'"{name}"' for name in wish.interfaces)
    for version, ip in _FAMILIES:
        if any(one.version == version for one in wish.vpc):
            yield f'iifname != {{ {inside} }} {ip} saddr @vpc{version} counter name "spoofed" drop'


def _egress(wish: Wish) -> Iterator[str]:
    """Yield where the service account may connect to; what is under way goes on."""
    yield 'oifname "lo" accept'
    yield f"{_NOT_OPENING} accept"
    yield "ct state established,related accept"
    known = (*wish.ports["redis"], *wish.ports["sentinel"], *wish.ports["bus"])
    for version, ip in _FAMILIES:
        yield f'{ip} daddr @peers{version} tcp dport {_numbers(known)} counter name "egress" accept'
        yield f'{ip} daddr @egress{version} tcp dport 1-65535 counter name "egress" accept'
    if wish.dns:
        yield 'udp dport 53 counter name "egress" accept'
        yield 'tcp dport 53 counter name "egress" accept'
    yield 'counter name "egress_refused"'
    yield from _log("egress refused", wish)
    yield "drop"


def _log(words: str, wish: Wish) -> list[str]:
    if not wish.log_per_minute:
        return []
    return [f'limit rate {wish.log_per_minute}/minute burst 5 packets log prefix "rampart: {words} " level info']


def _numbers(ports: Iterable[int]) -> str:
    unique = sorted(set(ports))
    return str(unique[0]) if len(unique) == 1 else f"{{ {', '.join(map(str, unique))} }}"


def _counters(names: Iterable[str], counts: Counts) -> str:
    rows = ((name, *counts.get(name, (0, 0))) for name in names)
    return "".join(f"\tcounter {name} {{ packets {packets} bytes {size} }}\n" for name, packets, size in rows)


def _set(name: str, members: Networks, version: int) -> str:
    mine = ", ".join(_member(one) for one in members if one.version == version)
    elements = f"\t\telements = {{ {mine} }}\n" if mine else ""
    return f"\tset {name} {{\n\t\ttype ipv{version}_addr\n\t\tflags interval\n{elements}\t}}\n"


def _member(network: Network) -> str:
    return str(network if network.num_addresses > 1 else network.network_address)


def _chain(name: str, base: tuple[str, int, str] | None, rules: Iterable[str]) -> str:
    head = ""
    if base:
        hook, priority, policy = base
        head = f"\t\ttype filter hook {hook} priority {priority}; policy {policy};\n"
    return f"\tchain {name} {{\n{head}" + "".join(f"\t\t{rule}\n" for rule in rules) + "\t}\n"
