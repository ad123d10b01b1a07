# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the demo can be shown on, and where each server keeps its things."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from tests.attacks.products import REDIS, VALKEY
from tools.demo import __main__ as program
from tools.demo import inventory
from tools.demo.machines import MACHINES

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_the_targets_are_the_three_of_the_readme() -> None:
    assert {name: (machine.suite, machine.product.name) for name, machine in MACHINES.items()} == {
        "bookworm": ("bookworm", "redis"),
        "trixie": ("trixie", "redis"),
        "valkey": ("trixie", "valkey"),
    }


def test_an_unknown_target_ends_with_2_and_starts_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert program.main(["buster"]) == 2
    assert "there is no target 'buster'; choose one of bookworm, trixie, valkey" in capsys.readouterr().err


def test_products_differ_in_every_place() -> None:
    places = ("server", "cli", "unit", "config_dir", "config_file", "data_dir", "log_dir", "run_dir")
    assert [getattr(VALKEY, place) for place in places] == [
        getattr(REDIS, place).replace("redis", "valkey") for place in places
    ]
    assert VALKEY.config_file == "/etc/valkey/valkey.conf"


def test_the_inventory_names_the_product(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inventory, "INVENTORY", tmp_path)
    inventory.write({"box": "192.0.2.1"}, "192.0.2.254", VALKEY)
    variables = yaml.safe_load((tmp_path / "group_vars" / "redis" / "demo.yml").read_text(encoding="utf-8"))
    assert variables["redis_server_product"] == "valkey"
    assert variables["redis_firewall_bastions"] == ["192.0.2.254"]
    hosts = yaml.safe_load((tmp_path / "hosts.yml").read_text(encoding="utf-8"))
    assert list(hosts["redis"]["hosts"]) == ["box"]
