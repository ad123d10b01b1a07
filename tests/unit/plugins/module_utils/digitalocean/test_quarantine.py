"""The way into quarantine and out again: never behind nothing, and back where it was."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.digitalocean import quarantine
from ansible_collections.rampart.redis.plugins.module_utils.digitalocean.firewall import Droplet, Firewall
from ansible_collections.rampart.redis.plugins.module_utils.digitalocean.quarantine import Place, Snapshot, Step
from ansible_collections.rampart.redis.plugins.module_utils.digitalocean.rules import Key, peers_of
from ansible_collections.rampart.redis.plugins.module_utils.errors import InputError
from hypothesis import given
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Iterable

TAG = "q"
FIREWALLS = {
    "1": Firewall("ward", tags=frozenset({TAG})),
    "2": Firewall("mgmt", tags=frozenset({"redis"})),
    "3": Firewall("one", droplet_ids=frozenset({7})),
    "4": Firewall("web", tags=frozenset({"web"})),
}
PLACES = st.builds(
    Place, st.frozensets(st.sampled_from(["redis", "web", "other", TAG])), st.frozensets(st.sampled_from("1234"))
)


def walk(place: Place, steps: Iterable[Step]) -> list[Place]:
    """Return the places a droplet comes through."""
    through = [place]
    for action, subject in steps:
        here = through[-1]
        one = frozenset({subject})
        through.append(
            {
                "tag": Place(here.tags | one, here.direct),
                "untag": Place(here.tags - one, here.direct),
                "attach": Place(here.tags, here.direct | one),
                "detach": Place(here.tags, here.direct - one),
            }[action]
        )
    return through


@given(PLACES)
def test_into_quarantine(place: Place) -> None:
    warded = quarantine.wards(FIREWALLS, TAG)
    through = walk(place, quarantine.isolation(place, TAG, warded))
    assert through[-1].tags == {TAG}
    assert quarantine.behind(through[-1], FIREWALLS) == ["ward"]
    assert quarantine.isolation(through[-1], TAG, warded) == []
    # Once it is behind something, it is so at every step.
    assert all(quarantine.behind(here, FIREWALLS) for here in through[1:])


@given(PLACES, PLACES)
def test_back_where_it_was(before: Place, now: Place) -> None:
    through = walk(now, quarantine.restoration(now, before, TAG))
    assert through[-1] == before
    assert quarantine.restoration(before, before, TAG) == []
    if quarantine.behind(before, FIREWALLS) and quarantine.behind(now, FIREWALLS):
        assert all(quarantine.behind(here, FIREWALLS) for here in through)


@given(PLACES)
def test_there_and_back(before: Place) -> None:
    isolated = walk(before, quarantine.isolation(before, TAG, quarantine.wards(FIREWALLS, TAG)))[-1]
    assert walk(isolated, quarantine.restoration(isolated, before, TAG))[-1] == before
    assert not quarantine.foreign(isolated, before, TAG, quarantine.wards(FIREWALLS, TAG))


def test_where_a_droplet_is() -> None:
    assert quarantine.place_of(Droplet(7, "x", frozenset({"web"})), FIREWALLS) == Place(
        frozenset({"web"}), frozenset({"3"})
    )


PLACE = Place(frozenset({"redis"}), frozenset({"3"}))


def test_a_snapshot_reads_back_the_same() -> None:
    snapshot = Snapshot("isolated", 7, PLACE)
    text = quarantine.dump(snapshot, {"3": "one"})
    assert quarantine.load(text, 7, "f") == snapshot
    assert json.loads(text)["firewalls"] == {"3": "one"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"schema": "other"}, "another version"),
        ({"state": "odd"}, "another version"),
        ({"droplet": 8}, "the snapshot of droplet 8, not of 7"),
        ({"droplet": "x"}, "no snapshot"),
        ({"tags": None}, "no snapshot"),
    ],
)
def test_a_wrong_snapshot_is_refused(changes: dict[str, object], words: str) -> None:
    document = json.loads(quarantine.dump(Snapshot("isolated", 7, PLACE), {})) | changes
    with pytest.raises(InputError, match=words):
        quarantine.load(json.dumps(document), 7, "f")
    with pytest.raises(InputError, match="no snapshot"):
        quarantine.load("[", 7, "f")


def test_what_is_gone_is_told() -> None:
    before = Place(frozenset({"redis", "old"}), frozenset({"3", "9"}))
    assert quarantine.lost(before, ["redis"], FIREWALLS) == ["the tag old", "the firewall 9"]


def test_what_came_since_is_foreign() -> None:
    now = Place(frozenset({TAG, "new"}), frozenset())
    assert quarantine.foreign(now, PLACE, TAG, frozenset())


@pytest.mark.parametrize(
    ("protocol", "addresses", "leaky"),
    [("tcp", ["0.0.0.0/0"], True), ("udp", ["::/0"], True), ("icmp", ["::/0"], False), ("tcp", ["10.0.0.1"], False)],
)
def test_what_is_no_quarantine(protocol: str, addresses: list[str], *, leaky: bool) -> None:
    rules = {Key("allow", protocol, "all"): peers_of({"addresses": addresses})}
    assert quarantine.is_leaky(Firewall("f", inbound=rules)) is leaky
    assert quarantine.is_leaky(Firewall("f", outbound=rules)) is leaky


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        (Step("tag", "a"), "give it the tag a"),
        (Step("untag", "a"), "take away the tag a"),
        (Step("attach", "3"), "attach it to the firewall one"),
        (Step("detach", "9"), "detach it from the firewall 9"),
    ],
)
def test_steps_are_told(step: Step, sentence: str) -> None:
    assert step.told({"3": "one"}) == sentence
