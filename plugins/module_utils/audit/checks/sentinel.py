"""Sentinel: whoever commands it, commands every client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..check import CRITICAL, Family, Verdict, not_applicable
from .network import open_doors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SENTINEL = Family("SEN", "Sentinel")


@SENTINEL.check(
    1,
    "Sentinel answers without authentication",
    severity=CRITICAL,
    needs=("server", "doors"),
    fix="give Sentinel an ACL file with the default user off and its own users",
)
def open_sentinel(server: Mapping[str, Any], doors: Sequence[Mapping[str, Any]]) -> Verdict:
    """SENTINEL SET, MONITOR and FAILOVER point every client to a server of the caller's choice."""
    if server["mode"] != "sentinel":
        return not_applicable("this is not a Sentinel")
    return open_doors(doors)
