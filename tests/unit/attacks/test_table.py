# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of attacks, their baselines, and the credentials that attackers hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.attacks.baselines import GUIDE_ACL, GUIDE_USERS, PREPARE
from tests.attacks.credentials import LEFT_BEHIND
from tests.attacks.model import APPLICATION, SESSION, CannotRunError
from tests.attacks.table import ATTACKS
from tests.attacks.targets import new_users

if TYPE_CHECKING:
    from pathlib import Path


def test_the_promised_attacks_are_there() -> None:
    assert {attack.id for attack in ATTACKS} == {
        1,
        2,
        3,
        4,
        5,
        6,
        7,
        8,
        9,
        10,
        11,
        12,
        13,
        14,
        15,
        16,
        17,
        20,
        21,
        22,
        23,
        24,
    }


def test_each_row_is_unique_and_has_a_baseline() -> None:
    rows = [(attack.id, attack.baseline) for attack in ATTACKS]
    assert len(set(rows)) == len(rows)
    assert {attack.baseline for attack in ATTACKS} == set(PREPARE)


def test_the_guides_acl_file_loads() -> None:
    lines = GUIDE_ACL.splitlines()
    assert all(line.startswith("user ") for line in lines)  # a comment would stop the server
    assert len({line.split()[1] for line in lines}) == len(lines) == 5


@pytest.mark.parametrize(("name", "word"), [(APPLICATION, ">${REDIS_PASSWORD}"), (SESSION, ">")])
def test_the_guides_accidents_are_in_the_baseline(name: str, word: str) -> None:
    line = next(line for line in GUIDE_ACL.splitlines() if line.split()[1] == name)
    assert word in line.split(" ")
    assert word.removeprefix(">") in LEFT_BEHIND


def test_credentials_come_from_the_deployments_folder(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "clients").mkdir()
    for name in GUIDE_USERS:
        (tmp_path / "secrets" / name).write_text(f"secret of {name}\n")
    (tmp_path / "clients" / f"{APPLICATION}-cert.pem").touch()
    users = new_users(tmp_path)
    assert users[SESSION].password == f"secret of {SESSION}"
    # Without a certificate of its own it borrows the application's.
    assert users[SESSION].cert == tmp_path / "clients" / f"{APPLICATION}-cert.pem"


def test_without_credentials_nothing_is_proved(tmp_path: Path) -> None:
    with pytest.raises(CannotRunError, match="no password of"):
        new_users(tmp_path)
    with pytest.raises(CannotRunError, match="folder with the credentials"):
        new_users(None)
