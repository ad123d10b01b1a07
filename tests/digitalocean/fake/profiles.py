"""What the published reference leaves open, or where reports contradict it; the module must not care.

Each field says where it comes from. ASSUMED: nobody says so, it was thought up because it is possible.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from itertools import combinations, product
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Profile:
    """One way the API may behave."""

    # "0" was refused from 2017 to 2020, "all" in 2021, while the reference says "0" (issues of doctl, api-v2,
    # terraform-provider).
    takes_every: tuple[str, ...] = ("0",)
    # The reference says "0"; older ones said "all". As sent: ASSUMED.
    gives_every: str = "0"
    # Single addresses come back with a mask: ASSUMED.
    masks: bool = False
    # The reference promises no order of rules or of what is in them.
    reverses: bool = False
    # Rules come back split by kind of source: ASSUMED.
    splits: bool = False
    # The reference calls rules and tags nullable.
    nulls: bool = False
    # The reference says 200 at most and 20 by default; that it gives what was asked for is not promised.
    page_cap: int = 200
    # The field "action" is in the reference since 2024, and optional.
    actions: bool = True
    # APIs grow: fields that nobody knows yet, in firewalls and rules.
    extras: bool = False
    # Droplets of a tag that does not exist: none, or an error. The reference does not say.
    strict_tags: bool = False
    # How many looks find the firewall waiting. The reference knows the status, not how long.
    waits: int = 0


CHOICES: dict[str, tuple[Any, ...]] = {
    "takes_every": ((), ("0",), ("all",), ("0", "all")),
    "gives_every": ("0", "all", "1-65535"),
    "masks": (False, True),
    "reverses": (False, True),
    "splits": (False, True),
    "nulls": (False, True),
    "page_cap": (200, 20),
    "actions": (True, False),
    "extras": (False, True),
    "strict_tags": (False, True),
    "waits": (0, 2),
}
assert set(CHOICES) == {field.name for field in fields(Profile)}

Pair = tuple[tuple[str, Any], tuple[str, Any]]


def everything() -> Iterator[Profile]:
    """Yield all combinations."""
    for values in product(*CHOICES.values()):
        yield Profile(**dict(zip(CHOICES, values, strict=True)))


def pairs_of(profile: Profile) -> set[Pair]:
    """Return the pairs of choices that a profile has."""
    chosen = [(name, getattr(profile, name)) for name in CHOICES]
    return set(combinations(chosen, 2))


def pairwise() -> list[Profile]:
    """Return few profiles in which every two choices meet at least once."""
    left = {pair for profile in everything() for pair in pairs_of(profile)}
    found = []
    while left:
        (name, value), (other, second) = min(left, key=repr)
        best = replace(Profile(), **{name: value, other: second})
        for key in sorted(CHOICES.keys() - {name, other}):
            best = max(
                (replace(best, **{key: choice}) for choice in CHOICES[key]), key=lambda p: len(pairs_of(p) & left)
            )
        left -= pairs_of(best)
        found.append(best)
    return found
