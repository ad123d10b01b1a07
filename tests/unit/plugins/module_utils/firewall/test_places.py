"""Where our tables are kept."""

from __future__ import annotations

import subprocess

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.firewall.places import (
    PLACES,
    QUARANTINE_PLACE,
    Place,
    drop_in_text,
    file_text,
    rollback_text,
    unit_text,
)
from ansible_collections.rampart.redis.plugins.module_utils.firewall.ruleset import removed

a_place = pytest.mark.parametrize("place", PLACES, ids=lambda place: place.table)


def test_no_two_tables_share_a_place() -> None:
    names = [
        name
        for one in PLACES
        for name in (one.table, one.file, one.unit, one.unit_file, one.drop_in, one.timer, one.trial)
    ]
    assert len(names) == len(set(names))
    assert QUARANTINE_PLACE.file == "/etc/rampart/quarantine.nft"


@a_place
def test_a_unit_is_before_redis_and_behind_what_flushes(place: Place) -> None:
    text = unit_text(place, "/usr/sbin/nft", ("redis-server.service",))
    assert "Before=network-pre.target shutdown.target redis-server.service\n" in text
    assert "After=nftables.service local-fs.target\n" in text
    assert f"ExecStart=/usr/sbin/nft -f {place.file}\n" in text
    assert "flush ruleset" not in text
    assert not any(line.endswith(" ") for line in unit_text(place, "nft", ()).splitlines())


@a_place
def test_a_flush_by_debians_unit_is_made_up_for(place: Place) -> None:
    text = drop_in_text(place, "/usr/sbin/nft")
    for when in ("ExecStartPost", "ExecReload", "ExecStopPost"):
        assert f"{when}=-/bin/sh -c 'systemctl --quiet is-active {place.unit} &&" in text


@a_place
def test_the_rollback_is_a_script(place: Place) -> None:
    script = rollback_text(place, "/usr/sbin/nft")
    assert subprocess.run(["sh", "-n"], input=script, text=True, check=False).returncode == 0
    assert script.index("rm armed") < script.index("before.nft") < script.index("removed.nft")


@a_place
def test_the_file_says_whose_it_is(place: Place) -> None:
    text = file_text(place, removed(place.table))
    assert text.startswith("# Written by Ansible: rampart.redis.redis_firewall\n")
    assert text.endswith(f"delete table inet {place.table}\n")
