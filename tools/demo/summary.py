# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The facts of one demo run, and what must be true of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from tests.attacks.table import ATTACKS

if TYPE_CHECKING:
    from collections.abc import Mapping

EVIDENCE_SECONDS = 60.0
SEVERITIES = ("critical", "high", "medium", "low", "info")


@dataclass(frozen=True)
class AttackRow:
    """One attack, before and after."""

    id: int
    title: str
    baseline: str
    before: str
    after: str


@dataclass(frozen=True)
class Facts:
    """What build/demo/summary.json holds, field by field."""

    target: str
    server: str
    attacks: list[AttackRow]
    keys_before: int
    keys_after: int
    client: dict[str, int]  # operations, errors, wrong_answers, reconnects
    audit: dict[str, dict[str, int]]  # before, after: findings by severity
    second_run: dict[str, Any]  # changed: int; writes: names of writing commands
    evidence: dict[str, float]  # seconds, playbook: how long it took; hosts, files: of how many
    report: str
    seconds: float = field(default=0.0)

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        return asdict(self)


def complaints(facts: Facts) -> list[str]:
    """Return what is not as it must be; empty after a good run."""
    return [
        *_attacks(facts),
        *_data(facts),
        *_client(facts.client),
        *_audit(facts.audit),
        *_second_run(facts),
        *_evidence(facts),
    ]


def _attacks(facts: Facts) -> list[str]:
    found = [
        f"attack {row.id} ({row.baseline}) {row.before} before and {row.after} after hardening"
        for row in facts.attacks
        if (row.before, row.after) != ("succeeded", "failed")
    ]
    missing = len(ATTACKS) - len(facts.attacks)
    return [*found, f"{missing} attacks were not run"] if missing else found


def _data(facts: Facts) -> list[str]:
    if facts.keys_before == 0:
        return ["there was no data to lose"]
    lost = facts.keys_before - facts.keys_after
    return [f"{lost} of {facts.keys_before} keys are lost or damaged"] if lost else []


def _client(client: Mapping[str, int]) -> list[str]:
    found = []
    if client["operations"] == 0:
        found.append("the live client did nothing")
    if client["wrong_answers"]:
        found.append(f"the live client got {client['wrong_answers']} wrong answers")
    if client["reconnects"] > 1:
        found.append(f"the live client lost its connection {client['reconnects']} times")
    return found


def _audit(audit: Mapping[str, Mapping[str, int]]) -> list[str]:
    found = [
        f"{audit['after'][severity]} findings of severity {severity} remain after hardening"
        for severity in ("critical", "high")
        if audit["after"].get(severity)
    ]
    if not audit["before"].get("critical"):
        found.append("the audit found nothing critical in an open server")
    return found


def _second_run(facts: Facts) -> list[str]:
    found = []
    if facts.second_run["changed"]:
        found.append(f"the second run changed {facts.second_run['changed']} things")
    if facts.second_run["writes"]:
        found.append(f"the second run sent {', '.join(facts.second_run['writes'])}")
    return found


def _evidence(facts: Facts) -> list[str]:
    seconds = facts.evidence["seconds"]
    return [f"evidence took {seconds:g} s, more than {EVIDENCE_SECONDS:g}"] if seconds > EVIDENCE_SECONDS else []
