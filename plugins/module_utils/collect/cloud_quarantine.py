"""A droplet into quarantine and back: a snapshot first, one step after the other, each looked at before the next."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from ..digitalocean import quarantine
from ..digitalocean.client import Client, access_of, path_of
from ..digitalocean.firewall import Droplet, Firewall, droplet_of, firewall_of
from ..digitalocean.quarantine import Place, Snapshot, Step
from ..errors import InputError, ServerRefusedError, UncertainError, UnreachableError
from ..host import FileWish, read_text, replace
from .cloud import Account, pending, within

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Ward:
    """One droplet, the account it is in, and the quarantine's tag."""

    def __init__(self, params: Mapping[str, Any]) -> None:
        self.account = Account(Client(access_of(params)))
        self.number = int(params["droplet_id"])
        self.tag = str(params["tag"])
        self.path = str(params["snapshot"])
        self.seconds = float(params["wait_timeout"])
        self.where = f"droplet {self.number}"
        self.look()

    def look(self) -> None:
        """Read the droplet and all firewalls.

        :raises InputError: there is no such droplet.
        """
        answer = self.account.client.call("GET", path_of("droplets", self.number), accept=(404,))
        if "droplet" not in answer.body:
            raise InputError("there is no such droplet", where=self.where)
        self.droplet: Droplet = droplet_of(answer.body["droplet"])
        self.raws = {str(raw["id"]): raw for raw in self.account.firewalls()}
        self.firewalls: Mapping[str, Firewall] = {number: firewall_of(raw) for number, raw in self.raws.items()}
        self.place = quarantine.place_of(self.droplet, self.firewalls)

    @property
    def names(self) -> dict[str, str]:
        """Return the names of all firewalls by id."""
        return {number: firewall.name for number, firewall in self.firewalls.items()}

    @property
    def warded(self) -> frozenset[str]:
        """Return the ids of the quarantine's firewalls."""
        return quarantine.wards(self.firewalls, self.tag)

    def behind(self, place: Place) -> list[str]:
        """Return the names of the firewalls of the droplet, were it at a place."""
        return quarantine.behind(place, self.firewalls)

    def snapshot(self) -> Snapshot | None:
        """Return what was saved of this droplet."""
        text = read_text(self.path)
        return None if text is None else quarantine.load(text, self.number, self.path)

    def save(self, state: str, place: Place) -> None:
        """Write the snapshot, for this account only."""
        data = quarantine.dump(Snapshot(state, self.number, place), self.names).encode()
        replace([FileWish(self.path, data, 0o600, str(os.geteuid()), str(os.getegid()))])

    def take(self, step: Step) -> None:
        """Take one step; where an answer is lost, look whether the step was taken."""
        path = path_of("firewalls", step.subject, "droplets")
        body: Mapping[str, Any] = {"droplet_ids": [self.number]}
        resource = {"resources": [{"resource_id": str(self.number), "resource_type": "droplet"}]}
        if step.is_tagging:
            path, body = path_of("tags", step.subject, "resources"), resource
        try:
            self.account.client.call("POST" if step.adds else "DELETE", path, body)
        except UncertainError:
            self.look()
            there = self.place.tags if step.is_tagging else self.place.direct
            if step.subject not in there:
                raise

    def in_force(self, place: Place) -> bool:
        """Return whether everything the droplet needs at a place is there, and in force."""
        self.look()
        arrived = place.tags <= self.place.tags and place.direct <= self.place.direct
        return arrived and not pending(self.raws.values(), self.behind(place))

    def wait(self, place: Place) -> None:
        """Wait until the firewalls of a place are in force, so that others can be let go of.

        :raises UnreachableError: it takes too long; what was there before still is.
        """
        if not within(self.seconds, lambda: self.in_force(place)):
            names = ", ".join(self.behind(place))
            raise UnreachableError(
                f"not in force after {self.seconds:.0f} seconds: {names}; nothing was let go of",
                where=self.where,
                hint="Run again",
            )


def reconcile(params: Mapping[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """Return the result of the module; see its RETURN.

    :raises RampartError: before anything was changed, or in the middle; then the droplet is behind the old firewalls,
        the new ones, or both, and the next run goes on.
    """
    ward = Ward(params)
    before = ward.behind(ward.place)
    if params["state"] == "isolated":
        steps, origin = _isolation(ward)
        target = Place(frozenset({ward.tag}), frozenset())
    else:
        steps, origin = _restoration(ward, params)
        target = origin
    told = [step.told(ward.names) for step in steps]
    after = ward.behind(quarantine.taken(ward.place, steps))
    if steps and not check_mode:
        if params["state"] == "isolated":
            ward.save(quarantine.ISOLATED, origin)
        _walk(ward, steps, target)
    if params["state"] == "restored" and not check_mode:
        _close(ward, origin)
    return {
        "changed": bool(steps),
        "changes": told,
        "droplet": {"id": ward.number, "name": ward.droplet.name, "tags": sorted(ward.place.tags)},
        "firewalls": after,
        "diff": {"before": "".join(f"{name}\n" for name in before), "after": "".join(f"{name}\n" for name in after)},
    }


def _isolation(ward: Ward) -> tuple[list[Step], Place]:
    """Return the steps into quarantine, and where the droplet was before the first of them."""
    if not ward.warded:
        raise InputError(f"no firewall has the tag {ward.tag}, so nothing would filter the droplet", where=ward.where)
    leaky = sorted(ward.names[number] for number in ward.warded if quarantine.is_leaky(ward.firewalls[number]))
    if leaky:
        raise InputError(
            f"{', '.join(leaky)}: open to the internet, in or out, so it is no quarantine", where=ward.where
        )
    steps = quarantine.isolation(ward.place, ward.tag, ward.warded)
    saved = ward.snapshot()
    if saved is None or saved.state == quarantine.RESTORED:
        if steps and ward.tag in ward.place.tags:
            raise InputError(
                f"it has the tag {ward.tag} already, and {ward.path} does not say what it had before",
                where=ward.where,
                hint=f"Take the tag away by hand, or put the snapshot of its isolation to {ward.path}",
            )
        return steps, ward.place
    if steps and quarantine.foreign(ward.place, saved.place, ward.tag, ward.warded):
        raise InputError(
            f"{ward.path} is from an earlier isolation, and the droplet has other tags or firewalls since",
            where=ward.where,
            hint="Keep that file elsewhere, then run again",
        )
    return steps, saved.place


def _restoration(ward: Ward, params: Mapping[str, Any]) -> tuple[list[Step], Place]:
    saved = ward.snapshot()
    if saved is None:
        raise InputError("there is no snapshot, so it is not known what to restore", where=ward.path)
    if saved.state == quarantine.RESTORED:
        return [], saved.place
    tags = ward.account.tags()
    if tags is None:
        raise InputError(
            "the token may not see tags", where=ward.where, hint="Give it the scopes tag:read and tag:create"
        )
    gone = quarantine.lost(saved.place, tags, ward.firewalls)
    if gone:
        raise InputError(f"it had {', '.join(gone)}, which the account has no more", where=ward.where)
    if not ward.behind(saved.place) and not params["allow_exposure"]:
        raise InputError(
            "where it was before, it is behind no firewall at all",
            where=ward.where,
            hint="Attach a firewall to one of its tags first, or set allow_exposure",
        )
    return quarantine.restoration(ward.place, saved.place, ward.tag), saved.place


def _walk(ward: Ward, steps: Sequence[Step], target: Place) -> None:
    """Take all steps that add, wait until they are in force, then take those that let go, and look again."""
    for step in steps:
        if step.adds:
            ward.take(step)
    ward.wait(target)
    letting_go = [step for step in steps if not step.adds]
    for step in letting_go:
        ward.take(step)
    goal = quarantine.taken(ward.place, letting_go)

    def arrived() -> bool:
        ward.look()
        return ward.place == goal

    if not within(ward.seconds, arrived):
        raise ServerRefusedError(
            "the droplet does not have the tags and firewalls that were asked for", where=ward.where
        )


def _close(ward: Ward, origin: Place) -> None:
    """Mark a snapshot as used, once the droplet is where it was."""
    saved = ward.snapshot()
    if saved and saved.state == quarantine.ISOLATED and ward.place == origin:
        ward.save(quarantine.RESTORED, origin)
