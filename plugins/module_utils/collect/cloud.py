"""A DigitalOcean account as far as firewalls go: read whole, changed one firewall at a time, and read again."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..digitalocean.client import Client, HiddenError, path_of
from ..digitalocean.firewall import Droplet, Firewall, body_of, diff, droplet_of, firewall_of
from ..errors import ServerRefusedError, UncertainError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

FIREWALLS = path_of("firewalls")
# Seconds between two looks at a firewall that is being applied: soon at first, then seldom.
FIRST_LOOK, SELDOM = 0.5, 5.0


@dataclass(frozen=True)
class Patience:
    """How long to wait after a change. Without ``applied``, it is enough that the API has stored it."""

    applied: bool
    seconds: float


class Account:
    """What the token may see of an account."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def firewalls(self) -> list[Mapping[str, Any]]:
        """Return all firewalls as the API has them."""
        return list(self.client.listed(FIREWALLS, "firewalls"))

    def firewalls_in_force(self, names: Iterable[str], seconds: float) -> list[Mapping[str, Any]]:
        """Return all firewalls as soon as the named ones are in force; or as they are when the time is over."""
        state: dict[str, list[Mapping[str, Any]]] = {}
        wanted = list(names)

        def reached() -> bool:
            state["raws"] = self.firewalls()
            return not pending(state["raws"], wanted)

        within(seconds, reached)
        return state["raws"]

    def tags(self) -> list[str] | None:
        """Return the names of all tags; None if the token may not see them."""
        try:
            return [str(tag["name"]) for tag in self.client.listed(path_of("tags"), "tags")]
        except HiddenError:
            return None

    def droplets(self, tags: Iterable[str], numbers: Iterable[int]) -> list[Droplet] | None:
        """Return the droplets that have one of the tags or numbers; None if the token may not see droplets."""
        try:
            found = [
                droplet_of(raw)
                for tag in sorted(tags)
                # A tag that does not exist has none; whether that is an error to the API is not documented.
                for raw in self.client.listed(path_of("droplets"), "droplets", accept=(404,), tag_name=tag)
            ]
            found += [droplet for number in sorted(numbers) for droplet in self._droplet(number)]
        except HiddenError:
            return None
        return list({droplet.id: droplet for droplet in found}.values())

    def _droplet(self, number: int) -> list[Droplet]:
        answer = self.client.call("GET", path_of("droplets", number), accept=(404,))
        return [droplet_of(answer.body["droplet"])] if "droplet" in answer.body else []

    def vpcs(self, numbers: Iterable[str]) -> list[Mapping[str, Any]] | None:
        """Return the VPCs of these ids; None if the token may not see VPCs."""
        try:
            return [self.client.call("GET", path_of("vpcs", number)).body["vpc"] for number in sorted(numbers)]
        except HiddenError:
            return None

    def make_tag(self, name: str) -> None:
        """Make a tag, once."""
        try:
            self.client.call("POST", path_of("tags"), {"name": name})
        except UncertainError:
            if "tag" not in self.client.call("GET", path_of("tags", name), accept=(404,)).body:
                raise

    def make(self, want: Firewall) -> str:
        """Make a firewall, once, and return its id. If the answer is lost, the firewall is looked for by its name.

        :raises UncertainError: it is not there (yet).
        """
        try:
            answer = self.client.call("POST", FIREWALLS, body_of(want))
            return str(answer.body["firewall"]["id"])
        except UncertainError as error:
            there = [raw for raw in self.firewalls() if raw.get("name") == want.name]
            if len(there) != 1:
                raise UncertainError(
                    f"{error.what}; looked for {want.name} afterwards and found {len(there)}",
                    where=error.where,
                    hint="Run again: what is there will be used",
                ) from error
            return str(there[0]["id"])

    def replace(self, number: str, want: Firewall) -> None:
        """Replace a firewall as a whole."""
        self.client.call("PUT", path_of("firewalls", number), body_of(want))

    def delete(self, number: str) -> None:
        """Delete a firewall; one that is gone is well."""
        self.client.call("DELETE", path_of("firewalls", number), accept=(404,))

    def settled(self, number: str, want: Firewall | None, patience: Patience) -> Mapping[str, Any]:
        """Return a firewall as stored, once that is what was asked for and, if so wished, applied. Empty if it is gone.

        :raises ServerRefusedError: something else is stored, or it could not be applied.
        :raises UnreachableError: it takes too long.
        """
        state: dict[str, Any] = {}

        def reached() -> bool:
            answer = self.client.call("GET", path_of("firewalls", number), accept=(404,))
            state["raw"] = answer.body.get("firewall") or {}
            state["missing"] = diff(firewall_of(state["raw"]) if state["raw"] else None, want)
            return not state["missing"] and (not patience.applied or _is_applied(state["raw"]))

        if not within(patience.seconds, reached):
            self._give_up(state["raw"], state["missing"], patience)
        return dict(state["raw"])

    def _give_up(self, raw: Mapping[str, Any], missing: list[str], patience: Patience) -> None:
        if missing:
            raise ServerRefusedError(
                f"what is stored is not what was asked for; missing: {'; '.join(missing)}", where=self.client.host
            )
        waiting = len(raw.get("pending_changes") or ())
        raise UnreachableError(
            f"the firewall {raw.get('name')} is not applied after {patience.seconds:.0f} seconds ({waiting}"
            f" droplets wait)",
            where=self.client.host,
            hint="Raise wait_timeout, or look again later",
        )


def pending(raws: Iterable[Mapping[str, Any]], names: Iterable[str]) -> list[str]:
    """Return those of the names that are no firewall in force."""
    in_force = {raw.get("name") for raw in raws if raw.get("status") == "succeeded" and not raw.get("pending_changes")}
    return sorted(set(names) - in_force)


def _is_applied(raw: Mapping[str, Any]) -> bool:
    """Return whether a firewall is in force.

    :raises ServerRefusedError: the API gave up on it.
    """
    if raw.get("status") == "failed":
        droplets = ", ".join(str(change.get("droplet_id")) for change in raw.get("pending_changes") or ())
        raise ServerRefusedError(
            f"the firewall {raw.get('name')} is stored, but could not be applied (status failed; droplets:"
            f" {droplets or 'all'})",
            hint="The old rules may still be in force. Run again, or see the control panel",
        )
    return not raw or (raw.get("status", "succeeded") == "succeeded" and not raw.get("pending_changes"))


def within(seconds: float, reached: Callable[[], bool]) -> bool:
    """Return whether something comes true within a time; it is tried twice at least."""
    end, pause = time.monotonic() + seconds, FIRST_LOOK
    if reached():
        return True
    while True:
        time.sleep(pause)
        late = time.monotonic() >= end
        if reached():
            return True
        if late:
            return False
        pause = min(pause * 2, SELDOM)
