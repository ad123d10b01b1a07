"""What nftables' rules do to one packet, judged from ``nft --json list ruleset`` without sending any.

Rules of iptables-nft and ufw stand there too. A match that is not understood is never taken to hold: what it would
accept makes the answer ``UNSURE``, what it would drop counts as not dropped.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

OPEN = "open"
CLOSED = "closed"
UNSURE = "unsure"

# Addresses of documentation: nobody's friend, and in nobody's own network.
STRANGERS = ("203.0.113.77", "2001:db8::77")
_ACCEPT, _DROP, _ON, _BACK = "accept", "drop", "", "return"
_DEPTH = 16


@dataclass(frozen=True)
class Packet:
    """The first packet of a TCP connection to ``port``, over another interface than the loopback.

    ``address`` is the other side's. With ``hook`` "output" it is a packet that the account ``uid`` sends.
    """

    address: str
    port: int
    hook: str = "input"
    uid: int | None = None

    @property
    def family(self) -> str:
        """``ip`` or ``ip6``."""
        return "ip6" if ":" in self.address else "ip"

    @property
    def values(self) -> dict[tuple[str, str], str | None]:
        """What rules may ask of it: protocol or kind, field, and the value; None: that is not known."""
        side, way = ("daddr", "o") if self.hook == "output" else ("saddr", "i")
        other = {"ip": "ip6", "ip6": "ip"}[self.family]
        return {
            ("tcp", "dport"): str(self.port),
            ("th", "dport"): str(self.port),
            ("udp", "dport"): "-",
            (self.family, side): self.address,
            # A match of the other family's addresses never holds.
            (other, side): "-",
            ("ip", "protocol"): "tcp",
            ("meta", "l4proto"): "tcp",
            ("meta", "nfproto"): {"ip": "ipv4", "ip6": "ipv6"}[self.family],
            ("meta", "skuid"): None if self.uid is None else str(self.uid),
            ("ct", "state"): "new",
            ("meta", f"{way}if"): "(another interface)",
            ("meta", f"{way}ifname"): "(another interface)",
        }


@dataclass
class Ruleset:
    """The rules by chain, the base chains of hook ``input`` and ``output``, and the sets, each by its address."""

    rules: dict[tuple[str, ...], list[Sequence[Any]]] = field(default_factory=dict)
    base: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    sets: dict[tuple[str, ...], Sequence[Any]] = field(default_factory=dict)

    @classmethod
    def read(cls, rows: Iterable[Mapping[str, Any]]) -> Ruleset:
        """Sort the rows of nft's answer."""
        found = cls()
        for row in rows:
            if "chain" in row and "hook" in row["chain"]:
                found.base.setdefault(row["chain"]["hook"], []).append(row["chain"])
            elif "rule" in row:
                found.rules.setdefault(_address(row["rule"], "chain"), []).append(row["rule"].get("expr", ()))
            elif "set" in row:
                found.sets[_address(row["set"], "name")] = row["set"].get("elem", ())
        return found


def reach(rows: Sequence[Mapping[str, Any]], packet: Packet) -> str:
    """Say whether a packet gets through: it must pass every base chain of its family and hook."""
    ruleset = Ruleset.read(rows)
    fates = [
        _Walk(ruleset, chain, packet).fate()
        for chain in ruleset.base.get(packet.hook, ())
        if chain["family"] in ("inet", packet.family)
    ]
    if CLOSED in fates:
        return CLOSED
    return UNSURE if UNSURE in fates else OPEN


def _address(row: Mapping[str, Any], name: str) -> tuple[str, ...]:
    return row["family"], row["table"], row[name]


class _Walk:
    """The way of a packet through one base chain."""

    def __init__(self, ruleset: Ruleset, chain: Mapping[str, Any], packet: Packet) -> None:
        self._ruleset, self._chain, self._packet = ruleset, chain, packet
        self._unsure = False

    def fate(self) -> str:
        said = self._through(self._chain["name"], _DEPTH)
        if said in (_ON, _BACK):
            said = self._chain.get("policy", _ACCEPT)
        if said == _ACCEPT:
            return OPEN
        return UNSURE if self._unsure else CLOSED

    def _through(self, name: str, depth: int) -> str:
        for expressions in self._ruleset.rules.get((self._chain["family"], self._chain["table"], name), ()):
            said = self._rule(expressions, depth)
            if said == _BACK:
                return _ON
            if said:
                return said
        return _ON

    def _rule(self, expressions: Sequence[Mapping[str, Any]], depth: int) -> str:
        holds = [self._holds(one) for one in expressions]
        if False in holds:
            return _ON
        said = next((word for one in expressions if (word := self._verdict(one, depth))), _ON)
        if None in holds:
            self._unsure |= said == _ACCEPT
            return _ON
        return said

    def _verdict(self, expression: Mapping[str, Any], depth: int) -> str:
        for word in (_ACCEPT, _DROP, _BACK):
            if word in expression:
                return word
        if "reject" in expression:
            return _DROP
        if "vmap" in expression:
            return self._mapped(expression["vmap"], depth)
        target = (expression.get("jump") or expression.get("goto") or {}).get("target")
        return self._through(target, depth - 1) if target and depth else _ON

    def _mapped(self, vmap: Mapping[str, Any], depth: int) -> str:
        """Look the packet up in a map of verdicts."""
        have = self._value(vmap.get("key"))
        pairs = self._members(vmap.get("data"))
        if have is None:
            self._unsure |= any(_ACCEPT in verdict for _key, verdict in pairs)
            return _ON
        found = (verdict for key, verdict in pairs if any(self._is_in(have, one) for one in self._members(key)))
        verdict = next(found, None)
        return self._verdict(verdict, depth) if verdict else _ON

    def _holds(self, expression: Mapping[str, Any]) -> bool | None:
        """Tell whether an expression lets the rule go on: True for those that match nothing, None: not understood."""
        if "xt" in expression or "limit" in expression:
            return None
        match = expression.get("match")
        if match is None:
            return True
        have = self._value(match["left"])
        # Of several flags, a list means all of them, and not one of them as everywhere else.
        if have is None or ("&" in match["left"] and not isinstance(match["right"], str)):
            return None
        inside = any(self._is_in(have, one) for one in self._members(match["right"]))
        return inside is not (match["op"] == "!=")

    def _value(self, left: Any) -> str | None:  # noqa: ANN401 - nft's JSON
        if not isinstance(left, dict):
            return None
        if "&" in left:
            return self._flags(*left["&"])
        kind = next(iter(left), "")
        about = left[kind] if isinstance(left[kind], dict) else {}
        words = (str(about.get("protocol", kind)), str(about.get("field") or about.get("key")))
        return self._packet.values.get(words)

    @staticmethod
    def _flags(left: Any, mask: Any) -> str | None:  # noqa: ANN401
        """Return what a mask leaves of the flags of a packet that opens a connection: SYN alone."""
        names = mask.get("|") if isinstance(mask, dict) else mask
        if left != {"payload": {"protocol": "tcp", "field": "flags"}} or not isinstance(names, list):
            return None
        return "syn" if "syn" in names else None

    def _members(self, right: Any) -> list[Any]:  # noqa: ANN401
        if isinstance(right, str) and right.startswith("@"):
            return list(self._ruleset.sets.get((self._chain["family"], self._chain["table"], right[1:]), ()))
        if isinstance(right, dict) and "set" in right:
            return list(right["set"])
        return list(right) if isinstance(right, list) else [right]

    @staticmethod
    def _is_in(have: str, one: Any) -> bool:  # noqa: ANN401
        if isinstance(one, dict) and "elem" in one:
            one = one["elem"]["val"]
        if isinstance(one, dict) and "range" in one:
            low, high = map(str, one["range"])
            return _between(have, low, high)
        if isinstance(one, dict) and "prefix" in one:
            network = ip_network(f"{one['prefix']['addr']}/{one['prefix']['len']}", strict=False)
            return have != "-" and ip_address(have) in network
        return have == str(one)


def _between(have: str, low: str, high: str) -> bool:
    if have.isdigit():
        return int(low) <= int(have) <= int(high)
    if have == "-":
        return False
    return int(ip_address(low)) <= int(ip_address(have)) <= int(ip_address(high))
