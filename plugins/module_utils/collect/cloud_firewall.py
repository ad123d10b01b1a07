"""One cloud firewall made as wished: read, compare, judge, and only then write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..digitalocean import guard
from ..digitalocean.client import Client, access_of
from ..digitalocean.firewall import Firewall, body_of, diff, firewall_of, told
from ..digitalocean.rules import INBOUND, OUTBOUND, unknown_kinds
from ..digitalocean.wish import Wish, beyond_limits, laid_over, parse
from ..errors import InputError
from .cloud import Account, Patience, pending

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LOCKOUT_HINT = "allow_lockout if you have another way in"
EXPOSURE_HINT = "allow_exposure if that is what you want"


class Change:
    """A wish beside what is there, and everything it is judged by."""

    def __init__(self, account: Account, params: Mapping[str, Any], wish: Wish) -> None:
        self.account, self.params, self.wish = account, params, wish
        self.all = account.firewalls()
        self.raw = _one(self.all, wish.name)
        self.have = firewall_of(self.raw) if self.raw else None
        self.want = laid_over(self.have, wish) if params["state"] == "present" else None
        self.sentences = diff(self.have, self.want)

    def scene(self, *, check_mode: bool, with_droplets: bool) -> guard.Scene:
        """Return what the change is judged by."""
        others = [firewall_of(raw) for raw in self.all if raw is not self.raw]
        planned = _companions(self.params["companions"], others) if check_mode else []
        both = [firewall for firewall in (self.have, self.want) if firewall]
        droplets = (
            self.account.droplets(
                {tag for firewall in both for tag in firewall.tags},
                {number for firewall in both for number in firewall.droplet_ids},
            )
            if with_droplets
            else []
        )
        if droplets is None and self._needs_droplets():
            raise InputError(
                "the token may not see droplets, so a change could let go of some that it cannot name",
                where=f"firewall {self.wish.name}",
                hint="Give it the scope droplet:read",
            )
        before = [*others, *([self.have] if self.have else [])]
        after = [*others, *planned, *([self.want] if self.want else [])]
        return guard.Scene(self.have, self.want, before, after, droplets or ())

    def _needs_droplets(self) -> bool:
        """Return whether the change cannot be judged without seeing droplets."""
        if self.want is None:
            return self.have is not None and not self.params["allow_exposure"]
        return self.have is not None or bool(self.want.droplet_ids)


def reconcile(params: Mapping[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """Return the result of the module; see its RETURN.

    :raises RampartError: with all reasons, before anything was changed; or the change failed.
    """
    wish, faults = parse(params)
    if faults:
        raise InputError("; ".join([*faults, *_also(wish, params)]), where=f"firewall {wish.name}")
    change = Change(Account(Client(access_of(params))), params, wish)
    scene = change.scene(check_mode=check_mode, with_droplets=bool(change.sentences))
    new_tags = _judge(change, scene)
    stored: Mapping[str, Any] = {**(change.raw or {}), **(body_of(change.want) if change.want else {})}
    if not check_mode:
        stored = _apply(change, new_tags)
    return {
        "changed": bool(change.sentences),
        "changes": [*(f"make the tag {tag}" for tag in new_tags), *change.sentences],
        "firewall": _shown(stored) if change.want else {},
        "diff": {"before": told(change.have), "after": told(change.want)},
        "warnings": [*guard.warnings(scene), *_kept_exposures(change)],
    }


def _one(raws: Sequence[Mapping[str, Any]], name: str) -> Mapping[str, Any] | None:
    named = [raw for raw in raws if raw.get("name") == name]
    if len(named) > 1:
        numbers = ", ".join(str(raw.get("id")) for raw in named)
        raise InputError(
            f"{len(named)} firewalls have this name ({numbers})",
            where=f"firewall {name}",
            hint="Delete or rename all but one in the control panel",
        )
    return named[0] if named else None


def _companions(raws: Sequence[Mapping[str, Any]], others: Sequence[Firewall]) -> list[Firewall]:
    """Return the firewalls that an earlier task would have made, had it not been a check."""
    names = {firewall.name for firewall in others}
    return [laid_over(None, parse(raw)[0]) for raw in raws if raw.get("name") not in names]


def _also(wish: Wish, params: Mapping[str, Any]) -> list[str]:
    """Return what would be wrong with a wish even if its faults were mended; the account was not looked at yet."""
    alone = laid_over(None, wish)
    found = []
    ports = params["management_ports"]
    if ports and not params["allow_lockout"] and not guard.opens([alone], ports):
        found.append(
            f"no inbound rule opens {' or '.join(f'tcp {port}' for port in ports)}, so administrators would be"
            f" locked out"
        )
    return [*found, *guard.warnings(guard.Scene(None, alone, (), (alone,)))]


def _judge(change: Change, scene: guard.Scene) -> list[str]:
    """Return the tags to make.

    :raises InputError: with everything that speaks against the change.
    """
    params, want = change.params, change.want
    refusals = []
    if want:
        refusals += beyond_limits(want)
    if not params["allow_exposure"]:
        refusals += _with_hint(
            guard.exposures(change.wish.inbound or {}, params["protected_ports"]) if want else [], EXPOSURE_HINT
        )
        refusals += _with_hint(guard.naked(scene) if change.sentences else [], EXPOSURE_HINT)
    if change.sentences and not params["allow_lockout"]:
        refusals += _with_hint(guard.lockouts(scene, params["management_ports"]), LOCKOUT_HINT)
    refusals += guard.missing_droplets(scene) if change.sentences else []
    faults, new_tags = _tags(change) if change.sentences and want else ([], [])
    refusals += [*faults, *(_unwritable(change) if change.sentences and want else [])]
    if refusals:
        raise InputError("; ".join(refusals), where=f"firewall {change.wish.name}")
    return new_tags


def _with_hint(sentences: list[str], hint: str) -> list[str]:
    return [f"{sentence} ({hint})" for sentence in sentences]


def _tags(change: Change) -> tuple[list[str], list[str]]:
    named = change.want.named_tags() if change.want else set()
    if not named and not change.have:
        return [], []
    known = change.account.tags()
    if known is None:
        return [
            "the token may not see tags, so those of this firewall cannot be checked; give it the scope tag:read"
        ], []
    return guard.tag_faults(named, known, create=change.params["create_tags"])


def _unwritable(change: Change) -> list[str]:
    """Return what a firewall has and we do not know, so that it would be lost when it is replaced as a whole."""
    found = []
    for side, wished in ((INBOUND, change.wish.inbound), (OUTBOUND, change.wish.outbound)):
        if wished is None or not change.wish.purge:
            kinds = unknown_kinds((change.raw or {}).get(side.rules) or (), side)
            found += [
                f"{side.rules} has {side.peers} of a kind that is not known here and would be lost: {kind}"
                for kind in kinds
            ]
    return found


def _kept_exposures(change: Change) -> list[str]:
    """Return the open doors that the wish does not speak of, and leaves."""
    if not change.want or change.wish.inbound == change.want.inbound:
        return []
    return [
        f"{change.want.name}: {text}" for text in guard.exposures(change.want.inbound, change.params["protected_ports"])
    ]


def _apply(change: Change, new_tags: Sequence[str]) -> Mapping[str, Any]:
    """Make the change, if there is one, and return what is stored afterwards."""
    account, want, raw = change.account, change.want, change.raw
    patience = Patience(bool(change.params["wait"]), float(change.params["wait_timeout"]))
    for tag in new_tags:
        account.make_tag(tag)
    if not change.sentences and not (want and patience.applied):
        return raw or {}
    number = str(raw["id"]) if raw else ""
    if change.sentences and want and not raw:
        number = account.make(want)
    elif change.sentences and want:
        account.replace(number, want)
    elif change.sentences:
        account.delete(number)
    return account.settled(number, want, patience)


def _shown(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return a firewall for the result: the API's fields, rules and lists in their canonical form."""
    return {
        **{key: raw.get(key) for key in ("id", "status", "created_at", "pending_changes")},
        **body_of(firewall_of(raw)),
    }


def survey(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the result of the module that only looks; see its RETURN.

    :raises RampartError: the token may not see droplets, or the API could not be reached.
    """
    account = Account(Client(access_of(params)))
    raws = account.firewalls_in_force(params["wait_for"], float(params["wait_timeout"]))
    droplets = account.droplets(params["tags"], ())
    if droplets is None:
        raise InputError("the token may not see droplets", where="api_token", hint="Give it the scope droplet:read")
    firewalls = [firewall_of(raw) for raw in raws]
    vpcs = account.vpcs({droplet.vpc for droplet in droplets} - {""}) if params["vpcs"] else []
    if vpcs is None:
        raise InputError("the token may not see VPCs", where="api_token", hint="Give it the scope vpc:read")
    return {
        "changed": False,
        "firewalls": [_shown(raw) for raw in raws],
        "droplets": [
            {
                "id": droplet.id,
                "name": droplet.name,
                "tags": sorted(droplet.tags),
                "firewalls": sorted(firewall.name for firewall in firewalls if firewall.filters(droplet)),
                "vpc": droplet.vpc,
                "private_addresses": list(droplet.private),
            }
            for droplet in droplets
        ],
        "vpcs": [{key: vpc.get(key) for key in ("id", "name", "ip_range")} for vpc in vpcs],
        "pending": pending(raws, params["wait_for"]),
        "unguarded": sorted(droplet.name for droplet in guard.unguarded(droplets, firewalls)),
    }
