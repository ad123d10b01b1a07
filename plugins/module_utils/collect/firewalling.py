"""The host's firewall and its quarantine: compared by meaning, changed on trial; the work of redis_firewall."""

from __future__ import annotations

import pwd
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import host
from ..audit.firewall import CLOSED, Packet, reach
from ..errors import HostError, InputError
from ..firewall.meaning import counts, managers, meaning, others
from ..firewall.places import FIREWALL_PLACE, PLACES, QUARANTINE_PLACE, Place, drop_in_text, file_text, unit_text
from ..firewall.ruleset import quarantine, removed, ruleset
from ..firewall.wish import HOST, Wish, guarded, parse, refuse_lockout, strangers
from . import arrivals, nftables, trials
from .nftables import Loaded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_ENABLED = "/etc/systemd/system/sysinit.target.wants"
_UFW = "/etc/ufw/ufw.conf"
_SECONDS = (10, 3600)
_SHOWN = 5


@dataclass(frozen=True)
class Order:
    """What is wanted of one table: its rules by what its counters hold, and its files by kind."""

    place: Place
    wish: Wish
    rules: Callable[[Wish, Mapping[str, tuple[int, int]]], str]
    unit: str

    def files(self, nft: str) -> dict[str, str]:
        """Return the texts of the files by path."""
        place = self.place
        return {
            place.file: file_text(place, self.rules(self.wish, {})),
            place.unit_file: unit_text(place, nft, (self.unit,)),
            place.drop_in: drop_in_text(place, nft),
        }


def firewall(params: Mapping[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """Do what ``state`` says and return the result of redis_firewall.

    :raises InputError: the wish would lock somebody out, or leave something open.
    :raises HostError: nft, the kernel or systemd did not do what was asked; nothing was changed.
    """
    state = params["state"]
    found = _managers(nftables.program()) if state == "present" and params["other_manager"] == "leave" else []
    if found:
        return {
            "changed": False,
            "pending": False,
            "left": found,
            "warnings": [f"left alone: {_named(found)} is active"],
        }
    if state in ("present", "quarantined"):
        if not _SECONDS[0] <= params["confirm_within"] <= _SECONDS[1]:
            raise InputError(f"must be {_SECONDS[0]} to {_SECONDS[1]} seconds", where="confirm_within")
        return _bring(_order(params), params["confirm_within"], check_mode=check_mode)
    if state == "confirmed":
        return _confirm(check_mode=check_mode)
    return _remove(FIREWALL_PLACE if state == "absent" else QUARANTINE_PLACE, check_mode=check_mode)


def _order(params: Mapping[str, Any]) -> Order:
    if params["state"] == "present":
        return Order(FIREWALL_PLACE, parse(params), ruleset, params["unit"])
    # Nothing but ssh comes through, whatever the firewall lets in.
    only_ssh = {"scope": HOST, "others": [], "user": "", "allow_no_clients": True}
    return Order(QUARANTINE_PLACE, parse({**params, **only_ssh}), quarantine, params["unit"])


def _bring(order: Order, seconds: int, *, check_mode: bool) -> dict[str, Any]:
    refuse_lockout(order.wish, arrivals.session())
    nft = nftables.program()
    if nft is None and not check_mode:
        raise HostError("is not installed", where="nft", hint="Install the package nftables, and run again")
    order, warnings = _with_account(order, check_mode=check_mode)
    if nft is None:
        missing = "nft is not installed yet, so the rules were not tried"
        return _result(order, Loaded(), Loaded(text=order.rules(order.wish, {})), [*warnings, missing])
    want = nftables.shadow(nft, order.rules(order.wish, {}), order.place.table)
    have = nftables.read(nft, order.place.table)
    # A trial that nobody confirmed is about to be taken back, so what is loaded now counts for nothing.
    on_trial = trials.pending(order.place)
    differs = on_trial or meaning(have.rows) != meaning(want.rows) or not _is_kept(order, nft)
    result = _result(order, have, want, [*warnings, *_warnings(order, nft)]) | {"changed": differs}
    result["diff"] = (result["diff"] + _file_diffs(order, nft)) if differs else []
    if differs and not check_mode:
        if on_trial:
            trials.take_back(order.place)
        rules = order.rules(order.wish, counts(nftables.read(nft, order.place.table).rows))
        trials.begin(order.place, nft, rules, order.files(nft), seconds)
    return result | {"pending": differs and not check_mode}


def _with_account(order: Order, *, check_mode: bool) -> tuple[Order, list[str]]:
    """Return the order as far as this host has the account; in check mode a package may be yet to come."""
    user = order.wish.user
    try:
        if user and not user.isdigit():
            pwd.getpwnam(user)
    except KeyError:
        if not check_mode:
            raise HostError(
                f"there is no account {user!r} here",
                where="user",
                hint="Install the server first, or leave user empty",
            ) from None
        return replace(order, wish=replace(order.wish, user="")), [
            f"there is no account {user!r} yet, so its rules are not shown"
        ]
    return order, []


def _is_kept(order: Order, nft: str) -> bool:
    """Tell whether the next boot will bring the same."""
    place = order.place
    wishes = [trials.wish(place, path, text.encode()) for path, text in order.files(nft).items()]
    active = host.run(["systemctl", "--quiet", "is-active", place.unit]).returncode == 0
    return active and all(one.is_met() for one in wishes) and Path(_ENABLED, place.unit).is_symlink()


def _result(order: Order, have: Loaded, want: Loaded, warnings: list[str]) -> dict[str, Any]:
    name = f"table inet {order.place.table}"
    return {
        "changed": True,
        "pending": False,
        "counters": {key: packets for key, (packets, _bytes) in counts(have.rows).items()},
        "strangers": _strangers(order),
        "warnings": warnings,
        "diff": [{"before_header": name, "after_header": name, "before": have.text, "after": want.text}],
    }


def _file_diffs(order: Order, nft: str) -> list[dict[str, str]]:
    pairs = ((path, host.read_text(path) or "", text) for path, text in order.files(nft).items())
    return [
        {"before_header": path, "after_header": path, "before": before, "after": after}
        for path, before, after in pairs
        if before != after
    ]


def _strangers(order: Order) -> list[str]:
    # In quarantine everybody is one.
    return strangers(order.wish, arrivals.connected()) if order.place is FIREWALL_PLACE else []


def _warnings(order: Order, nft: str) -> list[str]:
    found = _strangers(order)
    said = [f"connected now, and let in no more: {', '.join(found)}"] if found else []
    if order.place is FIREWALL_PLACE:
        said += [*_closed(order.wish), *_beside(order.wish, nft)]
    return said


def _closed(wish: Wish) -> list[str]:
    """Say which ports listen to others and are opened to nobody: other services of this host go dark."""
    if wish.scope != HOST:
        return []
    opened = {*guarded(wish), *wish.ports["ssh"], *(one.port for one in wish.others)}
    ports = sorted(
        {port for address, port in arrivals.listening() if not address.startswith("127.") and address != "::1"}
    )
    dark = [str(port) for port in ports if port not in opened]
    return [f"these ports listen, and nothing opens them (see others): {', '.join(dark)}"] if dark else []


def _beside(wish: Wish, nft: str) -> list[str]:
    """Say what other rules of the host do to those whom ours let in: a drop is final, an accept is not."""
    found, rows = _managers(nft), others(nftables.everything(nft), [place.table for place in PLACES])
    said = [f"{_named(found)} is active beside these rules: a packet must be let in by both"] if found else []
    packets = [Packet(str(one.network_address), port) for one in wish.clients for port in wish.ports["redis"]]
    dropped = [f"{one.address} to port {one.port}" for one in packets if reach(rows, one) == CLOSED]
    return said + ([f"dropped by other rules of this host: {', '.join(dropped[:_SHOWN])}"] if dropped else [])


def _managers(nft: str | None) -> list[str]:
    return managers(nftables.everything(nft) if nft else (), host.read_text(_UFW) or "")


def _named(found: list[str]) -> str:
    return " and ".join(found)


def _confirm(*, check_mode: bool) -> dict[str, Any]:
    waiting = [place for place in PLACES if trials.pending(place)]
    if check_mode:
        return {"changed": bool(waiting), "pending": bool(waiting)}
    nft = nftables.program()
    if not waiting or nft is None:
        raise HostError(
            "nothing waits for a confirmation: it was confirmed, or it was taken back because none came in time",
            where="state=confirmed",
            hint=f"journalctl -t {FIREWALL_PLACE.timer} tells which",
        )
    for place in waiting:
        trials.confirm(place, nft)
    return {"changed": True, "pending": False}


def _remove(place: Place, *, check_mode: bool) -> dict[str, Any]:
    nft = nftables.program()
    have = nftables.read(nft, place.table) if nft else Loaded()
    paths = [Path(path) for path in (place.file, place.unit_file, place.drop_in) if Path(path).exists()]
    changed = bool(have.rows or paths or trials.pending(place))
    if changed and not check_mode:
        _clear(place, nft, paths)
    name = f"table inet {place.table}"
    diff = [{"before_header": name, "after_header": name, "before": have.text, "after": ""}] if changed else []
    return {"changed": changed, "pending": False, "diff": diff}


def _clear(place: Place, nft: str | None, paths: list[Path]) -> None:
    trials.disarm(place)
    if Path(place.unit_file).exists():
        host.run_ok(["systemctl", "--quiet", "disable", "--now", place.unit])
    if nft:
        nftables.load(nft, removed(place.table))
    for path in paths:
        path.unlink(missing_ok=True)
    with suppress(OSError):  # others may have a drop-in there too
        Path(place.drop_in).parent.rmdir()
    host.run_ok(["systemctl", "daemon-reload"])
