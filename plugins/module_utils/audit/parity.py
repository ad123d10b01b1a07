"""The nodes of one deployment: what should be the same on all of them, and is not.

Each report brings the ``traits`` of its node along; they are compared when the reports of all nodes are there, and stay
out of what is written then.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Any, TypedDict

from ..conf.values import from_running, meaning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from ..acl.user import AclUser


class Traits(TypedDict, total=False):
    """Of a node, as plain data. What was not seen is not there.

    ``users``: name -> ``state``, ``rights`` (digests) and, if they can be compared, ``passwords`` (keyed digests).
    ``certificates``: ``authorities`` (fingerprints), ``own`` (``fingerprint`` and ``key``; empty without one). Over the
    network only the own one's fingerprint is seen.
    """

    version: str
    package: str
    users: dict[str, dict[str, Any]]
    configuration: dict[str, str]
    certificates: dict[str, Any]


# Directives that are each node's own.
_OWN = frozenset(
    {
        "bind",
        "dir",
        "logfile",
        "unixsocket",
        "replicaof",
        "masteruser",
        "masterauth",
        "cluster-port",
        "port",
        "tls-port",
    }
)
_NO_HASHES = "passwords are compared only between the endpoints of one call"


def traits(sections: Mapping[str, Any], key: bytes) -> Traits:
    """Return the traits of a node from typed sections.

    :param key: makes digests of password hashes that compare only with those of the same key. Empty: leave them out.
    """
    found: Traits = {}
    if "server" in sections:
        found["version"] = f"{sections['server']['product']} {sections['server']['version']}"
    if "package" in sections:
        found["package"] = f"{sections['package']['name']} {sections['package']['version']}"
    if "users" in sections:
        found["users"] = {user.name: _user(user, key) for user in sections["users"]}
    if "config" in sections:
        found["configuration"] = {name: value for name, value in sections["config"].items() if name not in _OWN}
    if "certificates" in sections:
        found["certificates"] = _certificates(sections["certificates"])
    elif any(row["fingerprint"] for row in sections.get("presented") or ()):
        found["certificates"] = {"own": {"fingerprint": sections["presented"][0]["fingerprint"]}}
    return found


def compared(reports: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the reports without ``traits``, with ``peers`` where several are of one ``deployment``.

    All nodes are compared with one: the first primary, or the first.
    """
    rows = list(reports)
    nodes: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        if "traits" in row:
            nodes.setdefault(row["deployment"], []).append(row)
    return [_with_peers(row, nodes[row["deployment"]]) if "traits" in row else dict(row) for row in rows]


def differences(one: Traits, other: Traits, names: tuple[str, str]) -> list[str]:
    """Return a sentence for each difference, as far as both nodes were looked at."""
    seen = [compare for trait, compare in _COMPARE if trait in one and trait in other]
    return [text for compare in seen for text in compare(one, other, names)]


def unseen(one: Traits, other: Traits, names: tuple[str, str]) -> list[str]:
    """Return a sentence for each thing that could not be compared."""
    found = []
    for trait in ("version", "users", "configuration", "certificates"):
        blind = [name for name, node in zip(names, (one, other)) if trait not in node]
        if blind:
            found.append(f"{trait} of {' and '.join(blind)}")
    hashless = [user for node in (one, other) for user in node.get("users", {}).values() if "passwords" not in user]
    return [*found, *([_NO_HASHES] if hashless else [])]


def _with_peers(report: Mapping[str, Any], nodes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    kept = {name: value for name, value in report.items() if name != "traits"}
    if len(nodes) < 2:  # noqa: PLR2004 - a node alone has no peers
        return kept
    first = next((node for node in nodes if node["server"]["role"] == "primary"), nodes[0])
    if report is first:
        others = [node["host"] for node in nodes if node is not first]
        return {**kept, "peers": {"compared_with": "", "nodes": others, "differences": [], "unseen": []}}
    pair, names = (first["traits"], report["traits"]), (first["host"], report["host"])
    peers = {"differences": differences(*pair, names), "unseen": unseen(*pair, names)}
    return {**kept, "peers": {"compared_with": first["host"], "nodes": [first["host"]], **peers}}


def _user(user: AclUser, key: bytes) -> dict[str, Any]:
    rights = repr([selector.sort_key for selector in user.selectors])
    hashes = {"passwords": sorted(_keyed(hash_, key) for hash_ in user.hashes)} if key else {}
    return {
        "state": [user.enabled, user.nopass, *sorted(user.flags)],
        "rights": hashlib.sha256(rights.encode("utf-8", "surrogateescape")).hexdigest(),
        **hashes,
    }


def _keyed(hash_: str, key: bytes) -> str:
    return hmac.new(key, hash_.encode(), hashlib.sha256).hexdigest()


def _certificates(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    # A file may hold a chain; the first certificate is the node's own.
    own = next((row for row in rows if row["role"] == "server"), {})
    return {
        "authorities": sorted({row["fingerprint"] for row in rows if row["role"] == "ca"}),
        "own": {name: own[name] for name in ("fingerprint", "key") if own},
    }


def _version(one: Traits, other: Traits, names: tuple[str, str]) -> Iterator[str]:
    for trait in ("version", "package"):
        ours, theirs = one.get(trait), other.get(trait)
        if ours and theirs and ours != theirs:
            yield f"{names[0]} has {ours}, {names[1]} has {theirs}"
            return  # another version has another package


def _users(one: Traits, other: Traits, names: tuple[str, str]) -> Iterator[str]:
    left, right = one["users"], other["users"]
    for name in sorted(set(left) ^ set(right)):
        yield f"user {name} is on {names[0] if name in left else names[1]} only"
    for name in sorted(set(left) & set(right)):
        ours, theirs = left[name], right[name]
        parts = [part for part in ("state", "passwords", "rights") if _differ(ours.get(part), theirs.get(part))]
        if parts:
            yield f"user {name} differs in {' and '.join(parts)}"


def _differ(ours: object, theirs: object) -> bool:
    return ours is not None and theirs is not None and ours != theirs


def _configuration(one: Traits, other: Traits, names: tuple[str, str]) -> Iterator[str]:
    left, right = one["configuration"], other["configuration"]
    for name in sorted(set(left) & set(right)):
        if meaning(name, from_running(name, left[name])) != meaning(name, from_running(name, right[name])):
            yield f"{name} is {left[name] or 'empty'} on {names[0]}, {right[name] or 'empty'} on {names[1]}"


def _certificate(one: Traits, other: Traits, names: tuple[str, str]) -> Iterator[str]:
    left, right = one["certificates"], other["certificates"]
    if _differ(left.get("authorities"), right.get("authorities")):
        yield f"{names[0]} and {names[1]} trust different CAs"
    ours, theirs = left["own"], right["own"]
    if bool(ours) != bool(theirs):
        yield f"only {names[0] if ours else names[1]} has a certificate"
    if not (ours and theirs):
        return
    if ours["fingerprint"] == theirs["fingerprint"]:
        yield f"{names[0]} and {names[1]} share a certificate, so a private key"
    if _differ(ours.get("key"), theirs.get("key")):
        yield f"{names[0]} has a key of {ours['key']}, {names[1]} of {theirs['key']}"


_COMPARE: tuple[tuple[str, Callable[[Traits, Traits, tuple[str, str]], Iterator[str]]], ...] = (
    ("version", _version),
    ("users", _users),
    ("configuration", _configuration),
    ("certificates", _certificate),
)
