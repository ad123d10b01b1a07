"""Trying whether ports can be reached: a connection is opened and closed, and nothing is sent."""

from __future__ import annotations

import errno
import socket
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from ..errors import HostError, InputError
from ..firewall.reach import OPEN, REFUSED, TIMEOUT, UNREACHABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_AT_ONCE = 64
MAX_PORT = 65535
# A packet that a rule of our own host drops is EPERM. Whatever else goes wrong says nothing about the way.
_NO_WAY = {
    errno.EHOSTUNREACH,
    errno.ENETUNREACH,
    errno.EHOSTDOWN,
    errno.ENETDOWN,
    errno.EADDRNOTAVAIL,
    errno.EAFNOSUPPORT,
    errno.EPERM,
    errno.EACCES,
}


def reach(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the result of redis_reach; see its RETURN.

    :raises InputError: a target is none, or the timeout is no time.
    :raises HostError: this host could not try.
    """
    if params["timeout"] <= 0:
        raise InputError("must be more than 0", where="timeout")
    targets = list(dict.fromkeys((_address(one["address"]), _port(one["port"])) for one in params["targets"]))
    with ThreadPoolExecutor(MOST_AT_ONCE) as pool:
        outcomes = list(pool.map(lambda target: _try(*target, timeout=params["timeout"]), targets))
    return {"changed": False, "outcomes": outcomes}


def _address(word: str) -> str:
    try:
        return str(ip_address(word))
    except ValueError:
        raise InputError(f"{word!r} is no address", where="targets", hint="Names are not looked up") from None


def _port(number: int) -> int:
    if not 0 < number <= MAX_PORT:
        raise InputError(f"{number} is no port", where="targets", hint=f"Ports are 1 to {MAX_PORT}")
    return number


def _try(address: str, port: int, *, timeout: float) -> dict[str, Any]:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    outcome, source = UNREACHABLE, ""
    try:
        with socket.socket(family, socket.SOCK_STREAM) as link:
            link.settimeout(timeout)
            outcome = _connect(link, address, port)
            source = _source(link)
    except OSError as error:
        if error.errno not in _NO_WAY:
            raise HostError(f"cannot try: {error.strerror}", where=f"{address} port {port}") from error
    return {"address": address, "port": port, "outcome": outcome, "source": source}


def _connect(link: socket.socket, address: str, port: int) -> str:
    try:
        link.connect((address, port))
    except (socket.timeout, TimeoutError):  # Two classes until Python 3.10.
        return TIMEOUT
    except ConnectionRefusedError:
        return REFUSED
    except OSError as error:
        if error.errno not in _NO_WAY:
            raise
        return UNREACHABLE
    return OPEN


def _source(link: socket.socket) -> str:
    """Return the address that a socket was given; empty if there was no way to the other end."""
    found = ip_address(str(link.getsockname()[0]).partition("%")[0])
    return "" if found.is_unspecified else str(found)
