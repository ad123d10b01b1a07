"""What nft says: rules compared by what they mean, counters, errors, and who else has rules here."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    Rows = Sequence[Mapping[str, Any]]

# What the kernel numbers and counts says nothing about what was asked for.
_NOT_MEANT = frozenset({"handle", "packets", "bytes"})
_PLACE = re.compile(r":(\d+):\d+(?:-\d+)?: Error: (.+)")
_ERROR = re.compile(r"(?:Error|netlink: Error): (.+)")
# The kernel's answers when it, or the container's host, has no nf_tables.
_NO_KERNEL = ("Protocol not supported", "Operation not supported", "Unable to initialize Netlink socket")
_KERNEL_HINT = "This kernel has no nf_tables, or does not let this host use it: look at modprobe nf_tables"
_FILE_HINT = "Nothing was changed"


def meaning(rows: Rows) -> list[Any]:
    """Return the rows without handles and counts, sets in one order: equal for tables that do the same."""
    kept = [_plain(row) for row in rows if "metainfo" not in row]
    # Chains and sets by name; rules stay in their order, which is part of what they mean.
    named = sorted((row for row in kept if "rule" not in row), key=_key)
    return named + sorted((row for row in kept if "rule" in row), key=lambda row: str(row["rule"]["chain"]))


def counts(rows: Rows) -> dict[str, tuple[int, int]]:
    """Return packets and bytes of the named counters."""
    found = (row["counter"] for row in rows if "counter" in row)
    return {one["name"]: (one["packets"], one["bytes"]) for one in found}


def complaint(said: str, text: str) -> tuple[str, str]:
    """Return what nft complained about, with the line of the text, and what to do next."""
    if any(word in said for word in _NO_KERNEL):
        return said.strip().splitlines()[0], _KERNEL_HINT
    place = _PLACE.search(said)
    if place:
        number, what = int(place.group(1)), place.group(2)
        lines = text.splitlines()
        line = lines[number - 1].strip() if number <= len(lines) else ""
        return f"nft refuses line {number} ({line}): {what}", _FILE_HINT
    found = _ERROR.search(said)
    return f"nft refuses the rules: {found.group(1) if found else said.strip()}", _FILE_HINT


def managers(rows: Rows, ufw_conf: str) -> list[str]:
    """Return the other managers of a firewall that are active here, by their chains or their own word.

    :param rows: all rules of the host.
    :param ufw_conf: text of /etc/ufw/ufw.conf; empty where there is none.
    """
    tables = {row["table"]["name"] for row in rows if "table" in row}
    chains = {row["chain"]["name"] for row in rows if "chain" in row}
    found = {
        "ufw": re.search(r"^ENABLED=yes\b", ufw_conf, re.MULTILINE) is not None or "ufw-user-input" in chains,
        "firewalld": "firewalld" in tables,
    }
    return [name for name, active in found.items() if active]


def others(rows: Rows, tables: Iterable[str]) -> list[Mapping[str, Any]]:
    """Return the rows that are in none of our tables."""
    ours = set(tables)
    return [row for row in rows if not any(ours & {one.get("table"), one.get("name")} for one in row.values())]


def _plain(value: Any) -> Any:  # noqa: ANN401 - nft's JSON
    if isinstance(value, dict):
        plain = {key: _plain(one) for key, one in value.items() if key not in _NOT_MEANT}
        for key in ("elem", "set"):
            if isinstance(plain.get(key), list):
                plain[key] = sorted(plain[key], key=_key)
        return plain
    return [_plain(one) for one in value] if isinstance(value, list) else value


def _key(value: Any) -> str:  # noqa: ANN401 - nft's JSON
    return json.dumps(value, sort_keys=True)
