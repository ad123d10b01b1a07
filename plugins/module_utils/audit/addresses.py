"""Questions about addresses, without touching the network."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

from ..errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from ipaddress import IPv4Address, IPv6Address

# What may listen when nothing else is declared: loopback, private and unique local networks.
PRIVATE_CIDRS = ("127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fe80::/10")

_ANY = frozenset({"*", "::*", "0.0.0.0", "::"})  # noqa: S104 - recognised here, not bound to


def bind_words(config: Mapping[str, str]) -> list[str]:
    """Return the addresses of ``bind``, without the dash that means "ignore if absent"; none means everywhere."""
    return [word.removeprefix("-") for word in config.get("bind", "").split()] or ["*"]


def is_wildcard(address: str) -> bool:
    """Tell whether a bind word or socket address means every interface."""
    return address in _ANY


def is_loopback(address: str) -> bool:
    """Tell whether only this host itself can reach the address; a host name is not known to be loopback."""
    if address == "localhost":
        return True
    try:
        return _plain(address).is_loopback
    except ValueError:
        return False


def is_inside(address: str, cidrs: Iterable[str]) -> bool:
    """Tell whether an address lies in one of the networks; wildcards and host names lie in none."""
    try:
        found = _plain(address)
    except ValueError:
        return False
    return not found.is_unspecified and any(found in ip_network(cidr, strict=False) for cidr in cidrs)


def require_cidrs(words: Iterable[str], where: str) -> None:
    """Refuse what is not a network.

    :raises InputError: with the word.
    """
    wrong = next((word for word in words if not _is_network(word)), None)
    if wrong is not None:
        raise InputError(f"{wrong!r} is not a network", where=where, hint="Write it as in 10.0.0.0/8")


def port(config: Mapping[str, str], name: str) -> int:
    """Return a port directive as a number; 0 when the server lacks or disables it."""
    value = config.get(name, "0")
    return int(value) if value.isdigit() else 0


def _is_network(word: str) -> bool:
    try:
        ip_network(word, strict=False)
    except ValueError:
        return False
    return True


def _plain(address: str) -> IPv4Address | IPv6Address:
    found = ip_address(address.partition("%")[0])
    mapped: IPv4Address | None = getattr(found, "ipv4_mapped", None)
    return mapped or found
