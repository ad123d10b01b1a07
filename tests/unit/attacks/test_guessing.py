# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of guessed passwords."""

from __future__ import annotations

from tests.attacks.baselines import GUIDE_USERS
from tests.attacks.guessing import GUESSES, words
from tests.attacks.model import MONITORING


def test_there_are_ten_thousand_and_the_guides_own_are_among_them() -> None:
    listed = words()
    assert len(listed) == len(set(listed)) == GUESSES
    assert GUIDE_USERS[MONITORING].password in listed
