"""Many at once: in order, at the same time, and whoever fails fails alone."""

from __future__ import annotations

import threading

from ansible_collections.rampart.redis.plugins.module_utils.collect.fleet import each


def test_outcomes_are_in_order() -> None:
    assert each(list(range(200)), lambda number: number * 2, lambda *_lost: -1) == [2 * number for number in range(200)]


def test_nobody_waits_for_another() -> None:
    together = threading.Barrier(50, timeout=30)
    assert len(each(list(range(50)), lambda _number: together.wait(), lambda *_lost: -1)) == 50


def test_who_answers_nonsense_fails_alone() -> None:
    found = each([1, 0, 2], lambda number: str(2 // number), lambda item, why: f"{item}: {why}")
    assert found == ["2", "0: ZeroDivisionError: integer division or modulo by zero", "1"]


def test_nothing_to_do() -> None:
    assert each([], str, lambda *_lost: "") == []
