"""The tests of the test: the fake refuses what the reference forbids, and its contract catches planted violations."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.rampart.redis.tests.digitalocean.fake.account import Account, Refusal
from ansible_collections.rampart.redis.tests.digitalocean.fake.contract import answer_faults, request_faults
from ansible_collections.rampart.redis.tests.digitalocean.fake.profiles import Profile

RULE: dict[str, Any] = {"protocol": "tcp", "ports": "22", "sources": {"addresses": ["10.0.0.1"]}}
BODY: dict[str, Any] = {"name": "f-1", "inbound_rules": [RULE], "outbound_rules": [], "tags": [], "droplet_ids": []}
SHOWN = {
    **BODY,
    "id": "bb4b2611-3d72-467b-8602-280330ecd65c",
    "status": "succeeded",
    "created_at": "2026-01-01T00:00:00Z",
    "pending_changes": [],
}


def wrong(body: object, path: str = "/v2/firewalls", method: str = "POST", **query: str) -> list[str]:
    return request_faults(method, path, query, b"" if body is None else json.dumps(body).encode())


@pytest.mark.parametrize(
    "body",
    [
        {**BODY, "vpc": "x"},
        {**BODY, "inbound_rules": [{**RULE, "port_range": "22"}]},
        {**BODY, "inbound_rules": [{**RULE, "ports": 22}]},
        {**BODY, "inbound_rules": [{**RULE, "protocol": "gre"}]},
        {**BODY, "inbound_rules": [{**RULE, "sources": ["10.0.0.1"]}]},
        {**BODY, "inbound_rules": [{**RULE, "sources": {"vpcs": []}}]},
        {**BODY, "name": "a b"},
        {**BODY, "droplet_ids": ["7"]},
        {"inbound_rules": [RULE]},
        {"name": "f-1"},
    ],
)
def test_a_request_that_breaks_the_contract_is_caught(body: dict[str, Any]) -> None:
    assert len(wrong(body)) == 1
    assert len(wrong(body, f"/v2/firewalls/{SHOWN['id']}", "PUT")) == 1


def test_a_request_that_keeps_the_contract_passes() -> None:
    assert wrong(BODY) == []
    assert wrong(None, method="GET", page="1", per_page="200") == []
    assert wrong({"name": "a:b_c-D"}, "/v2/tags") == []


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/v2/firewalls", {"per_page": "201"}),
        ("/v2/firewalls", {"page": "0"}),
        ("/v2/firewalls", {"name": "x"}),
        ("/v2/firewalls/no-uuid", {}),
        ("/v2/volumes", {}),
    ],
)
def test_an_address_that_breaks_the_contract_is_caught(path: str, query: dict[str, str]) -> None:
    assert len(wrong(None, path, "GET", **query)) == 1


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({}, 0),
        ({"later": 1}, 0),
        ({"inbound_rules": None, "tags": None}, 0),
        ({"status": "done"}, 1),
        ({"inbound_rules": [{**RULE, "ports": 22}]}, 1),
        ({"id": 7}, 1),
    ],
)
def test_an_answer_is_checked_too(changes: dict[str, Any], faults: int) -> None:
    raw = json.dumps({"firewall": {**SHOWN, **changes}}).encode()
    assert len(answer_faults("PUT", f"/v2/firewalls/{SHOWN['id']}", {}, 200, raw)) == faults


@pytest.mark.parametrize(
    ("method", "changes", "status"),
    [
        ("POST", {}, 409),
        ("POST", {"name": "f-2", "tags": ["none"]}, 422),
        ("POST", {"name": "f-2", "droplet_ids": [1]}, 422),
        ("POST", {"name": "f-2", "inbound_rules": []}, 422),
        ("POST", {"name": "f-2", "inbound_rules": [{**RULE, "ports": "70000"}]}, 422),
        ("POST", {"name": "f-2", "inbound_rules": [{**RULE, "ports": "all"}]}, 422),
        ("POST", {"name": "f-2", "inbound_rules": [{**RULE, "sources": {"addresses": ["10.0.0.1/8"]}}]}, 422),
        ("POST", {"name": "f-2", "inbound_rules": [RULE] * 51}, 422),
    ],
)
def test_the_account_refuses(method: str, changes: dict[str, Any], status: int) -> None:
    account = Account()
    account.firewall("f-1")
    with pytest.raises(Refusal) as caught:
        account.answer(method, "/v2/firewalls", {}, json.dumps({**BODY, **changes}).encode())
    assert caught.value.status == status


def test_replacing_resets_what_is_not_given() -> None:
    account = Account(Profile(takes_every=()), tags=["a"])
    number = account.firewall("f-1", tags=["a"], outbound_rules=[{"protocol": "tcp"}])
    account.answer("PUT", f"/v2/firewalls/{number}", {}, json.dumps({"name": "f-1", "inbound_rules": [RULE]}).encode())
    assert account.firewalls[number]["tags"] == []
    assert account.firewalls[number]["outbound_rules"] == []


def test_droplets_behind_nothing_are_noticed() -> None:
    account = Account()
    account.droplet(1, "a")
    account.droplet(2)
    account.firewall("f-1", tags=["a"])
    assert account.naked() == [2]
    account.answer(
        "DELETE", "/v2/tags/a/resources", {}, b'{"resources": [{"resource_id": "1", "resource_type": "droplet"}]}'
    )
    assert account.naked() == [1, 2]
