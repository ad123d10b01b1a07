"""What goes wrong on the way to the API: nothing is made twice or half without a word, and the token is never told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.rampart.redis.tests.digitalocean.fake.server import TOKEN, Fault
from ansible_collections.rampart.redis.tests.digitalocean.site import Clock, apply, refused

if TYPE_CHECKING:
    from ansible_collections.rampart.redis.tests.digitalocean.fake.server import Fake

FIREWALLS = "/v2/firewalls"


def posts(fake: Fake) -> int:
    """Return how many firewalls we asked to be made."""
    return fake.writes().count(f"POST {FIREWALLS}")


def test_a_used_up_limit_is_waited_for(fake: Fake, clock: Clock) -> None:
    reset = {"ratelimit-reset": str(int(clock.now) + 77)}
    fake.faults += [
        Fault("limit", "GET", headers={"retry-after": "7", **reset}),
        Fault("limit", "GET", headers=reset),
        Fault("limit", "POST", headers={"retry-after": "3"}, times=2),
    ]
    assert apply(fake)["changed"]
    # The burst limit says how long, the hourly one until when; a refused POST did no work, so it is sent again.
    assert clock.slept[:2] == [7.0, 70.0]
    assert clock.slept[2:4] == [3.0, 3.0]
    assert len(fake.account.firewalls) == 1


def test_nobody_waits_an_hour(fake: Fake, clock: Clock) -> None:
    fake.faults.append(Fault("limit", headers={"ratelimit-reset": str(int(clock.now) + 3000)}))
    assert "it asks to wait 3000 seconds" in refused(fake)
    assert clock.slept == []


@pytest.mark.parametrize("headers", [{}, {"retry-after": "soon"}, {"retry-after": "-1"}])
def test_a_limit_that_does_not_say_until_when(fake: Fake, clock: Clock, headers: dict[str, str]) -> None:
    fake.faults.append(Fault("limit", headers=headers, times=99))
    assert "4 more tries did not help" in refused(fake)
    assert clock.slept == [5.0] * 4


@pytest.mark.parametrize("kind", ["after", "cut", "drop"])
def test_a_lost_answer_does_not_make_a_second_firewall(fake: Fake, kind: str) -> None:
    fake.faults.append(Fault(kind, "POST", FIREWALLS))
    done = apply(fake)
    assert done["changed"]
    assert posts(fake) == 1
    assert len(fake.account.firewalls) == 1
    assert done["firewall"]["id"] in fake.account.firewalls


def test_an_answer_that_is_too_slow_does_not_make_a_second_firewall(fake: Fake) -> None:
    fake.faults.append(Fault("slow", "POST", FIREWALLS, seconds=1.5))
    assert apply(fake, timeout=0.5)["changed"]
    assert posts(fake) == 1


@pytest.mark.parametrize("kind", ["before", "page"])
def test_what_was_not_made_is_told_and_not_tried_again(fake: Fake, kind: str) -> None:
    fake.faults.append(Fault(kind, "POST", FIREWALLS, status=503))
    message = refused(fake)
    assert "so it is not known whether it was done" in message
    assert "looked for shop-redis afterwards and found 0" in message
    assert posts(fake) == 1
    # The next run finds out.
    assert apply(fake)["changed"]


@pytest.mark.parametrize("kind", ["after", "drop"])
def test_a_tag_is_made_once(fake: Fake, kind: str) -> None:
    fake.account.tags.remove("bastion")
    fake.faults.append(Fault(kind, "POST", "/v2/tags"))
    assert apply(fake, create_tags=True)["changed"]
    assert fake.writes() == ["POST /v2/tags", "POST /v2/firewalls"]


def test_a_tag_that_was_not_made_stops_before_the_firewall(fake: Fake) -> None:
    fake.account.tags.remove("bastion")
    fake.faults.append(Fault("before", "POST", "/v2/tags"))
    assert "POST /v2/tags" in refused(fake, create_tags=True)
    assert fake.account.firewalls == {}


@pytest.mark.parametrize(
    ("kind", "method"),
    [(kind, method) for kind in ("before", "after", "cut", "drop", "page") for method in ("GET", "PUT")],
)
def test_reading_and_replacing_are_repeated(fake: Fake, kind: str, method: str) -> None:
    apply(fake)
    fake.faults.append(Fault(kind, method, FIREWALLS, times=2))
    assert apply(fake, outbound_rules=[], purge=True)["changed"]
    assert not apply(fake, outbound_rules=[])["changed"]
    assert len(fake.account.firewalls) == 1


def test_deleting_is_repeated(fake: Fake) -> None:
    apply(fake)
    fake.faults.append(Fault("after", "DELETE", FIREWALLS))
    assert apply(fake, state="absent", allow_exposure=True)["changed"]
    assert fake.account.firewalls == {}


def test_an_api_that_goes_down_half_way_is_told(fake: Fake) -> None:
    apply(fake)
    fake.faults.append(Fault("before", "PUT", times=99))
    fake.faults.append(Fault("before", "GET", f"{FIREWALLS}/", times=99))
    before = dict(next(iter(fake.account.firewalls.values())))
    message = refused(fake, outbound_rules=[])
    assert "it answers 500 (not now); 4 more tries did not help" in message
    assert next(iter(fake.account.firewalls.values())) == before


def test_an_api_that_is_not_there(fake: Fake) -> None:
    assert "no answer (" in refused(fake, api_url="https://127.0.0.1:9", retries=1)


def test_a_certificate_that_nobody_signed(fake: Fake) -> None:
    message = refused(fake, ca_certs=None, retries=0)
    assert "certificate" in message.lower()
    assert fake.seen == []


def test_a_wrong_token_is_not_told(fake: Fake) -> None:
    message = refused(fake, api_token="dop_v1_wrong-token")
    assert "answers 401" in message
    assert "Make a token" in message
    assert "dop_v1_wrong-token" not in message


def test_a_token_that_the_api_repeats_is_not_told(fake: Fake) -> None:
    fake.faults.append(Fault("echo", "GET", FIREWALLS))
    message = refused(fake)
    assert "answers 403" in message
    assert TOKEN not in message


def test_a_redirect_is_not_followed(fake: Fake) -> None:
    fake.faults.append(Fault("moved", "GET", FIREWALLS))
    assert "answers 302" in refused(fake)


def test_a_missing_scope_is_told(fake: Fake) -> None:
    fake.account.hidden.add("firewalls")
    message = refused(fake)
    assert "answers 403 (You are missing the required permission)" in message
    assert "Give the token that scope" in message


def test_a_firewall_that_is_not_applied_in_time(fake: Fake) -> None:
    fake.account.profile = type(fake.account.profile)(waits=99)
    message = refused(fake, wait_timeout=20)
    assert "is not applied after 20 seconds (2 droplets wait)" in message
    # The firewall is there, and the next run waits for it again.
    assert "is not applied" in refused(fake, wait_timeout=20)
    assert len(fake.account.firewalls) == 1
    assert not apply(fake, wait=False)["changed"]


def test_a_firewall_that_could_not_be_applied(fake: Fake) -> None:
    fake.account.fails = True
    message = refused(fake)
    assert "could not be applied (status failed; droplets: 101, 102)" in message
    assert "could not be applied" in refused(fake)
    assert len(fake.account.firewalls) == 1


def test_what_is_stored_otherwise_is_told(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    checked = fake.account._checked

    def forgetful(given: dict[str, Any]) -> dict[str, Any]:
        stored = checked(given)
        return {**stored, "inbound_rules": stored["inbound_rules"][:-1]}

    monkeypatch.setattr(fake.account, "_checked", forgetful)
    message = refused(fake)
    assert "what is stored is not what was asked for; missing: open inbound: tcp 6379" in message


def test_somebody_else_made_it_meanwhile(fake: Fake) -> None:
    fake.account.firewall("shop-redis")
    listed = fake.account._get_firewalls
    fake.account._get_firewalls = lambda query: listed({**query, "page": "2"})  # type: ignore[method-assign]
    message = refused(fake)
    assert "answers 409 (duplicate name)" in message
    assert "Somebody else may have made one of that name meanwhile" in message


def test_an_answer_without_a_list_is_not_taken_for_an_empty_one(fake: Fake) -> None:
    fake.faults.append(Fault("empty", "GET", FIREWALLS))
    assert "the answer has no firewalls in it" in refused(fake)
    assert fake.writes() == []
