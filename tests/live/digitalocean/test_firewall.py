"""The module against the live API. Its makers never ran this; you can, with a token of your own.

::

    RAMPART_DIGITALOCEAN_LIVE=1 DIGITALOCEAN_ACCESS_TOKEN=... .venv/bin/python -m pytest tests/live/digitalocean

It makes one firewall and two tags with a name nobody else has, attaches them to no droplet, and deletes them at the
end, also when a test fails. It costs nothing.
"""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING, Any

import pydo
import pytest
from ansible_collections.rampart.redis.plugins.modules import digitalocean_firewall
from ansible_collections.rampart.redis.tests.runner import fail, succeed

if TYPE_CHECKING:
    from collections.abc import Iterator

LIVE = os.environ.get("RAMPART_DIGITALOCEAN_LIVE") == "1"
TOKEN = os.environ.get("DIGITALOCEAN_ACCESS_TOKEN", "")
pytestmark = pytest.mark.skipif(not (LIVE and TOKEN), reason="opt-in: it makes things in your DigitalOcean account")
ANYWHERE = ["0.0.0.0/0", "::/0"]


@pytest.fixture(scope="module")
def client() -> pydo.Client:
    """Return DigitalOcean's own client."""
    return pydo.Client(token=TOKEN)


@pytest.fixture
def name(client: pydo.Client) -> Iterator[str]:
    """Return a name that nobody has, and take away whatever has it afterwards."""
    chosen = f"rampart-live-{secrets.token_hex(6)}"
    yield chosen
    listed = client.firewalls.list(per_page=200)["firewalls"]
    for firewall in listed:
        if firewall["name"] == chosen:
            client.firewalls.delete(firewall["id"])
    for tag in (chosen, f"{chosen}-peers"):
        client.tags.delete(tag)


def wish(name: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "api_token": TOKEN,
        "name": name,
        "tags": [name],
        "create_tags": True,
        "inbound_rules": [
            {"protocol": "tcp", "ports": "22", "sources": {"addresses": ["203.0.113.7"]}},
            {"protocol": "tcp", "ports": "6379", "sources": {"tags": [name, f"{name}-peers"]}},
            {"protocol": "icmp", "sources": {"addresses": ANYWHERE}},
        ],
        "outbound_rules": [
            {"protocol": "udp", "ports": "all", "destinations": {"addresses": ANYWHERE}},
            {"protocol": "tcp", "ports": "443", "destinations": {"addresses": ["2001:db8::1/128", "0.0.0.0/0"]}},
        ],
        **changes,
    }


def test_made_kept_drifted_mended_and_deleted(name: str, client: pydo.Client) -> None:
    assert succeed(digitalocean_firewall, wish(name), check_mode=True)["changed"]
    made = succeed(digitalocean_firewall, wish(name))
    assert made["changed"]
    assert not succeed(digitalocean_firewall, wish(name))["changed"]
    rule = {"protocol": "tcp", "ports": "6380", "sources": {"addresses": ["198.51.100.0/24"]}}
    client.firewalls.add_rules(made["firewall"]["id"], {"inbound_rules": [rule], "outbound_rules": []})
    mended = succeed(digitalocean_firewall, wish(name))
    assert mended["changes"] == ["close inbound: tcp 6380 from 198.51.100.0/24"]
    assert not succeed(digitalocean_firewall, wish(name))["changed"]
    assert "its case counts" in fail(digitalocean_firewall, wish(name, tags=[name.upper()], inbound_rules=None))
    assert succeed(digitalocean_firewall, wish(name, state="absent"))["changed"]
    assert not succeed(digitalocean_firewall, wish(name, state="absent"))["changed"]


def test_a_wrong_token_is_refused(name: str) -> None:
    assert "answers 401" in fail(digitalocean_firewall, wish(name, api_token="dop_v1_wrong"))
