"""Who should reach which port, by the wishes for the firewalls, compared with what came of trying."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import InputError
from .wish import HOST, SERVICES, parse, ways

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .wish import Network, Networks, Wish

# What may come of trying to connect. "Refused" is a server's answer that nobody listens, so the packet got through.
OPEN, REFUSED, TIMEOUT, UNREACHABLE = OUTCOMES = ("open", "refused", "timeout", "unreachable")
GOT_THROUGH = (OPEN, REFUSED)
_BOOLEANS = ("sentinel_proved", "dns", "allow_public", "allow_no_clients", "allow_no_bastions")
# What Ansible takes for true.
_TRUE = {"true", "yes", "on", "y", "t", "1", "1.0"}
# As Ansible calls it.
CONTROLLER = "localhost"


class Door(NamedTuple):
    """A port of a server, and whom its firewall lets in there: names of options with their networks."""

    server: str
    address: str
    port: int
    service: str
    users: tuple[tuple[str, Networks], ...]


class Outcome(NamedTuple):
    """What came of one try, and the address from which it was made; empty when there was none."""

    what: str
    source: str


@dataclass(frozen=True)
class Attempt:
    """What one host tried: its name, its address by the inventory if known, and outcomes by address and port."""

    host: str
    address: str
    outcomes: Mapping[tuple[str, int], Outcome]

    @property
    def called(self) -> str:
        """The host's name for readers."""
        return "the controller" if self.host == CONTROLLER else self.host


def doors(described: Mapping[str, Any]) -> list[Door]:
    """Return the doors of a server: ``server``, ``address`` and the ``options`` of redis_firewall.

    :raises InputError: an option is wrong, or the address is none to connect to.
    """
    server, address = str(described["server"]), str(described["address"])
    try:
        place = str(ip_address(address))
    except ValueError:
        raise InputError(
            f"{address} is no address to connect to", where=server, hint="Set redis_firewall_address for it"
        ) from None
    try:
        wish = parse(_typed(described["options"]))
    except InputError as error:
        raise InputError(str(error), where=server) from None
    # Ports that the firewall does not judge are left alone: with the scope "ports", ssh and all others.
    judged = SERVICES if wish.scope == HOST else tuple(name for name in SERVICES if name != "ssh")
    found = [
        Door(server, place, port, service, _users(wish, service, place))
        for service in judged
        for port in wish.ports[service]
    ]
    if wish.scope == HOST:
        found += _further(server, place, wish)
    return found


def outcome(attempts: Iterable[Mapping[str, Any]], described: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what trying came to: the number of ``tried`` ports, ``deviations`` as sentences, and ``lines``.

    :raises InputError: see ``doors``.
    """
    known = [door for one in described for door in doors(one)]
    tried, deviations, lines = 0, [], []
    for raw in attempts:
        attempt = _attempt(raw)
        mine = [door for door in known if (door.address, door.port) in attempt.outcomes]
        tried += len(mine)
        deviations += [sentence for door in mine for sentence in _deviation(attempt, door)]
        deviations += [
            f"{attempt.called} did not try {_place(door)}, so nothing is known of it"
            for door in known
            if door not in mine
        ]
        lines.append(_line(attempt, mine))
    return {"tried": tried, "deviations": deviations, "lines": lines}


def _typed(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return options with the types and defaults that a module would have given them.

    :raises InputError: a port is no number.
    """
    return {
        **options,
        **{f"{name}_ports": [_number(one, f"{name}_ports") for one in options[f"{name}_ports"]] for name in SERVICES},
        "log_per_minute": _number(options["log_per_minute"], "log_per_minute"),
        "others": [
            {**one, "port": _number(one["port"], "others"), "protocol": one.get("protocol") or "tcp"}
            for one in options["others"]
        ],
        **{name: _is_true(options[name]) for name in _BOOLEANS},
    }


def _number(value: object, where: str) -> int:
    try:
        return int(str(value))
    except ValueError:
        raise InputError(f"{value!r} is no number", where=where) from None


def _is_true(value: object) -> bool:
    return str(value).lower() in _TRUE


def _users(wish: Wish, service: str, address: str) -> tuple[tuple[str, Networks], ...]:
    """Return who is let in; at an address at which the servers are not to be reached, nobody is."""
    here = ip_network(address)
    if service != "ssh" and wish.addresses and not _is_inside(here, wish.addresses):
        return ()
    return tuple((name, getattr(wish, name)) for name in ways(wish)[service])


def _further(server: str, address: str, wish: Wish) -> list[Door]:
    """Return the further ports that are open, those of one number together."""
    sources: dict[int, Networks] = {}
    for one in wish.others:
        if one.protocol == "tcp":
            sources[one.port] = (*sources.get(one.port, ()), *one.sources)
    return [
        Door(server, address, port, "other", ((", ".join(map(str, networks)), networks),))
        for port, networks in sorted(sources.items())
        if port not in wish.ports["ssh"]
    ]


def _attempt(raw: Mapping[str, Any]) -> Attempt:
    outcomes = {
        (str(ip_address(str(one["address"]))), int(one["port"])): Outcome(str(one["outcome"]), str(one["source"]))
        for one in raw["outcomes"]
    }
    return Attempt(str(raw["host"]), str(raw["address"]), outcomes)


def _came(attempt: Attempt, door: Door) -> Outcome:
    return attempt.outcomes[(door.address, door.port)]


def _judged_by(attempt: Attempt, door: Door) -> str:
    """Return the address a host is known by: the inventory's, as for the rules, or else the one it really has."""
    return attempt.address or _came(attempt, door).source


def _is_itself(attempt: Attempt, door: Door) -> bool:
    return attempt.host == door.server or door.address in (attempt.address, _came(attempt, door).source)


def _admitted_as(attempt: Attempt, door: Door) -> list[str]:
    """Return the names under which a host is let in; none if it is kept out."""
    if _is_itself(attempt, door):
        return ["the host itself"]
    address = _judged_by(attempt, door)
    return [name for name, sources in door.users if address and _is_inside(ip_network(address), sources)]


def _deviation(attempt: Attempt, door: Door) -> list[str]:
    """Return a sentence if what came of a try is not what should have."""
    came, names = _came(attempt, door), _admitted_as(attempt, door)
    if bool(names) == (came.what in GOT_THROUGH):
        return []
    if names:
        text = f"{attempt.called} does not reach {_place(door)}, which {_listed(names)} may ({came.what})"
    elif came.what == OPEN:
        text = f"{attempt.called} reaches {_place(door)}, which {_only(door)} may"
    else:
        text = f"{attempt.called} gets through to {_place(door)}, where nobody listens and which {_only(door)} may"
    if attempt.address and came.source and not _is_inside(ip_network(came.source), [ip_network(attempt.address)]):
        text += f"; it comes from {came.source}, by the inventory from {attempt.address}"
    return [text]


def _place(door: Door) -> str:
    return f"{door.server}:{door.port} ({door.service})"


def _only(door: Door) -> str:
    names = [name for name, sources in door.users if sources]
    return f"only {_listed(names)}" if names else "nobody"


def _listed(words: Sequence[str]) -> str:
    return " and ".join(words)


def _line(attempt: Attempt, mine: Sequence[Door]) -> str:
    """Return one line of the table: what a host reached, and how much it did not."""
    reached = [
        f"{_place(door)}{', nobody listens' if _came(attempt, door).what == REFUSED else ''}"
        for door in mine
        if _came(attempt, door).what in GOT_THROUGH
    ]
    address = f" ({attempt.address})" if attempt.address else ""
    words = "; ".join(reached) or "nothing"
    return f"{attempt.called}{address} reaches {words}. Not: {len(mine) - len(reached)} of {len(mine)}"


def _is_inside(network: Network, sources: Iterable[Network]) -> bool:
    return any(network.version == one.version and network.subnet_of(one) for one in sources)  # type: ignore[arg-type]
