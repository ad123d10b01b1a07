"""How a droplet gets into quarantine and out again, never behind nothing on the way.

Firewalls of a droplet add up and cannot forbid, so a droplet is isolated when the quarantine's firewall is its only
one. Its tags go too: they make it a trusted source for other firewalls.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import InputError
from .guard import to_world

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .firewall import Droplet, Firewall

SCHEMA = "rampart.redis/quarantine/1"
ISOLATED, RESTORED = "isolated", "restored"


class Step(NamedTuple):
    """``tag``, ``untag``, ``attach`` or ``detach``, with the name of the tag or the id of the firewall."""

    action: str
    subject: str

    @property
    def adds(self) -> bool:
        """Tell whether the droplet has more afterwards; all such steps come before those that let go."""
        return self.action in {"tag", "attach"}

    @property
    def is_tagging(self) -> bool:
        """Tell whether it is about a tag, and not about a firewall."""
        return self.action in {"tag", "untag"}

    def told(self, names: Mapping[str, str]) -> str:
        """Return it as a sentence. ``names``: those of firewalls by id."""
        if self.is_tagging:
            return f"{'give it' if self.action == 'tag' else 'take away'} the tag {self.subject}"
        word = "to" if self.action == "attach" else "from"
        return f"{self.action} it {word} the firewall {names.get(self.subject, self.subject)}"


@dataclass(frozen=True)
class Place:
    """Where a droplet is: its tags, and the firewalls (by id) that name it by its number."""

    tags: frozenset[str]
    direct: frozenset[str]


def place_of(droplet: Droplet, firewalls: Mapping[str, Firewall]) -> Place:
    """Return where a droplet is. ``firewalls``: all of the account, by id."""
    direct = (number for number, firewall in firewalls.items() if droplet.id in firewall.droplet_ids)
    return Place(droplet.tags, frozenset(direct))


def wards(firewalls: Mapping[str, Firewall], tag: str) -> frozenset[str]:
    """Return the ids of the quarantine's firewalls."""
    return frozenset(number for number, firewall in firewalls.items() if tag in firewall.tags)


def is_leaky(firewall: Firewall) -> bool:
    """Return whether a firewall lets the internet in, or data out to it. Ping is no leak."""
    rules = [*firewall.inbound.items(), *firewall.outbound.items()]
    return any(key.protocol != "icmp" and to_world(peers) for key, peers in rules)


def isolation(place: Place, tag: str, warded: frozenset[str]) -> list[Step]:
    """Return the steps into quarantine, in an order in which the droplet is always behind something."""
    return [
        *([] if tag in place.tags else [Step("tag", tag)]),
        *(Step("detach", number) for number in sorted(place.direct - warded)),
        *(Step("untag", name) for name in sorted(place.tags - {tag})),
    ]


def restoration(place: Place, before: Place, tag: str) -> list[Step]:
    """Return the steps back to where a droplet was, the quarantine's tag last."""
    return [
        *(Step("tag", name) for name in sorted(before.tags - place.tags)),
        *(Step("attach", number) for number in sorted(before.direct - place.direct)),
        *(Step("detach", number) for number in sorted(place.direct - before.direct)),
        *(Step("untag", name) for name in sorted(place.tags - before.tags - {tag})),
        *([Step("untag", tag)] if tag in place.tags - before.tags else []),
    ]


def taken(place: Place, steps: Sequence[Step]) -> Place:
    """Return where a droplet is after some steps."""
    tags, direct = set(place.tags), set(place.direct)
    for step in steps:
        subjects = tags if step.is_tagging else direct
        if step.adds:
            subjects.add(step.subject)
        else:
            subjects.discard(step.subject)
    return Place(frozenset(tags), frozenset(direct))


def behind(place: Place, firewalls: Mapping[str, Firewall]) -> list[str]:
    """Return the names of the firewalls of a droplet at a place."""
    found = (fw.name for number, fw in firewalls.items() if number in place.direct or fw.tags & place.tags)
    return sorted(found)


@dataclass(frozen=True)
class Snapshot:
    """Where a droplet was before it was isolated. ``state``: ``isolated``, or ``restored`` when it is only history."""

    state: str
    droplet: int
    place: Place


def dump(snapshot: Snapshot, names: Mapping[str, str]) -> str:
    """Return a snapshot as text; the firewalls' names are for people."""
    document = {
        "schema": SCHEMA,
        "state": snapshot.state,
        "droplet": snapshot.droplet,
        "tags": sorted(snapshot.place.tags),
        "firewalls": {number: names.get(number, "") for number in sorted(snapshot.place.direct)},
    }
    return json.dumps(document, indent=2, sort_keys=True) + "\n"


def load(text: str, droplet: int, where: str) -> Snapshot:
    """Return the snapshot in a file.

    :raises InputError: it is none, or that of another droplet.
    """
    try:
        document: Any = json.loads(text)
        tags, direct = frozenset(map(str, document["tags"])), frozenset(map(str, document["firewalls"]))
        found = Snapshot(str(document["state"]), int(document["droplet"]), Place(tags, direct))
    except (ValueError, KeyError, TypeError) as error:
        raise InputError("this is no snapshot of a droplet's firewalls and tags", where=where) from error
    if document.get("schema") != SCHEMA or found.state not in {ISOLATED, RESTORED}:
        raise InputError("this snapshot was written by another version", where=where)
    if found.droplet != droplet:
        raise InputError(f"this is the snapshot of droplet {found.droplet}, not of {droplet}", where=where)
    return found


def foreign(place: Place, before: Place, tag: str, warded: frozenset[str]) -> bool:
    """Return whether a droplet has something that neither its snapshot nor the quarantine gave it."""
    return bool(place.tags - before.tags - {tag} or place.direct - before.direct - warded)


def lost(before: Place, tags: Sequence[str], firewalls: Mapping[str, Firewall]) -> list[str]:
    """Return what a snapshot speaks of and the account has no more."""
    gone = [f"the tag {name}" for name in sorted(before.tags - set(tags))]
    return [*gone, *(f"the firewall {number}" for number in sorted(before.direct - set(firewalls)))]
