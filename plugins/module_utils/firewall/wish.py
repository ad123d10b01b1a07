"""The wishes for a host's firewall, checked: what would lock somebody out or leave something open is refused here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, collapse_addresses, ip_address, ip_network
from typing import TYPE_CHECKING, Any, NamedTuple, Union

from ..errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Network = Union[IPv4Network, IPv6Network]
Networks = tuple[Network, ...]

HOST = "host"
PORTS = "ports"

# What has ports of its own; "ssh" is the administrators' way in.
SERVICES = ("redis", "sentinel", "bus", "exporter", "ssh")
_PRIVATE = tuple(
    map(ip_network, ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16"))
) + tuple(map(ip_network, ("::1/128", "fc00::/7", "fe80::/10")))
_MAX_PORT = 65535
_MAX_LOGGED = 600
_INTERFACE = re.compile(r"[A-Za-z0-9_.:@-]{1,15}")
_ACCOUNT = re.compile(r"[a-z_][a-z0-9_.-]{0,31}|[0-9]{1,10}")


class Opening(NamedTuple):
    """One further port of the host, and from where it is open."""

    port: int
    protocol: str
    sources: Networks


class Session(NamedTuple):
    """The connection by which we came in: the other end's address, and the port at ours."""

    address: str
    port: int


@dataclass(frozen=True)
class Wish:
    """The firewall as it shall be; networks are collapsed, so none overlaps another of the same option."""

    scope: str
    clients: Networks
    peers: Networks
    monitors: Networks
    bastions: Networks
    addresses: Networks
    vpc: Networks
    egress: Networks
    interfaces: tuple[str, ...]
    ports: Mapping[str, tuple[int, ...]]
    sentinel_proved: bool
    user: str
    dns: bool
    log_per_minute: int
    others: tuple[Opening, ...]


def parse(params: Mapping[str, Any]) -> Wish:
    """Check the options of redis_firewall.

    :raises InputError: says which option and what to do instead.
    """
    wish = Wish(
        scope=params["scope"],
        **{name: networks(params[name], name) for name in ("clients", "peers", "monitors", "bastions")},
        **{name: networks(params[name], name) for name in ("addresses", "vpc", "egress")},
        interfaces=tuple(_name(_INTERFACE, name, "interfaces") for name in dict.fromkeys(params["interfaces"])),
        ports=_ports(params),
        sentinel_proved=params["sentinel_proved"],
        user=_name(_ACCOUNT, params["user"], "user") if params["user"] else "",
        dns=params["dns"],
        log_per_minute=params["log_per_minute"],
        others=tuple(_opening(one, index) for index, one in enumerate(params["others"])),
    )
    _refuse_open(wish, allow_public=params["allow_public"])
    _refuse_useless(wish, params)
    return wish


def networks(words: Iterable[str], where: str) -> Networks:
    """Return addresses and networks of both families as networks that do not overlap, IPv4 first.

    :raises InputError: with the word.
    """
    found = [_network(word, where) for word in words]
    four = collapse_addresses(one for one in found if isinstance(one, IPv4Network))
    six = collapse_addresses(one for one in found if isinstance(one, IPv6Network))
    return (*four, *six)


def let_in(wish: Wish, session: Session) -> bool:
    """Tell whether a new connection like this one would be accepted."""
    address, port = ip_address(session.address.partition("%")[0]), session.port
    address = getattr(address, "ipv4_mapped", None) or address
    if address.is_loopback or (wish.scope == PORTS and port not in guarded(wish)):
        return True
    ways = [(wish.bastions, wish.ports["ssh"])]
    ways += [(one.sources, (one.port,)) for one in wish.others if one.protocol == "tcp"]
    return any(port in ports and _is_inside(address, sources) for sources, ports in ways)


def refuse_lockout(wish: Wish, session: Session | None) -> None:
    """Refuse rules that would not let us come back the way we came.

    :raises InputError: with the address that is missing.
    """
    if session is not None and not let_in(wish, session):
        raise InputError(
            f"this session came from {session.address} to port {session.port}, and would be locked out",
            where="bastions",
            hint="Add that address to the bastions, and its port to ssh_ports",
        )


def strangers(wish: Wish, connected: Iterable[tuple[str, int]]) -> list[str]:
    """Return those of (address of the other end, own port) that a guarded port would no longer let in."""
    known_by = {service: [one for who in names for one in getattr(wish, who)] for service, names in ways(wish).items()}
    found = set()
    for address, port in connected:
        service = next((one for one in SERVICES[:-1] if port in wish.ports[one]), None)
        known = ip_address(address)
        known = getattr(known, "ipv4_mapped", None) or known
        if service and not known.is_loopback and not _is_inside(known, known_by[service]):
            found.add(f"{known} (port {port})")
    return sorted(found)


def ways(wish: Wish) -> dict[str, tuple[str, ...]]:
    """Return for each service the options that name who may connect to it."""
    users = ("clients", "peers")
    return {
        "redis": users,
        "sentinel": users if wish.sentinel_proved else (),
        "bus": ("peers",),
        "exporter": ("monitors",),
        "ssh": ("bastions",),
    }


def guarded(wish: Wish) -> set[int]:
    """Return the ports of the servers, those of ssh not among them."""
    return {port for service in SERVICES[:-1] for port in wish.ports[service]}


def _is_inside(address: IPv4Address | IPv6Address, sources: Iterable[Network]) -> bool:
    return any(address in network for network in sources)


def _network(word: str, where: str) -> Network:
    try:
        found = ip_network(word)
    except ValueError:
        raise _no_network(word, where) from None
    mapped = getattr(found.network_address, "ipv4_mapped", None)
    if mapped is not None:
        raise InputError(f"{word} is an IPv4 address written as IPv6", where=where, hint=f"Write {mapped}")
    if "%" in word:
        raise InputError(f"{word} names an interface", where=where, hint="Give the address alone")
    return found


def _no_network(word: str, where: str) -> InputError:
    try:
        network = ip_network(word, strict=False)
    except ValueError:
        return InputError(
            f"{word!r} is neither an address nor a network",
            where=where,
            hint="Names are not looked up: a firewall must not depend on DNS. Write it as in 10.0.0.5 or 10.0.0.0/24",
        )
    host = word.partition("/")[0]
    return InputError(
        f"{word} has host bits set", where=where, hint=f"Write {network} for the network, or {host} for the one host"
    )


def _ports(params: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    ports = {
        service: tuple(sorted({_port(one, f"{service}_ports") for one in params[f"{service}_ports"]}))
        for service in SERVICES
    }
    owners: dict[int, str] = {}
    for service, numbers in ports.items():
        for number in numbers:
            other = owners.setdefault(number, service)
            if other != service:
                raise InputError(f"{number} is a port of {other} too", where=f"{service}_ports")
    if not ports["redis"]:
        raise InputError("is empty, so there is nothing to guard", where="redis_ports")
    return ports


def _port(number: int, where: str) -> int:
    if not 0 < number <= _MAX_PORT:
        raise InputError(f"{number} is no port", where=where, hint=f"Ports are 1 to {_MAX_PORT}")
    return number


def _name(pattern: re.Pattern[str], word: str, where: str) -> str:
    if not pattern.fullmatch(word) or word == "lo":
        raise InputError(f"{word!r} is no name for this", where=where)
    return word


def _opening(one: Mapping[str, Any], index: int) -> Opening:
    where = f"others[{index}]"
    sources = networks(one["sources"], f"{where}.sources")
    if not sources:
        raise InputError("is empty, so it opens nothing", where=f"{where}.sources")
    return Opening(_port(one["port"], f"{where}.port"), one["protocol"], sources)


def _refuse_open(wish: Wish, *, allow_public: bool) -> None:
    for name in ("addresses", "clients", "peers", "monitors"):
        sources: Networks = getattr(wish, name)
        if any(one.prefixlen == 0 for one in sources):
            raise InputError("the whole world is no list of hosts", where=name, hint="Name the hosts that connect")
        public = [str(one) for one in sources if not _is_private(one)]
        if public and not allow_public:
            raise InputError(
                f"{_listed(public)} is public",
                where=name,
                hint="Use the private addresses, or say allow_public=true if it really comes over the internet",
            )
    inside = [str(one.port) for one in wish.others if one.protocol == "tcp" and one.port in guarded(wish)]
    if inside:
        raise InputError(
            f"port {_listed(inside)} is guarded", where="others", hint="Let its users in as clients, peers or monitors"
        )


def _refuse_useless(wish: Wish, params: Mapping[str, Any]) -> None:
    if not wish.clients and not params["allow_no_clients"]:
        raise InputError(
            "is empty, so nobody could connect",
            where="clients",
            hint="Name the clients' addresses, or say allow_no_clients=true",
        )
    if wish.scope == HOST:
        _require_bastions(wish, params)
    if wish.vpc and not wish.interfaces:
        raise InputError(
            "is empty, so nothing tells a forged address of the VPC from a true one",
            where="interfaces",
            hint="Name the interfaces that are in the VPC, such as eth1, or leave vpc empty",
        )
    if not 0 <= wish.log_per_minute <= _MAX_LOGGED:
        raise InputError(f"must be 0 (nothing is logged) to {_MAX_LOGGED}", where="log_per_minute")


def _require_bastions(wish: Wish, params: Mapping[str, Any]) -> None:
    """Refuse a firewall through which no administrator comes.

    :raises InputError: there are no bastions, or no port for them.
    """
    if not params["allow_no_bastions"] and not (wish.bastions and wish.ports["ssh"]):
        where = "ssh_ports" if wish.bastions else "bastions"
        raise InputError(
            "is empty, so nobody could log in to the host by ssh",
            where=where,
            hint="Name the addresses from which it is administered, or say allow_no_bastions=true",
        )


def _is_private(network: Network) -> bool:
    return any(network.version == one.version and network.subnet_of(one) for one in _PRIVATE)  # type: ignore[arg-type]


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words)
