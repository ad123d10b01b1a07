"""Passwords in rotation: which files of a password there are on the controller, and what each step makes of them.

::

    stage      files                what servers accept       who leaves it
    none       app                  app                       make
    made       app, app.next        app, and soon app.next    promote, once every server accepts it
    open       app, app.old         both                      retire
    retiring   app, app.retired     app                       forget, once no server accepts it

The file of the user's own name always holds a password that every server accepts, the one for clients: so whoever reads
it gets in, whatever step a run has died at. A run that finds a stage goes on from there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

from ..errors import InputError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

NONE = "none"
MADE = "made"
OPEN = "open"
RETIRING = "retiring"

NEXT = ".next"
OLD = ".old"
RETIRED = ".retired"
SUFFIXES = (NEXT, OLD, RETIRED)

MAKE = "make"
PROMOTE = "promote"
RETIRE = "retire"
FORGET = "forget"
STEPS = (MAKE, PROMOTE, RETIRE, FORGET)

_STAGES = {frozenset(): NONE, frozenset({NEXT}): MADE, frozenset({OLD}): OPEN, frozenset({RETIRED}): RETIRING}
# What leaves a stage; a step that was taken before is not taken again.
_TAKEN = {(MAKE, NONE), (PROMOTE, MADE), (RETIRE, OPEN), (FORGET, RETIRING)}
_DONE = {(MAKE, MADE), (MAKE, OPEN), (PROMOTE, OPEN), (RETIRE, RETIRING), (RETIRE, NONE), (FORGET, NONE)}
# In check mode the step before was not taken either.
_FORESEEN = {(PROMOTE, NONE), (FORGET, OPEN)}
_REASONS = {
    (MAKE, RETIRING): ("its old password is being retired", "Finish that first: redis_rotate_phase=retire"),
    (RETIRE, MADE): ("its next password is not in use yet", "Finish that first: redis_rotate_phase=add"),
    (PROMOTE, NONE): ("there is no next password", "Begin with redis_rotate_phase=add"),
}


def stage(present: Collection[str], *, broke_off: bool = False) -> str:
    """Return the stage of a password.

    :param present: the suffixes of the files beside its own.
    :param broke_off: whether the old one and the one in use are the same, as a promotion leaves them that broke off.
    :raises InputError: files that no run leaves beside one another.
    """
    found = frozenset(present)
    if broke_off and found == {NEXT, OLD}:
        return MADE
    if found not in _STAGES:
        names = ", ".join(sorted(found))
        raise InputError(f"files ending in {names} stand beside one another, which no run leaves so")
    return _STAGES[found]


def is_due(step: str, at: str, *, check_mode: bool) -> bool:
    """Tell whether a step is to be taken at a stage; False when it was taken before.

    :raises InputError: it would skip another one.
    """
    if (step, at) in _TAKEN or (check_mode and (step, at) in _FORESEEN):
        return True
    if (step, at) in _DONE:
        return False
    reason, hint = _REASONS.get((step, at), (f"it cannot {step} a password that is {at}", ""))
    raise InputError(reason, hint=hint)


def choose(
    declared: Sequence[Mapping[str, Any]], wished: Collection[str], provided: Collection[str]
) -> tuple[list[str], list[str]]:
    """Return the users whose password can be rotated, and for each other one a sentence why not.

    :param declared: users as given to the role redis_acl.
    :param wished: names; none of them means all that can be.
    :param provided: users whose passwords come from elsewhere, such as Ansible Vault.
    """
    known = {entry["name"]: entry for entry in declared}
    names = list(dict.fromkeys(wished or known))
    reasons = {name: _reason(name, known.get(name), provided) for name in names}
    return [name for name in names if not reasons[name]], [f"{name}: {text}" for name, text in reasons.items() if text]


def _reason(name: str, entry: Mapping[str, Any] | None, provided: Collection[str]) -> str:
    if name == "default":
        return "nobody logs in as it: it is switched off"
    if entry is None:
        return "it is not declared (redis_acl_users)"
    return next((text for text, applies in _OBSTACLES if applies(entry, provided)), "")


_OBSTACLES: tuple[tuple[str, Callable[[Mapping[str, Any], Collection[str]], bool]], ...] = (
    ("it is declared absent", lambda entry, _provided: entry.get("state", "present") != "present"),
    (
        "it is off; playbooks/break_glass.yml gives it a password of its own for some minutes",
        lambda entry, _provided: entry.get("preset") == "admin" or entry.get("enabled") is False,
    ),
    (
        "it comes from redis_acl_passwords: give [new, old] there and run harden.yml, and at last the new one alone",
        lambda entry, provided: entry["name"] in provided,
    ),
    (
        "its entry in redis_acl_users says how it logs in",
        lambda entry, _provided: any(entry.get(option) for option in ("passwords", "password_hashes", "nopass")),
    ),
)
