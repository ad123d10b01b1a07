# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which commands of the second run count as writing."""

from __future__ import annotations

import pytest

from tools.demo.commandstats import grown, parse, write_flagged, writes

INFO = "# Commandstats\r\ncmdstat_get:calls=3,usec=9\r\ncmdstat_config|set:calls=12,usec=1\r\n"


def test_parse() -> None:
    assert parse(INFO) == {"get": 3, "config|set": 12}


def test_grown() -> None:
    assert grown({"get": 3, "info": 1}, {"get": 3, "info": 2, "acl|list": 1}) == ["acl|list", "info"]


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["info", "config|get", "acl|list", "client|list", "ping", "auth", "command"], []),
        (["config|set", "info"], ["config|set"]),
        (["set", "xgroup|create", "acl|setuser"], ["acl|setuser", "set", "xgroup|create"]),
    ],
)
def test_writes(names: list[str], found: list[str]) -> None:
    assert writes(names, frozenset({"set", "xgroup|create"})) == found


def test_flags_of_subcommands_count() -> None:
    def row(name: str, flag: str, children: list[object]) -> list[object]:
        return [name, 2, [flag, "fast"], 0, 0, 0, [], [], [], children]

    table = [
        row("get", "readonly", []),
        row("set", "write", []),
        row("xgroup", "x", [row("xgroup|create", "write", [])]),
    ]
    assert list(write_flagged(table)) == ["set", "xgroup|create"]  # type: ignore[arg-type]  # rows of a real reply
