# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run attacks and make sure that what failed, failed because it was refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import canary
from .model import Attack, CannotRunError, Outcome, RefusedError, Target
from .shell import main_pid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def run(attack: Attack, target: Target) -> Outcome:
    """Run one attack. CannotRunError where the outcome would prove nothing."""
    where = f"attack {attack.id} ({attack.baseline}) on {target.container}"
    try:
        if target.phase == "before":
            canary.plant(target)
        _require_data(target, "before")
        outcome = _on_a_steady_server(attack, target)
        if not outcome.succeeded:
            _require_data(target, "after")
        elif target.phase == "before":
            canary.plant(target)  # the next attack and the run after hardening need it
    except (CannotRunError, RefusedError) as error:
        raise CannotRunError(f"{where}: {error}") from error
    return outcome


def _on_a_steady_server(attack: Attack, target: Target) -> Outcome:
    """Run the attack; a crash would look like a refusal."""
    pid = main_pid(target.container, target.product.unit)
    outcome = attack.run(target)
    if main_pid(target.container, target.product.unit) != pid:
        raise CannotRunError("the server restarted during the attack")
    return outcome


def _require_data(target: Target, when: str) -> None:
    """Insist that the rightful owner is served: a dead server refuses everything and proves nothing."""
    if not canary.alive(target):
        raise CannotRunError(f"the planted data is missing {when} the attack")


def run_all(
    attacks: Iterable[Attack], target: Target, tell: Callable[[Attack, Outcome], None]
) -> list[tuple[Attack, Outcome]]:
    """Run attacks one after the other on one target; ``tell`` hears each outcome at once."""
    results = []
    for attack in attacks:
        outcome = run(attack, target)
        tell(attack, outcome)
        results.append((attack, outcome))
    return results
