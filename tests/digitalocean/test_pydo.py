"""DigitalOcean's own client reads what we wrote, and changes what we then mend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pydo
import pytest
from ansible_collections.rampart.redis.tests.digitalocean.fake.server import TOKEN
from ansible_collections.rampart.redis.tests.digitalocean.site import WISH, apply

if TYPE_CHECKING:
    from ansible_collections.rampart.redis.tests.digitalocean.fake.server import Fake


@pytest.fixture
def pythonic(fake: Fake) -> pydo.Client:
    """Return DigitalOcean's client, talking to the fake."""
    return pydo.Client(token=TOKEN, endpoint=fake.url, connection_verify=fake.ca)


def peers(rules: list[dict[str, Any]], side: str) -> dict[tuple[str, str], dict[str, list[Any]]]:
    return {
        (rule["protocol"], rule["ports"]): {kind: sorted(values) for kind, values in rule[side].items()}
        for rule in rules
    }


def test_it_reads_what_was_asked_for(fake: Fake, pythonic: pydo.Client) -> None:
    apply(fake)
    (firewall,) = pythonic.firewalls.list()["firewalls"]
    assert firewall["tags"] == ["redis"]
    assert peers(firewall["inbound_rules"], "sources") == {
        ("tcp", "22"): {"addresses": ["203.0.113.7"], "tags": ["bastion"]},
        ("tcp", "6379"): {"addresses": ["10.10.0.0/16"], "tags": ["redis", "web"]},
        ("icmp", "0"): {"addresses": ["0.0.0.0/0", "::/0"]},
    }
    assert peers(firewall["outbound_rules"], "destinations") == {
        ("udp", "0"): {"addresses": ["0.0.0.0/0", "::/0"]},
        ("tcp", "443"): {"addresses": ["0.0.0.0/0", "2001:db8::1"]},
    }


def test_what_it_changes_is_mended(fake: Fake, pythonic: pydo.Client) -> None:
    number = apply(fake)["firewall"]["id"]
    rule = {"protocol": "tcp", "ports": "6379", "sources": {"addresses": ["0.0.0.0/0"]}}
    pythonic.firewalls.add_rules(number, {"inbound_rules": [rule], "outbound_rules": []})
    pythonic.firewalls.add_tags(number, {"tags": ["web"]})
    pythonic.firewalls.assign_droplets(number, {"droplet_ids": [101]})
    done = apply(fake, droplet_ids=[])
    assert done["changes"] == [
        "detach it from tag web",
        "detach it from droplet 101",
        "close inbound: tcp 6379 from 0.0.0.0/0",
    ]
    (firewall,) = pythonic.firewalls.list()["firewalls"]
    assert firewall["tags"] == ["redis"]
    assert "0.0.0.0/0" not in peers(firewall["inbound_rules"], "sources")[("tcp", "6379")]["addresses"]


def test_what_it_made_alike_is_left_alone(fake: Fake, pythonic: pydo.Client) -> None:
    rules = {side: [dict(rule) for rule in WISH[side]] for side in ("inbound_rules", "outbound_rules")}
    for rule in [*rules["inbound_rules"], *rules["outbound_rules"]]:
        rule["ports"] = {"all": "0", 6379: "6379"}.get(rule.get("ports", "all"), rule.get("ports"))
    rules["inbound_rules"].reverse()
    made = pythonic.firewalls.create({"name": WISH["name"], "tags": ["redis"], **rules})
    fake.forget()
    assert not apply(fake, droplet_ids=[])["changed"]
    assert set(fake.methods()) == {"GET"}
    assert list(fake.account.firewalls) == [made["firewall"]["id"]]
