# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The data that must survive."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from tests.attacks.model import APPLICATION, SESSION
from tools.demo.dataset import MAKERS, Item, count, items, plain

if TYPE_CHECKING:
    from tests.attacks.resp import Connection, Reply


class Store:
    """Answers reads from a table."""

    def __init__(self, data: list[Item]) -> None:
        self.answers: dict[tuple[str, ...], Reply] = {item.read: list(item.expected.split()) for item in data}

    def call(self, *words: str) -> Reply:
        return self.answers.get(words)


def _owners(store: Store) -> dict[str, Connection]:
    connection = cast("Connection", store)
    return {APPLICATION: connection, SESSION: connection}


def test_every_run_makes_the_same_data() -> None:
    assert items(3) == items(3)
    assert len({item.write[1] for item in items(3)}) == 3 * len(MAKERS)


def test_all_there() -> None:
    data = items(2)
    assert count(data, _owners(Store(data))).intact == len(data)


def test_lost_and_changed_keys_are_named() -> None:
    data = items(2)
    store = Store(data)
    del store.answers[data[0].read]
    store.answers[data[3].read] = "something else"
    census = count(data, _owners(store))
    assert census.damaged == (data[0].write[1], data[3].write[1])
    assert census.intact == len(data) - 2


def test_plain() -> None:
    assert plain([["1-1", ["event", "x"]], 2, None]) == "1-1 event x 2 "
