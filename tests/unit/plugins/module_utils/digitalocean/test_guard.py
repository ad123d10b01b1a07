"""What speaks against a change: open doors, administrators locked out, droplets behind nothing."""

from __future__ import annotations

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.digitalocean import guard
from ansible_collections.rampart.redis.plugins.module_utils.digitalocean.firewall import Droplet, Firewall
from ansible_collections.rampart.redis.plugins.module_utils.digitalocean.rules import Key, Rules, peers_of

PROTECTED = [6379, 26379]
ANY = ["0.0.0.0/0"]


def rules(*listed: tuple[str, str, list[str]]) -> Rules:
    return {Key("allow", protocol, ports): peers_of({"addresses": addresses}) for protocol, ports, addresses in listed}


def scene(*after: Firewall, have: Firewall | None = None, droplets: tuple[Droplet, ...] = ()) -> guard.Scene:
    """Return a change that makes the first firewall; the others are there before and after."""
    others = list(after[1:])
    return guard.Scene(have, after[0], [*others, *([have] if have else [])], list(after), droplets)


@pytest.mark.parametrize(
    ("ports", "addresses", "opened"),
    [
        ("6379", ANY, "6379"),
        ("6379", ["::/0"], "6379"),
        ("6000-7000", ANY, "6379"),
        ("all", ANY, "6379, 26379"),
        ("6379", ["0.0.0.0/1", "128.0.0.0/1"], "6379"),
        ("6379", ["2000::/3"], "6379"),
        ("6379", ["10.0.0.0/8", "203.0.113.0/24"], ""),
        ("6379", ["fc00::/7"], ""),
        ("443", ANY, ""),
    ],
)
def test_redis_is_not_opened_to_the_world(ports: str, addresses: list[str], opened: str) -> None:
    found = guard.exposures(rules(("tcp", ports, addresses)), PROTECTED)
    assert [text.rpartition("with it ")[2] for text in found] == ([opened] if opened else [])


def test_udp_does_not_open_redis() -> None:
    assert guard.exposures(rules(("udp", "all", ANY)), PROTECTED) == []


SSH = Firewall("mgmt", rules(("tcp", "22", ["203.0.113.7"])), {}, frozenset({"redis"}))
PLAIN = Firewall("redis", rules(("tcp", "6379", ["10.0.0.0/8"])), {}, frozenset({"redis"}))
BY_NUMBER = Firewall("one", rules(("tcp", "6379", ["10.0.0.0/8"])), {}, frozenset(), frozenset({7}))
REDIS_1 = Droplet(7, "redis-1", frozenset({"redis"}))
STRAY = Droplet(8, "stray", frozenset({"other"}))


@pytest.mark.parametrize(
    ("view", "locked"),
    [
        (scene(PLAIN), "the droplets of tag redis"),
        (scene(PLAIN, SSH), ""),
        (scene(SSH), ""),
        (scene(PLAIN, droplets=(REDIS_1,)), "droplet redis-1"),
        (scene(PLAIN, SSH, droplets=(REDIS_1,)), ""),
        (scene(BY_NUMBER, SSH, droplets=(REDIS_1,)), ""),
        (scene(BY_NUMBER, droplets=(REDIS_1,)), "droplet redis-1"),
        # The other firewall's tag is not this droplet's.
        (scene(BY_NUMBER, SSH, droplets=(Droplet(7, "plain", frozenset()),)), "droplet plain"),
        (scene(PLAIN, droplets=(STRAY,)), "the droplets of tag redis"),
    ],
)
def test_nobody_is_locked_out(view: guard.Scene, locked: str) -> None:
    found = guard.lockouts(view, [22])
    assert [text.removeprefix("nobody could reach ").partition(" any more")[0] for text in found] == (
        [locked] if locked else []
    )


def test_another_way_in_counts_and_none_switches_the_guard_off() -> None:
    other = Firewall("vpn", rules(("tcp", "2222", ["10.0.0.0/8"])), {}, frozenset({"redis"}))
    assert guard.lockouts(scene(PLAIN, other), [22, 2222]) == []
    assert guard.lockouts(scene(PLAIN), []) == []


def test_deleting_the_door_of_the_administrators_locks_them_out() -> None:
    gone = guard.Scene(SSH, None, [SSH, PLAIN], [PLAIN], (REDIS_1,))
    assert len(guard.lockouts(gone, [22])) == 1
    assert guard.naked(gone) == []


def test_a_rule_that_denies_opens_nothing() -> None:
    denied = Firewall("mgmt", {Key("deny", "tcp", "22"): peers_of({"addresses": ANY})}, {}, frozenset({"redis"}))
    assert len(guard.lockouts(scene(PLAIN, denied), [22])) == 1
    assert any("rules that deny" in text for text in guard.warnings(scene(PLAIN, denied)))


def test_no_droplet_is_left_behind_nothing() -> None:
    assert guard.naked(guard.Scene(SSH, None, [SSH], [], (REDIS_1, STRAY))) == [
        "droplet redis-1 would be behind no firewall at all, so everything on it would be open"
    ]
    moved = Firewall("mgmt", SSH.inbound, {}, frozenset({"other"}))
    assert len(guard.naked(scene(moved, have=SSH, droplets=(REDIS_1,)))) == 1
    assert guard.unguarded([REDIS_1, STRAY], [SSH]) == [STRAY]


def test_what_is_allowed_and_still_worth_a_word() -> None:
    wide = Firewall("w", rules(("tcp", "22", ANY)), rules(("tcp", "all", ANY)), frozenset({"redis"}))
    found = guard.warnings(scene(wide))
    assert [text.partition(":")[2][:24] for text in found] == [
        " ssh is open to the whol",
        " all outbound tcp is ope",
        " nothing lets udp 53 out",
        " nothing lets udp 123 ou",
    ]


def test_another_firewall_of_the_same_droplets_may_open_the_way_out() -> None:
    out = Firewall("out", {}, rules(("udp", "53", ANY), ("udp", "100-200", ANY)), frozenset({"redis"}))
    elsewhere = Firewall("out", out.inbound, out.outbound, frozenset({"other"}))
    assert guard.warnings(scene(SSH, out)) == []
    assert len(guard.warnings(scene(SSH, elsewhere))) == 2
    by_droplet = Firewall("out", {}, out.outbound, frozenset(), frozenset({7}))
    assert guard.warnings(scene(SSH, by_droplet, droplets=(REDIS_1,))) == []
    assert guard.warnings(guard.Scene(SSH, None, [SSH], [])) == []


@pytest.mark.parametrize(
    ("named", "create", "faults", "new"),
    [
        ({"web"}, False, [], []),
        ({"Web"}, False, ["the tag Web is called web; its case counts"], []),
        ({"Web"}, True, ["the tag Web is called web; its case counts"], []),
        ({"new"}, False, ["there is no tag new; make it, or set create_tags"], []),
        ({"new", "web"}, True, [], ["new"]),
    ],
)
def test_tags(named: set[str], faults: list[str], new: list[str], *, create: bool) -> None:
    assert guard.tag_faults(named, ["web", "PROD"], create=create) == (faults, new)
