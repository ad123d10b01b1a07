# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the live client counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tools.demo.client import Losses, Memory, Settings, Story, secure_options

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("value", "wrong"),
    [("new", False), ("old", False), (None, True), ("foreign", True)],
)
def test_an_unacknowledged_write_may_or_may_not_count(value: str | None, *, wrong: bool) -> None:
    memory = Memory()
    memory.trying("k", "old")
    memory.written("k", "old")
    memory.trying("k", "new")
    assert memory.wrong("k", value) is wrong
    assert not memory.wrong("k", value)  # the same thing is reported once


def test_an_acknowledged_write_counts() -> None:
    memory = Memory()
    memory.trying("k", "new")
    memory.written("k", "new")
    assert memory.wrong("k", None)


def test_an_unknown_key_is_empty() -> None:
    assert not Memory().wrong("k", None)
    assert Memory().wrong("k", "x")


def test_refused_tries_within_ten_seconds_belong_to_the_loss() -> None:
    losses = Losses(Story())
    losses.lost(100.0)
    for now in (101.0, 105.0, 110.0):
        losses.refused(now)
    assert (losses.story.reconnects, losses.story.refused_tries) == (1, 3)
    losses.refused(110.5)
    assert losses.story.reconnects == 2


def test_refused_tries_before_the_first_connection_are_no_loss() -> None:
    losses = Losses(Story())
    losses.refused(1.0)
    losses.refused(99.0)
    assert losses.story.reconnects == 0


def test_tls_is_preferred_only_when_all_of_it_is_delivered(tmp_path: Path) -> None:
    settings = Settings("192.0.2.1", 6379, 6380, "app", str(tmp_path), "unused")
    parts = ("ca/ca-cert.pem", "clients/app-cert.pem", "clients/app-key.pem", "secrets/app")
    for part in parts:
        assert secure_options(settings) is None
        (tmp_path / part).parent.mkdir(exist_ok=True)
        (tmp_path / part).write_text("content\n")
    options = secure_options(settings)
    assert options is not None
    assert (options["port"], options["username"], options["password"]) == (6380, "app", "content")
    assert options["ssl_check_hostname"] is True
