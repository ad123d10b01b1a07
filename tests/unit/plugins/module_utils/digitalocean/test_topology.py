"""Two firewalls out of a topology: who reaches what, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.digitalocean import guard
from ansible_collections.rampart.redis.plugins.module_utils.digitalocean.firewall import Firewall, told
from ansible_collections.rampart.redis.plugins.module_utils.digitalocean.topology import (
    firewalls,
    quarantine_rules,
)
from ansible_collections.rampart.redis.plugins.module_utils.digitalocean.wish import laid_over, parse
from ansible_collections.rampart.redis.plugins.module_utils.errors import InputError

NOBODY: dict[str, list[str]] = {"tags": [], "addresses": []}
TOPOLOGY: dict[str, Any] = {
    "name": "shop",
    "redis_tags": ["redis"],
    "client": {"tags": ["web"], "addresses": []},
    "monitor": {"tags": ["monitor"], "addresses": []},
    "bastion": {"tags": [], "addresses": ["203.0.113.7"]},
    "redis_ports": [6379, 26379],
    "bus_ports": [16379],
    "exporter_ports": [9121],
    "ssh_ports": [22],
    "outbound_addresses": ["0.0.0.0/0", "::/0"],
    "allow_no_clients": False,
}


def made(**changes: Any) -> list[Firewall]:  # noqa: ANN401
    wishes = [parse(raw) for raw in firewalls({**TOPOLOGY, **changes})]
    assert [faults for _wish, faults in wishes] == [[], []]
    return [laid_over(None, wish) for wish, _faults in wishes]


def test_who_reaches_what() -> None:
    mgmt, redis = made()
    assert told(mgmt).splitlines() == [
        "firewall shop-mgmt",
        "for tag redis",
        "inbound: icmp from 0.0.0.0/0, ::/0",
        "inbound: tcp 22 from 203.0.113.7",
        "outbound: icmp to 0.0.0.0/0, ::/0",
        "outbound: tcp 443 to 0.0.0.0/0, ::/0",
        "outbound: tcp 53 to 0.0.0.0/0, ::/0",
        "outbound: tcp 80 to 0.0.0.0/0, ::/0",
        "outbound: udp 123 to 0.0.0.0/0, ::/0",
        "outbound: udp 53 to 0.0.0.0/0, ::/0",
    ]
    assert told(redis).splitlines() == [
        "firewall shop-redis",
        "for tag redis",
        "inbound: tcp 16379 from tag redis",
        "inbound: tcp 26379 from tag redis, tag web",
        "inbound: tcp 6379 from tag redis, tag web",
        "inbound: tcp 9121 from tag monitor",
        "outbound: tcp 16379 to tag redis",
        "outbound: tcp 26379 to tag redis",
        "outbound: tcp 6379 to tag redis",
    ]


def test_the_guards_have_nothing_against_them() -> None:
    mgmt, redis = made()
    both = [mgmt, redis]
    for want, before in ((mgmt, []), (redis, [mgmt])):
        view = guard.Scene(None, want, before, [*before, want])
        assert guard.lockouts(view, [22]) == []
        assert guard.exposures(want.inbound, [6379, 26379, 16379, 9121]) == []
        assert guard.warnings(view) == []
    assert {tag for firewall in both for tag in firewall.tags} == {"redis"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"redis_tags": []}, "no tag says which droplets"),
        ({"bastion": NOBODY}, "nobody could administer"),
        ({"client": NOBODY}, "no client could connect"),
    ],
)
def test_what_is_missing_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        firewalls({**TOPOLOGY, **changes})


def test_all_that_is_missing_is_told_at_once() -> None:
    with pytest.raises(InputError) as caught:
        firewalls({**TOPOLOGY, "redis_tags": [], "bastion": NOBODY, "client": NOBODY})
    assert str(caught.value).count(";") == 2


def test_in_quarantine_only_administrators_get_in() -> None:
    assert quarantine_rules(TOPOLOGY) == [
        {"protocol": "tcp", "ports": "22", "sources": {"addresses": ["203.0.113.7"]}},
    ]
    with pytest.raises(InputError, match="name a bastion"):
        quarantine_rules({**TOPOLOGY, "bastion": NOBODY})


def test_no_clients_when_forced_and_no_monitors_without_a_word() -> None:
    _mgmt, redis = made(client=NOBODY, monitor=NOBODY, allow_no_clients=True)
    assert "inbound: tcp 6379 from tag redis\n" in told(redis)
    assert "9121" not in told(redis)
