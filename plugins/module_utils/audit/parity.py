"""Two nodes of one deployment: what should be the same on both, and is not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..conf.values import from_running, meaning

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..acl.user import AclUser

USERS, CONFIGURATION, VERSION, CERTIFICATES = "users", "configuration", "version", "certificates"
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


@dataclass(frozen=True)
class Node:
    """A node by its name in reports; ``sections`` are typed ones.

    ``comparable`` is False for a node from a snapshot: its password hashes are nobody else's.
    """

    name: str
    sections: Mapping[str, Any]
    comparable: bool = True


@dataclass(frozen=True)
class Difference:
    """``kind``: users, configuration, version or certificates; ``text``: a sentence that names the nodes."""

    kind: str
    text: str


def compare(one: Node, other: Node) -> list[Difference]:
    """Return every difference between two nodes, as far as both were looked at."""
    return [
        *(Difference(VERSION, text) for text in _version(one, other)),
        *(Difference(USERS, text) for text in _users(one, other)),
        *(Difference(CONFIGURATION, text) for text in _configuration(one, other)),
        *(Difference(CERTIFICATES, text) for text in _certificates(one, other)),
    ]


def unseen(one: Node, other: Node) -> dict[str, str]:
    """Return why something could not be compared, by kind."""
    needed = {VERSION: "server", USERS: "users", CONFIGURATION: "config", CERTIFICATES: "certificates"}
    found = {}
    for kind, name in needed.items():
        blind = [node.name for node in (one, other) if name not in node.sections]
        if blind:
            found[kind] = f"{name} of {' and '.join(blind)} is not known"
    if USERS not in found and not (one.comparable and other.comparable):
        found["passwords"] = "a snapshot holds no hashes that could be compared"
    return found


def _both(one: Node, other: Node, name: str) -> tuple[Any, Any] | None:
    found = one.sections.get(name), other.sections.get(name)
    return None if None in found else found


def _version(one: Node, other: Node) -> Iterator[str]:
    texts = [f"{server['product']} {server['version']}" for server in _both(one, other, "server") or ()]
    packages = [f"{row['name']} {row['version']}" for row in _both(one, other, "package") or ()]
    for pair in (texts, packages):
        if len(set(pair)) > 1:
            yield f"{one.name} has {pair[0]}, {other.name} has {pair[1]}"
            return  # another version has another package


def _users(one: Node, other: Node) -> Iterator[str]:
    pair = _both(one, other, "users")
    if pair is None:
        return
    hashes = one.comparable and other.comparable
    left, right = ({user.name: _comparable(user, hashes=hashes) for user in users} for users in pair)
    for name in sorted(set(left) ^ set(right)):
        yield f"user {name} is on {(one if name in left else other).name} only"
    for name in sorted(set(left) & set(right)):
        if left[name] != right[name]:
            yield f"user {name} differs in {_what(left[name], right[name])}"


def _comparable(user: AclUser, *, hashes: bool) -> AclUser:
    return user if hashes else replace(user, hashes=frozenset())


def _what(left: AclUser, right: AclUser) -> str:
    parts = {
        "state": (left.enabled, left.nopass, left.flags) != (right.enabled, right.nopass, right.flags),
        "passwords": left.hashes != right.hashes,
        "rights": left.selectors != right.selectors,
    }
    return " and ".join(name for name, differs in parts.items() if differs)


def _configuration(one: Node, other: Node) -> Iterator[str]:
    left, right = _both(one, other, "config") or ({}, {})
    for name in sorted((set(left) & set(right)) - _OWN):
        if meaning(name, from_running(name, left[name])) != meaning(name, from_running(name, right[name])):
            yield f"{name} is {left[name] or 'empty'} on {one.name}, {right[name] or 'empty'} on {other.name}"


def _certificates(one: Node, other: Node) -> Iterator[str]:
    pair = _both(one, other, "certificates")
    if pair is None:
        return
    authorities = [{row["fingerprint"] for row in rows if row["role"] == "ca"} for rows in pair]
    if authorities[0] != authorities[1]:
        yield f"{one.name} and {other.name} trust different CAs"
    left, right = ([row for row in rows if row["role"] == "server"][:1] for rows in pair)
    if bool(left) != bool(right):
        yield f"only {(one if left else other).name} has a certificate"
    # A file may hold a chain; the first certificate is the node's own.
    for ours, theirs in zip(left, right):
        if ours["fingerprint"] == theirs["fingerprint"]:
            yield f"{one.name} and {other.name} share a certificate, so a private key"
        if ours["key"] != theirs["key"]:
            yield f"{one.name} has a key of {ours['key']}, {other.name} of {theirs['key']}"
