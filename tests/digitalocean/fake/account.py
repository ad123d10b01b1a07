"""An account with firewalls, tags and droplets: what the API does with a request, without a network."""

from __future__ import annotations

import ipaddress
import json
import re
import uuid
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.rampart.redis.tests.digitalocean.fake.profiles import Profile

Raw = dict[str, Any]
PEERS = {"inbound_rules": "sources", "outbound_rules": "destinations"}
LAST_PORT = 65535


class Refusal(Exception):  # noqa: N818 - it is an answer, not an error of ours
    """An answer that is an error."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


@dataclass
class Account:
    """Everything behind one token.

    ``fails``: firewalls end as failed. ``hidden``: collections the token may not see.
    """

    profile: Profile = field(default_factory=Profile)
    firewalls: dict[str, Raw] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    droplets: dict[int, Raw] = field(default_factory=dict)
    vpcs: dict[str, Raw] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    fails: bool = False
    looks: dict[str, int] = field(default_factory=dict)

    # What a test puts there, past the API.

    def droplet(self, number: int, *tags: str) -> None:
        """Put a droplet there."""
        self.tags += [tag for tag in tags if tag not in self.tags]
        self.droplets[number] = {"id": number, "name": f"droplet-{number}", "tags": list(tags)}

    def vpc(self, name: str, ip_range: str, droplets: dict[int, str]) -> None:
        """Put a VPC there, and droplets with their private addresses into it."""
        number = str(uuid.uuid4())
        self.vpcs[number] = {"id": number, "name": name, "ip_range": ip_range}
        for droplet, address in droplets.items():
            public = {"type": "public", "ip_address": f"198.51.100.{droplet % 256}"}
            networks = {"v4": [public, {"type": "private", "ip_address": address}], "v6": []}
            self.droplets[droplet].update(vpc_uuid=number, networks=networks)

    def firewall(self, name: str, **fields: Any) -> str:  # noqa: ANN401
        """Put a firewall there, unchecked, as other tools may have made it."""
        number = str(uuid.uuid4())
        empty: Raw = {"inbound_rules": [], "outbound_rules": [], "tags": [], "droplet_ids": []}
        self.firewalls[number] = {"id": number, "name": name, "created_at": "2026-01-01T00:00:00Z", **empty, **fields}
        return number

    def behind(self, number: int) -> list[str]:
        """Return the names of the firewalls of a droplet."""
        tags = set(self.droplets[number]["tags"])
        return sorted(
            raw["name"] for raw in self.firewalls.values() if number in raw["droplet_ids"] or tags & set(raw["tags"])
        )

    def naked(self) -> list[int]:
        """Return the droplets behind no firewall."""
        return [number for number in self.droplets if not self.behind(number)]

    # The API.

    def answer(self, method: str, path: str, query: dict[str, str], body: bytes) -> tuple[int, Raw | None, str]:
        """Return status, body and the address of the next page."""
        parts = path.removeprefix("/v2/").split("/")
        if parts[0] in self.hidden:
            raise Refusal(403, "You are missing the required permission")
        handler = getattr(self, f"_{method.lower()}_{'_'.join(self._shape(parts))}", None)
        if handler is None:
            raise Refusal(404, "The resource you were accessing could not be found.")
        given = json.loads(body) if body else {}
        return handler(*parts[1::2], query if method == "GET" and len(parts) == 1 else given)  # type: ignore[no-any-return]

    @staticmethod
    def _shape(parts: list[str]) -> list[str]:
        return [part if index % 2 == 0 else "one" for index, part in enumerate(parts)]

    def _get_firewalls(self, query: dict[str, str]) -> tuple[int, Raw | None, str]:
        for number in self.firewalls:
            self._look(number)
        return self._page("firewalls", [self._shown(raw) for raw in self.firewalls.values()], query)

    def _post_firewalls(self, given: Raw) -> tuple[int, Raw | None, str]:
        if any(raw["name"] == given["name"] for raw in self.firewalls.values()):
            raise Refusal(409, "duplicate name")
        stored = self._checked(given)
        number = self.firewall(given["name"])
        self.firewalls[number].update(stored)
        self.looks[number] = 0
        return 202, {"firewall": self._shown(self.firewalls[number])}, ""

    def _get_firewalls_one(self, number: str, _body: Raw) -> tuple[int, Raw | None, str]:
        raw = self._one(number)
        self._look(number)
        return 200, {"firewall": self._shown(raw)}, ""

    def _put_firewalls_one(self, number: str, given: Raw) -> tuple[int, Raw | None, str]:
        raw = self._one(number)
        # The reference: attributes that are not provided are reset to their defaults.
        raw.update(self._checked(given))
        self.looks[number] = 0
        return 200, {"firewall": self._shown(raw)}, ""

    def _delete_firewalls_one(self, number: str, _body: Raw) -> tuple[int, Raw | None, str]:
        self._one(number)
        del self.firewalls[number]
        return 204, None, ""

    def _post_firewalls_one_tags(self, number: str, given: Raw) -> tuple[int, Raw | None, str]:
        raw = self._one(number)
        self._check_tags(given["tags"])
        raw["tags"] = [*raw["tags"], *(tag for tag in given["tags"] if tag not in raw["tags"])]
        return 204, None, ""

    def _delete_firewalls_one_tags(self, number: str, given: Raw) -> tuple[int, Raw | None, str]:
        raw = self._one(number)
        raw["tags"] = [tag for tag in raw["tags"] if tag not in given["tags"]]
        return 204, None, ""

    def _post_firewalls_one_droplets(self, number: str, given: Raw) -> tuple[int, Raw | None, str]:
        raw = self._one(number)
        self._check_droplets(given["droplet_ids"])
        raw["droplet_ids"] = [
            *raw["droplet_ids"],
            *(one for one in given["droplet_ids"] if one not in raw["droplet_ids"]),
        ]
        return 204, None, ""

    def _delete_firewalls_one_droplets(self, number: str, given: Raw) -> tuple[int, Raw | None, str]:
        raw = self._one(number)
        raw["droplet_ids"] = [one for one in raw["droplet_ids"] if one not in given["droplet_ids"]]
        return 204, None, ""

    def _post_firewalls_one_rules(self, number: str, given: Raw) -> tuple[int, Raw | None, str]:
        raw = self._one(number)
        for side in PEERS:
            self._check_rules(given.get(side) or [], side)
            raw[side] = [*raw[side], *(given.get(side) or [])]
        return 204, None, ""

    def _delete_firewalls_one_rules(self, number: str, given: Raw) -> tuple[int, Raw | None, str]:
        raw = self._one(number)
        for side in PEERS:
            raw[side] = [rule for rule in raw[side] if rule not in (given.get(side) or [])]
        return 204, None, ""

    def _get_tags(self, query: dict[str, str]) -> tuple[int, Raw | None, str]:
        return self._page("tags", [{"name": tag} for tag in self.tags], query)

    def _get_tags_one(self, name: str, _body: Raw) -> tuple[int, Raw | None, str]:
        if name not in self.tags:
            raise Refusal(404, "The resource you were accessing could not be found.")
        return 200, {"tag": {"name": name}}, ""

    def _post_tags(self, given: Raw) -> tuple[int, Raw | None, str]:
        # Case is kept and compared without case (the reference calls tags case stable). An existing one is no error:
        # ASSUMED.
        asked = str(given["name"])
        name = next((tag for tag in self.tags if tag.lower() == asked.lower()), asked)
        if name not in self.tags:
            self.tags.append(name)
        return 201, {"tag": {"name": name}}, ""

    def _post_tags_one_resources(self, name: str, given: Raw) -> tuple[int, Raw | None, str]:
        self._get_tags_one(name, {})
        for droplet in self._named(given):
            droplet["tags"] = [*(tag for tag in droplet["tags"] if tag != name), name]
        # Until the firewalls of a tag are in force on a new droplet, it takes a while: ASSUMED.
        self.looks.update({number: 0 for number, raw in self.firewalls.items() if name in raw["tags"]})
        return 204, None, ""

    def _delete_tags_one_resources(self, name: str, given: Raw) -> tuple[int, Raw | None, str]:
        self._get_tags_one(name, {})
        for droplet in self._named(given):
            droplet["tags"] = [tag for tag in droplet["tags"] if tag != name]
        return 204, None, ""

    def _named(self, given: Raw) -> list[Raw]:
        numbers = [int(resource["resource_id"]) for resource in given["resources"]]
        self._check_droplets(numbers)
        return [self.droplets[number] for number in numbers]

    def _get_droplets(self, query: dict[str, str]) -> tuple[int, Raw | None, str]:
        tag = query.get("tag_name")
        if tag and tag not in self.tags and self.profile.strict_tags:
            raise Refusal(404, "The resource you were accessing could not be found.")
        return self._page("droplets", [raw for raw in self.droplets.values() if not tag or tag in raw["tags"]], query)

    def _get_droplets_one(self, number: str, _body: Raw) -> tuple[int, Raw | None, str]:
        if int(number) not in self.droplets:
            raise Refusal(404, "The resource you were accessing could not be found.")
        return 200, {"droplet": self.droplets[int(number)]}, ""

    def _get_vpcs_one(self, number: str, _body: Raw) -> tuple[int, Raw | None, str]:
        if number not in self.vpcs:
            raise Refusal(404, "The resource you were accessing could not be found.")
        return 200, {"vpc": self.vpcs[number]}, ""

    def _look(self, number: str) -> None:
        self.looks[number] = self.looks.get(number, self.profile.waits) + 1

    # What it checks.

    def _one(self, number: str) -> Raw:
        if number not in self.firewalls:
            raise Refusal(404, "The resource you were accessing could not be found.")
        return self.firewalls[number]

    def _checked(self, given: Raw) -> Raw:
        stored: Raw = {"name": given["name"]}
        for side in PEERS:
            self._check_rules(given.get(side) or [], side)
            stored[side] = given.get(side) or []
        stored["tags"], stored["droplet_ids"] = given.get("tags") or [], given.get("droplet_ids") or []
        self._check_tags(stored["tags"])
        self._check_droplets(stored["droplet_ids"])
        for size, most in (
            (len(stored["inbound_rules"]) + len(stored["outbound_rules"]), 50),
            (len(stored["tags"]), 5),
        ):
            if size > most:
                raise Refusal(422, "over the limit")
        if not stored["inbound_rules"] and not stored["outbound_rules"]:
            raise Refusal(422, "must have at least one rule")
        return stored

    def _check_tags(self, tags: list[str]) -> None:
        if set(tags) - set(self.tags):
            raise Refusal(422, "tags: a tag does not exist")

    def _check_droplets(self, numbers: list[int]) -> None:
        if set(numbers) - set(self.droplets):
            raise Refusal(422, "droplet_ids: a droplet does not exist")

    def _check_rules(self, rules: list[Raw], side: str) -> None:
        for rule in rules:
            self._check_ports(rule["ports"])
            peers = rule[PEERS[side]]
            self._check_tags(peers.get("tags") or [])
            for address in peers.get("addresses") or []:
                try:
                    ipaddress.ip_network(address)
                except ValueError:
                    raise Refusal(422, f"invalid address {address}") from None

    def _check_ports(self, ports: str) -> None:
        if ports in ("0", "all"):
            if ports not in self.profile.takes_every:
                raise Refusal(422, "You must specify a positive value for ports.")
            return
        found = re.fullmatch(r"(\d+)(?:-(\d+))?", ports)
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
        if not 1 <= first <= last <= LAST_PORT:
            raise Refusal(422, "You must specify a valid range for ports.")

    # What it shows.

    def _shown(self, raw: Raw) -> Raw:
        profile = self.profile
        waiting = self.looks.get(raw["id"], profile.waits) < profile.waits
        shown = {**raw, "status": "waiting" if waiting else "succeeded", "pending_changes": []}
        if waiting or self.fails:
            behind = [number for number in self.droplets if raw["name"] in self.behind(number)]
            status = "failed" if self.fails else "waiting"
            shown["status"] = status
            shown["pending_changes"] = [{"droplet_id": one, "removing": False, "status": status} for one in behind]
        for side, peers in PEERS.items():
            shown[side] = self._rules(raw[side], peers)
        for name in ("tags", "droplet_ids"):
            shown[name] = self._turned(raw[name])
        if profile.nulls:
            shown.update({name: shown[name] or None for name in (*PEERS, "tags")})
        return {**shown, "vpc_flow": {"later": True}} if profile.extras else shown

    def _rules(self, rules: list[Raw], peers: str) -> list[Raw]:
        shown = []
        for rule in rules:
            kinds = {kind: self._turned(self._masked(kind, values)) for kind, values in rule[peers].items() if values}
            parts = [{kind: values} for kind, values in kinds.items()] if self.profile.splits else [kinds]
            base = {"protocol": rule["protocol"], "ports": self._ports(rule)}
            if self.profile.actions or rule.get("action") == "deny":
                base["action"] = rule.get("action", "allow")
            if self.profile.extras:
                base["comment"] = "unknown"
            shown += [{**base, peers: part} for part in parts]
        return self._turned(shown)

    def _ports(self, rule: Raw) -> str:
        every = rule["protocol"] == "icmp" or rule["ports"] in ("0", "all", "1-65535")
        return self.profile.gives_every if every else str(rule["ports"])

    def _masked(self, kind: str, values: list[Any]) -> list[Any]:
        if kind != "addresses" or not self.profile.masks:
            return values
        return [str(ipaddress.ip_network(value)) for value in values]

    def _turned(self, values: list[Any]) -> list[Any]:
        return values[::-1] if self.profile.reverses else list(values)

    def _page(self, key: str, items: list[Raw], query: dict[str, str]) -> tuple[int, Raw | None, str]:
        size = min(int(query.get("per_page", "20")), self.profile.page_cap)
        page = int(query.get("page", "1"))
        shown = items[(page - 1) * size : page * size]
        more = str(page + 1) if len(items) > page * size else ""
        return 200, {key: shown, "links": {}, "meta": {"total": len(items)}}, more
