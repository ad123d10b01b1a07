"""Names in certificates: DNS names (wildcard, IDN) and addresses, as text and back."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

DNS = "DNS"
IP = "IP"

# Underscores are no host names by the letter of the RFC, but inventories and container networks are full of them.
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_PREFIX = re.compile(r"([A-Za-z ]+):(.*)")
_LONGEST_NAME = 253
_SHORTEST_WILDCARD = 3


@dataclass(frozen=True, order=True)
class AltName:
    """One subject alternative name: ``kind`` is ``DNS`` or ``IP``, ``value`` is lower case ASCII."""

    kind: str
    value: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"


def parse_alt_names(texts: Iterable[str], where: str) -> tuple[AltName, ...]:
    """Read names in the order given, each once.

    :param where: what the names belong to, for the error.
    :raises InputError: a text is neither a DNS name nor an address.
    """
    return tuple(dict.fromkeys(parse_alt_name(text, where) for text in texts))


def parse_alt_name(text: str, where: str) -> AltName:
    """Read ``DNS:name``, ``IP:address``, or either without its prefix."""
    if not text or any(character.isspace() for character in text):
        raise InputError(f"the subject alternative name {text!r} is empty or has a blank in it", where=where)
    bare = _address(text)
    if bare:
        return bare
    prefix, value = _split(text)
    if prefix == IP:
        return _required_address(value, where)
    if prefix not in ("", DNS):
        raise InputError(
            f"the subject alternative name {text!r} is of an unknown kind", where=where, hint="Known are DNS: and IP:"
        )
    return AltName(DNS, _dns_name(value, where))


def _split(text: str) -> tuple[str, str]:
    found = _PREFIX.fullmatch(text)
    return (found.group(1).upper(), found.group(2)) if found else ("", text)


def _address(text: str) -> AltName | None:
    try:
        return AltName(IP, str(ipaddress.ip_address(text)))
    except ValueError:
        return None


def _required_address(text: str, where: str) -> AltName:
    found = _address(text)
    if not found:
        raise InputError(f"{text!r} is not an IP address", where=where)
    return found


def _dns_name(text: str, where: str) -> str:
    try:
        name = text.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise InputError(f"{text!r} is not a DNS name: {error}", where=where) from error
    labels = name.split(".")
    wildcard = labels[0] == "*"
    plain = labels[1:] if wildcard else labels
    if len(name) > _LONGEST_NAME or not all(_LABEL.fullmatch(label) for label in plain):
        raise InputError(f"{text!r} is not a DNS name", where=where)
    if wildcard and len(labels) < _SHORTEST_WILDCARD:
        raise InputError(f"the wildcard {text!r} is too wide, clients refuse it", where=where)
    if plain[-1].isdigit():
        raise InputError(f"{text!r} is neither a DNS name nor an IP address", where=where)
    return name
