"""Who should reach what, and what is said when it is not so."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.errors import InputError
from ansible_collections.rampart.redis.plugins.module_utils.firewall.reach import doors, outcome
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.firewall.cases import PARAMS

HERE, PEER = "10.10.1.10", "10.10.1.11"
WEB, WEB_TOO, MONITOR, BASTION, STRANGER = "10.10.1.20", "10.10.2.9", "10.10.1.30", "198.51.100.7", "10.10.1.99"
ALL = {"redis": 6379, "tls": 6380, "sentinel": 26379, "bus": 16379, "exporter": 9121, "ssh": 22}


def server(**options: Any) -> dict[str, Any]:  # noqa: ANN401 - options are anything
    return {"server": "redis-1", "address": HERE, "options": {**PARAMS, **options}}


def attempt(host: str, address: str, came: dict[int, str], *, source: str = "") -> dict[str, Any]:
    """Return what a host tried at redis-1: what is not in ``came`` timed out."""
    ports = {*ALL.values(), *came}
    rows = [
        {"address": HERE, "port": port, "outcome": came.get(port, "timeout"), "source": source or address}
        for port in sorted(ports)
    ]
    return {"host": host, "address": address, "outcomes": rows}


def deviations(host: str, address: str, came: dict[int, str], **options: Any) -> list[str]:  # noqa: ANN401
    found: list[str] = outcome([attempt(host, address, came)], [server(**options)])["deviations"]
    return found


@pytest.mark.parametrize(
    ("host", "address", "ports", "options"),
    [
        ("web-1", WEB, [6379, 6380], {}),
        ("in-a-named-network", WEB_TOO, [6379, 6380], {}),
        ("all-of-a-named-network", "10.10.2.0/25", [6379, 6380], {}),
        ("redis-2", PEER, [6379, 6380, 16379], {}),
        ("redis-2", "fd00:10::11", [6379, 6380, 16379], {}),
        ("monitor-1", MONITOR, [9121], {}),
        ("bastion-1", BASTION, [22], {}),
        ("localhost", BASTION, [22], {}),
        ("stranger-1", STRANGER, [], {}),
        # One half of it is no client.
        ("too-wide", "10.10.2.0/23", [], {}),
        ("other-family", "fd00::99", [], {}),
        ("redis-1", HERE, [*ALL.values()], {}),
        # Another name of the same host.
        ("redis-1-backup", HERE, [*ALL.values()], {}),
        ("web-1", WEB, [6379, 6380, 26379], {"sentinel_proved": True}),
        ("redis-2", PEER, [6379, 6380, 16379, 26379], {"sentinel_proved": True}),
        ("stranger-1", STRANGER, [], {"sentinel_proved": "yes"}),
        ("both", WEB, [6379, 6380, 9121], {"monitors": [WEB]}),
        ("web-1", WEB, [], {"addresses": ["10.10.9.9"]}),
        ("bastion-1", BASTION, [22], {"addresses": ["10.10.9.9"]}),
        ("web-1", WEB, [6379, 6380], {"addresses": [HERE]}),
        ("web-1", WEB, [6379, 6380, 8080], {"others": [{"port": "8080", "sources": [WEB]}]}),
        ("web-1", WEB, [6379, 6380, 8080], {"others": [{"port": 8080, "protocol": None, "sources": [WEB]}]}),
        ("stranger-1", STRANGER, [], {"others": [{"port": 8080, "sources": [WEB]}]}),
        ("web-1", WEB, [6379], {"redis_ports": ["6379"]}),
    ],
)
@pytest.mark.parametrize("through", ["open", "refused"])
@pytest.mark.parametrize("out", ["timeout", "unreachable"])
def test_what_should_be_is_no_deviation_and_its_contrary_is(
    host: str, address: str, ports: list[int], options: dict[str, Any], through: str, out: str
) -> None:
    known = [(door.port) for door in doors(server(**options))]
    right = {port: through if port in ports else out for port in known}
    wrong = {port: out if port in ports else through for port in known}
    assert deviations(host, address, right, **options) == []
    assert len(deviations(host, address, wrong, **options)) == len(known)


@pytest.mark.parametrize(
    ("host", "address", "came", "options", "said"),
    [
        ("x", STRANGER, {6379: "open"}, {}, "x reaches redis-1:6379 (redis), which only clients and peers may"),
        ("stranger-1", STRANGER, {26379: "open"}, {}, "stranger-1 reaches redis-1:26379 (sentinel), which nobody may"),
        ("localhost", STRANGER, {22: "open"}, {}, "the controller reaches redis-1:22 (ssh), which only bastions may"),
        ("x", STRANGER, {9121: "open"}, {"monitors": []}, "x reaches redis-1:9121 (exporter), which nobody may"),
        (
            "web-1",
            WEB,
            {6379: "open", 6380: "open", 9121: "refused"},
            {},
            "web-1 gets through to redis-1:9121 (exporter), where nobody listens and which only monitors may",
        ),
        ("web-1", WEB, {6380: "open"}, {}, "web-1 does not reach redis-1:6379 (redis), which clients may (timeout)"),
        (
            "both",
            WEB,
            {6380: "open", 16379: "open", 6379: "unreachable"},
            {"peers": [WEB]},
            "both does not reach redis-1:6379 (redis), which clients and peers may (unreachable)",
        ),
        (
            "redis-1",
            HERE,
            {port: "open" for port in ALL.values() if port != 22},
            {},
            "redis-1 does not reach redis-1:22 (ssh), which the host itself may (timeout)",
        ),
        (
            "stranger-1",
            STRANGER,
            {8080: "open"},
            {"others": [{"port": 8080, "sources": [WEB]}, {"port": 8080, "sources": [MONITOR]}]},
            "stranger-1 reaches redis-1:8080 (other), which only 10.10.1.20/32, 10.10.1.30/32 may",
        ),
    ],
)
def test_a_deviation_says_who_what_and_who_may(
    host: str, address: str, came: dict[int, str], options: dict[str, Any], said: str
) -> None:
    assert deviations(host, address, came, **options) == [said]


def test_a_host_without_an_address_in_the_inventory_is_known_by_the_one_it_came_from() -> None:
    (one,) = outcome([attempt("laptop", "", {22: "open"}, source=STRANGER)], [server()])["deviations"]
    assert one == "laptop reaches redis-1:22 (ssh), which only bastions may"
    assert outcome([attempt("laptop", "", {22: "open"}, source=BASTION)], [server()])["deviations"] == []


def test_a_host_with_no_address_at_all_is_a_stranger() -> None:
    assert outcome([attempt("laptop", "", {})], [server()])["deviations"] == []


def test_an_address_that_is_not_the_inventorys_is_named() -> None:
    found = outcome([attempt("web-1", WEB, {6380: "open"}, source=STRANGER)], [server()])["deviations"]
    assert found[0].endswith("may (timeout); it comes from 10.10.1.99, by the inventory from 10.10.1.20")


def test_ports_that_the_firewall_does_not_judge_are_not_tried() -> None:
    options = {"scope": "ports", "others": [{"port": 8080, "sources": [WEB]}]}
    assert sorted(door.port for door in doors(server(**options))) == [6379, 6380, 9121, 16379, 26379]
    assert deviations("stranger-1", STRANGER, {22: "open"}, scope="ports") == []


def test_a_further_port_over_udp_is_not_tried() -> None:
    ports = [door.port for door in doors(server(others=[{"port": 53, "protocol": "udp", "sources": [WEB]}]))]
    assert 53 not in ports


def test_a_port_that_was_not_tried_is_a_deviation() -> None:
    tried = {"host": "web-1", "address": WEB, "outcomes": attempt("web-1", WEB, {})["outcomes"][:1]}
    found = outcome([tried], [server()])
    assert found["tried"] == 1
    assert "web-1 did not try redis-1:6379 (redis), so nothing is known of it" in found["deviations"]


def test_each_host_has_a_line() -> None:
    rows = [attempt("web-1", WEB, {6379: "open", 6380: "refused"}), attempt("localhost", "", {}, source=STRANGER)]
    found = outcome(rows, [server()])
    assert found["tried"] == 2 * len(ALL)
    assert found["lines"] == [
        "web-1 (10.10.1.20) reaches redis-1:6379 (redis); redis-1:6380 (redis), nobody listens. Not: 4 of 6",
        "the controller reaches nothing. Not: 6 of 6",
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"address": "10.10.1.0/24"}, r"redis-1: 10.10.1.0/24 is no address to connect to. Set redis_firewall_address"),
        ({"options": {**PARAMS, "clients": ["web-1"]}}, "redis-1: clients: 'web-1' is neither"),
        ({"options": {**PARAMS, "clients": []}}, "redis-1: clients: is empty"),
        ({"options": {**PARAMS, "ssh_ports": ["ssh"]}}, "redis-1: ssh_ports: 'ssh' is no number"),
    ],
)
def test_a_wrong_description_names_the_server(change: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError) as caught:
        doors({**server(), **change})
    assert str(caught.value).startswith(said)
