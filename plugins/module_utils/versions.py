"""Product and version of a server, and questions about them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

REDIS = "redis"
VALKEY = "valkey"

_BANNER = re.compile(r"\b(Redis|Valkey) server v=(\d+)\.(\d+)\.(\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class ServerVersion:
    """Who serves: ``product`` is ``redis`` or ``valkey``, ``number`` its (major, minor, patch)."""

    product: str
    number: tuple[int, int, int]

    def __str__(self) -> str:
        return f"{self.product} {'.'.join(map(str, self.number))}"

    def since(self, redis: tuple[int, ...], valkey: tuple[int, ...] = (7, 2)) -> bool:
        """Tell whether this server is at least ``redis`` (or, being a Valkey, at least ``valkey``)."""
        return self.number >= (valkey if self.product == VALKEY else redis)


def parse_number(text: str) -> tuple[int, int, int]:
    """Read ``7.0.15`` (or ``8.0.240-rc1``) into three integers."""
    found = re.match(r"(\d+)\.(\d+)(?:\.(\d+))?", text)
    if not found:
        raise InputError(f"cannot read the version number {text!r}", where="server version")
    return int(found.group(1)), int(found.group(2)), int(found.group(3) or 0)


def from_info(info: Mapping[str, str]) -> ServerVersion:
    """Read the version from ``INFO server``; Valkey answers a ``redis_version`` too, so it is asked first."""
    if info.get("server_name") == VALKEY or "valkey_version" in info:
        return ServerVersion(VALKEY, parse_number(info.get("valkey_version", "")))
    return ServerVersion(REDIS, parse_number(info.get("redis_version", "")))


def from_banner(text: str) -> ServerVersion:
    """Read the version from what ``redis-server --version`` prints."""
    found = _BANNER.search(text)
    if not found:
        raise InputError(f"cannot read a server version from {text.strip()!r}", where="redis-server --version")
    product, *number = found.groups()
    return ServerVersion(product.lower(), (int(number[0]), int(number[1]), int(number[2])))
