"""The firewall is made, kept, mended and deleted as wished; what is dangerous is refused before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml
from ansible_collections.rampart.redis.plugins.modules import digitalocean_firewall_info
from ansible_collections.rampart.redis.tests.digitalocean.site import ANYWHERE, WISH, Clock, apply, options, refused
from ansible_collections.rampart.redis.tests.runner import fail, succeed
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.digitalocean.test_wish import GUIDE

if TYPE_CHECKING:
    from ansible_collections.rampart.redis.tests.digitalocean.fake.server import Fake

SSH: dict[str, Any] = WISH["inbound_rules"][0]
REDIS: dict[str, Any] = WISH["inbound_rules"][1]


def only(fake: Fake) -> dict[str, Any]:
    """Return the one firewall that is stored."""
    (raw,) = fake.account.firewalls.values()
    return raw


def test_it_is_made_once_and_then_left_alone(fake: Fake) -> None:
    first = apply(fake)
    assert first["changed"]
    assert first["changes"] == ["make the firewall shop-redis"]
    assert fake.writes() == ["POST /v2/firewalls"]
    assert only(fake)["tags"] == ["redis"]
    assert first["firewall"]["status"] == "succeeded"
    assert first["warnings"] == []
    fake.forget()
    second = apply(fake)
    assert not second["changed"]
    assert second["changes"] == []
    assert second["firewall"] == first["firewall"]
    assert set(fake.methods()) == {"GET"}


def test_check_mode_makes_nothing_and_tells_everything(fake: Fake) -> None:
    fake.account.tags.remove("bastion")
    told = apply(fake, check_mode=True, create_tags=True)
    assert told["changes"] == ["make the tag bastion", "make the firewall shop-redis"]
    assert told["diff"]["before"] == ""
    assert "inbound: tcp 6379 from 10.10.0.0/16, tag redis, tag web\n" in told["diff"]["after"]
    assert set(fake.methods()) == {"GET"}
    assert fake.account.firewalls == {}
    assert "bastion" not in fake.account.tags
    done = apply(fake, create_tags=True)
    assert done["changes"] == told["changes"]
    assert done["diff"] == told["diff"]
    assert fake.writes() == ["POST /v2/tags", "POST /v2/firewalls"]


def test_what_drifted_is_mended(fake: Fake) -> None:
    apply(fake)
    raw = only(fake)
    raw["inbound_rules"] = [rule for rule in raw["inbound_rules"] if rule["ports"] != "6379"]
    raw["tags"] = ["redis", "web"]
    told = apply(fake, check_mode=True)
    fake.forget()
    done = apply(fake)
    assert done["changes"] == told["changes"]
    assert done["changes"] == [
        "detach it from tag web",
        "open inbound: tcp 6379 from 10.10.0.0/16, tag redis, tag web",
    ]
    assert fake.writes() == [f"PUT /v2/firewalls/{raw['id']}"]
    assert not apply(fake)["changed"]


def test_what_is_not_given_stays(fake: Fake) -> None:
    apply(fake)
    before = dict(only(fake))
    done = apply(fake, outbound_rules=None, tags=None, inbound_rules=[SSH])
    assert len(done["changes"]) == 2
    assert only(fake)["tags"] == ["redis"]
    assert len(only(fake)["outbound_rules"]) == len(before["outbound_rules"])


def test_without_purge_the_wish_is_added(fake: Fake) -> None:
    apply(fake)
    more = [{"protocol": "tcp", "ports": "6379", "sources": {"addresses": ["10.20.0.0/16"]}}]
    done = apply(fake, purge=False, inbound_rules=more, outbound_rules=None, tags=["web"])
    assert done["changes"] == ["attach it to tag web", "open inbound: tcp 6379 from 10.20.0.0/16"]
    assert done["firewall"]["tags"] == ["redis", "web"]
    assert not apply(fake, purge=False)["changed"]


def test_it_is_deleted_when_that_leaves_nobody_open(fake: Fake) -> None:
    apply(fake)
    message = refused(fake, state="absent", inbound_rules=None, outbound_rules=None, tags=None)
    assert "droplet droplet-101 would be behind no firewall at all" in message
    assert "allow_exposure" in message
    fake.account.firewall("other", tags=["redis"], inbound_rules=[{**SSH, "sources": {"tags": ["bastion"]}}])
    assert apply(fake, check_mode=True, state="absent")["changed"]
    assert len(fake.account.firewalls) == 2
    done = apply(fake, state="absent")
    assert done["changes"] == ["delete the firewall shop-redis"]
    assert done["firewall"] == {}
    assert only(fake)["name"] == "other"
    assert not apply(fake, state="absent")["changed"]


def test_deleting_the_way_in_of_the_administrators_is_refused(fake: Fake) -> None:
    apply(fake)
    fake.account.firewall("other", tags=["redis"], inbound_rules=[{**REDIS, "ports": "6379"}])
    assert "nobody could reach droplet droplet-101 any more" in refused(fake, state="absent")
    assert apply(fake, state="absent", allow_lockout=True)["changed"]


def test_the_rules_of_the_guide_are_refused_with_three_reasons(fake: Fake) -> None:
    message = refused(fake, **yaml.safe_load(GUIDE))
    assert "port_range is no field of a rule; it is called ports" in message
    assert "sources must say of which kind they are" in message
    assert "no inbound rule opens tcp 22, so administrators would be locked out" in message
    # And what is worth a word besides.
    assert "nothing lets udp 53 out" in message
    assert "all outbound tcp is open to the whole internet" in message
    assert fake.seen == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"inbound_rules": [SSH, {**REDIS, "ports": "70000"}]}, "ports is 70000"),
        ({"inbound_rules": [SSH, {**REDIS, "ports": "7000-6000"}]}, "the range is reversed, write 6000-7000"),
        ({"inbound_rules": [SSH, {**REDIS, "sources": {"addresses": ["10.0.0.1/8"]}}]}, "write 10.0.0.0/8"),
        ({"inbound_rules": [SSH, {**REDIS, "sources": {}}]}, "the rule would let nobody through"),
        ({"inbound_rules": [SSH, {**REDIS, "sources": {"addresses": ANYWHERE}}]}, "open to the whole internet"),
        ({"inbound_rules": [REDIS]}, "nobody could reach droplet droplet-101 any more"),
        ({"tags": ["Redis"]}, "the tag Redis is called redis; its case counts"),
        ({"tags": ["unknown"]}, "there is no tag unknown"),
        ({"inbound_rules": [], "outbound_rules": []}, "a firewall needs one rule at least"),
        ({"droplet_ids": [999]}, "there is no droplet 999"),
        ({"name": "shop redis"}, "must be letters, digits, dots and dashes"),
        ({"api_token": "two words"}, "it is empty, or has spaces or line ends in it"),
        ({"api_url": "http://api.example.com"}, "the token would cross the network in plain text"),
        ({"api_url": "ftp://x"}, "it must be an address such as"),
    ],
)
def test_bad_input_changes_nothing(fake: Fake, changes: dict[str, Any], words: str) -> None:
    assert words in refused(fake, **changes)
    assert words in refused(fake, check_mode=True, **changes)
    assert fake.writes() == []


def test_everything_that_speaks_against_it_is_told_at_once(fake: Fake) -> None:
    message = refused(fake, tags=["REDIS"], inbound_rules=[{**REDIS, "sources": {"addresses": ["0.0.0.0/0"]}}])
    assert "called redis" in message
    assert "open to the whole internet" in message
    assert "nobody could reach" in message


def test_dangers_are_taken_when_forced(fake: Fake) -> None:
    wide = [{**REDIS, "sources": {"addresses": ANYWHERE}}]
    assert apply(fake, inbound_rules=wide, allow_exposure=True, allow_lockout=True)["changed"]
    assert not apply(fake, inbound_rules=wide, allow_exposure=True)["changed"]
    assert "open to the whole internet" in refused(fake, inbound_rules=wide)
    # A door that the wish does not speak of is a warning.
    (warning,) = apply(fake, inbound_rules=None)["warnings"]
    assert "tcp 6379 would be open to the whole internet" in warning


def test_ssh_from_anywhere_is_a_warning(fake: Fake) -> None:
    done = apply(fake, inbound_rules=[{**SSH, "sources": {"addresses": ANYWHERE}}])
    assert any("ssh is open to the whole internet" in text for text in done["warnings"])


def test_two_firewalls_of_one_name_are_refused(fake: Fake) -> None:
    numbers = [fake.account.firewall("shop-redis"), fake.account.firewall("shop-redis")]
    message = refused(fake)
    assert all(number in message for number in numbers)
    assert fake.writes() == []


@pytest.mark.parametrize("cap", [200, 20])
def test_a_firewall_on_a_late_page_is_found(fake: Fake, cap: int) -> None:
    fake.account.profile = type(fake.account.profile)(page_cap=cap)
    for number in range(205):
        fake.account.firewall(f"other-{number}")
    apply(fake)
    assert list(fake.account.firewalls.values())[-1]["name"] == "shop-redis"
    assert len(fake.account.firewalls) == 206
    fake.forget()
    assert not apply(fake)["changed"]
    assert set(fake.methods()) == {"GET"}
    assert len([one for one in fake.seen if one.path == "/v2/firewalls"]) == -(-206 // cap)


@pytest.mark.parametrize("hidden", ["tags", "droplets"])
def test_what_the_token_may_not_see_is_not_overwritten(fake: Fake, hidden: str) -> None:
    apply(fake)
    fake.account.hidden.add(hidden)
    fake.forget()
    assert f"the token may not see {hidden}" in refused(fake, inbound_rules=[SSH])
    assert fake.writes() == []
    assert not apply(fake)["changed"]


def test_droplets_that_cannot_be_seen_are_not_named(fake: Fake) -> None:
    fake.account.hidden.add("droplets")
    assert "the token may not see droplets" in refused(fake, droplet_ids=[101])
    # By tags alone, a new firewall can be judged.
    assert apply(fake)["changed"]
    assert "the token may not see droplets" in refused(fake, state="absent")
    assert apply(fake, state="absent", allow_exposure=True, allow_lockout=True)["changed"]


def test_sources_of_an_unknown_kind_are_not_lost(fake: Fake) -> None:
    apply(fake)
    only(fake)["inbound_rules"][0]["sources"]["vpc_uuids"] = ["v-1"]
    message = refused(fake, inbound_rules=None, tags=["web"])
    assert "inbound_rules has sources of a kind that is not known here and would be lost: vpc_uuids" in message


def test_a_foreign_rule_that_denies_is_not_taken_for_one_that_allows(fake: Fake) -> None:
    apply(fake)
    next(rule for rule in only(fake)["inbound_rules"] if rule["ports"] == "22")["action"] = "deny"
    done = apply(fake)
    assert any(sentence.startswith("close inbound: deny tcp 22") for sentence in done["changes"])
    assert any(sentence.startswith("open inbound: tcp 22") for sentence in done["changes"])


def test_companions_count_in_check_mode_only(fake: Fake) -> None:
    mgmt = {"name": "shop-mgmt", "tags": ["redis"], "inbound_rules": [SSH]}
    assert apply(fake, check_mode=True, inbound_rules=[REDIS], companions=[mgmt])["changed"]
    assert "nobody could reach" in refused(fake, inbound_rules=[REDIS], companions=[mgmt])


def test_by_number_another_firewall_of_the_droplet_counts(fake: Fake) -> None:
    fake.account.firewall("mgmt", tags=["redis"], inbound_rules=[{**SSH, "sources": {"tags": ["bastion"]}}])
    assert apply(fake, tags=None, droplet_ids=[101], inbound_rules=[REDIS])["changed"]
    assert fake.account.behind(101) == ["mgmt", "shop-redis"]


def test_droplets_behind_nothing_are_shown(fake: Fake) -> None:
    reach = {name: options(fake)[name] for name in ("api_url", "api_token", "ca_certs")}
    seen = succeed(digitalocean_firewall_info, {**reach, "tags": ["redis"]})
    assert seen["unguarded"] == ["droplet-101", "droplet-102"]
    apply(fake)
    fake.forget()
    seen = succeed(digitalocean_firewall_info, {**reach, "tags": ["redis", "web"]})
    assert seen["unguarded"] == []
    assert [droplet["firewalls"] for droplet in seen["droplets"]] == [["shop-redis"], ["shop-redis"]]
    assert [firewall["name"] for firewall in seen["firewalls"]] == ["shop-redis"]
    assert seen["pending"] == []
    assert set(fake.methods()) == {"GET"}
    fake.account.hidden.add("droplets")
    assert "may not see droplets" in fail(digitalocean_firewall_info, reach | {"tags": ["redis"]})


def test_those_that_are_not_in_force_are_shown(fake: Fake, clock: Clock) -> None:
    reach = {name: options(fake)[name] for name in ("api_url", "api_token", "ca_certs")}
    apply(fake)
    assert succeed(digitalocean_firewall_info, {**reach, "wait_for": ["shop-redis"]})["pending"] == []
    assert clock.slept == []
    seen = succeed(digitalocean_firewall_info, {**reach, "wait_for": ["shop-redis", "none"], "wait_timeout": 9})
    assert seen["pending"] == ["none"]
    assert sum(clock.slept) >= 9
    fake.account.fails = True
    seen = succeed(digitalocean_firewall_info, {**reach, "wait_for": ["shop-redis"], "wait_timeout": 0})
    assert seen["pending"] == ["shop-redis"]


def test_a_droplet_that_is_gone_is_no_obstacle(fake: Fake) -> None:
    apply(fake, droplet_ids=[101, 102], tags=[])
    del fake.account.droplets[102]
    assert apply(fake, droplet_ids=[101], tags=[])["changes"] == ["detach it from droplet 102"]
