# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo's own judgement, and its last screen."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from tests.attacks.baselines import PREPARE
from tests.attacks.model import CannotRunError
from tests.attacks.products import PRODUCTS, Product
from tests.attacks.table import ATTACKS
from tools.demo import inventory
from tools.demo.audit import by_severity
from tools.demo.places import BOXES
from tools.demo.screen import Screen
from tools.demo.summary import AttackRow, Facts, complaints

GOOD = Facts(
    target="rampart-demo",
    server="redis 7.0.15",
    attacks=[AttackRow(row.id, row.title, row.baseline, "succeeded", "failed") for row in ATTACKS],
    keys_before=7000,
    keys_after=7000,
    client={"operations": 9000, "errors": 1, "wrong_answers": 0, "reconnects": 1},
    audit={"before": {"critical": 3}, "after": {"medium": 2}},
    second_run={"changed": 0, "writes": []},
    evidence={"seconds": 1.4, "playbook": 9.5, "hosts": 3, "files": 90},
    report="build/demo/audit-after/report.html",
)


def _with_attack(before: str, after: str) -> list[AttackRow]:
    first, *rest = GOOD.attacks
    return [replace(first, before=before, after=after), *rest]


def test_a_good_run_has_no_complaint() -> None:
    assert complaints(GOOD) == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"attacks": _with_attack("succeeded", "succeeded")}, "attack 1 (open) succeeded before and succeeded after"),
        ({"attacks": _with_attack("failed", "failed")}, "attack 1 (open) failed before and failed after"),
        ({"attacks": GOOD.attacks[1:]}, "1 attacks were not run"),
        ({"keys_after": 6999}, "1 of 7000 keys are lost"),
        ({"keys_before": 0, "keys_after": 0}, "no data to lose"),
        ({"client": {**GOOD.client, "wrong_answers": 1}}, "1 wrong answers"),
        ({"client": {**GOOD.client, "reconnects": 2}}, "lost its connection 2 times"),
        ({"client": {**GOOD.client, "operations": 0}}, "did nothing"),
        ({"audit": {"before": {"critical": 3}, "after": {"high": 1}}}, "1 findings of severity high"),
        ({"audit": {"before": {"critical": 3}, "after": {"critical": 1}}}, "1 findings of severity critical"),
        ({"audit": {"before": {}, "after": {}}}, "found nothing critical in an open server"),
        ({"second_run": {"changed": 2, "writes": []}}, "second run changed 2"),
        ({"evidence": {**GOOD.evidence, "seconds": 61.0}}, "evidence took 61 s, more than 60"),
        ({"second_run": {"changed": 0, "writes": ["config|set"]}}, "second run sent config|set"),
    ],
)
def test_complaints(change: dict[str, Any], complaint: str) -> None:
    found = complaints(replace(GOOD, **change))
    assert len(found) == 1
    assert complaint in found[0]


def test_the_json_has_the_promised_fields() -> None:
    data = GOOD.as_json()
    assert list(data) == [
        *(
            "target",
            "server",
            "attacks",
            "keys_before",
            "keys_after",
            "client",
            "audit",
            "second_run",
            "evidence",
            "report",
            "seconds",
        )
    ]
    assert set(data["attacks"][0]) == {"id", "title", "baseline", "before", "after"}


@pytest.mark.parametrize("product", PRODUCTS.values(), ids=PRODUCTS)
def test_the_last_screen_says_what_a_person_needs(product: Product) -> None:
    console = Console(file=StringIO(), width=200)
    Screen(console).result(GOOD, [], "TLS as fitnessmealplanner-app", product)
    assert isinstance(console.file, StringIO)
    text = console.file.getvalue()
    for words in (
        "7000 before, 7000 after",
        "make clean",
        GOOD.report,
        f"{product.name}-cli --tls",
        "changed=0",
        "90 files of 3 hosts, collected within 1.4 s (the playbook: 9.5 s)",
        *_titles(),
    ):
        assert words in text


def _titles() -> set[str]:
    return {attack.title for attack in ATTACKS}


def test_each_attack_is_taken_by_one_box() -> None:
    taken = [pair for box in BOXES for pair in box.takes]
    assert len(set(taken)) == len(taken)
    assert {(attack.baseline, attack.destructive) for attack in ATTACKS} <= set(taken)
    assert {box.baseline for box in BOXES} <= set(PREPARE)


def test_the_watched_box_takes_nothing_that_destroys() -> None:
    assert not any(destructive for _baseline, destructive in BOXES[0].takes)


def test_inventory() -> None:
    assert inventory.hosts({"box": "192.0.2.1"}) == {
        "redis": {"hosts": {"box": {"ansible_host": "box", "redis_server_address": "192.0.2.1"}}}
    }


def _report(*names: str) -> dict[str, Any]:
    summary = {"critical": 1, "high": 0, "medium": 2, "low": 0, "info": 1, "pass": 40}
    return {"reports": [{"host": name, "summary": summary} for name in names]}


def test_findings_of_all_hosts_are_summed_up() -> None:
    report = _report(*(box.name for box in BOXES))
    assert by_severity(report) == {"critical": 3, "high": 0, "medium": 6, "low": 0, "info": 3}


def test_a_host_that_was_not_audited_is_no_clean_host() -> None:
    with pytest.raises(CannotRunError, match=f"not audited: {BOXES[1].name}, {BOXES[2].name}"):
        by_severity(_report(BOXES[0].name))
