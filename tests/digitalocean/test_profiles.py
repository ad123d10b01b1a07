"""Whatever the reference leaves open, the module makes the same firewall, once. `make soak` runs all combinations."""

from __future__ import annotations

import os

import pytest
from ansible_collections.rampart.redis.tests.digitalocean.fake.profiles import (
    CHOICES,
    Profile,
    everything,
    pairs_of,
    pairwise,
)
from ansible_collections.rampart.redis.tests.digitalocean.fake.server import running
from ansible_collections.rampart.redis.tests.digitalocean.site import Clock, apply, furnish

ALL = os.environ.get("RAMPART_PROFILES") == "all"
PROFILES = list(everything()) if ALL else pairwise()


@pytest.mark.parametrize(
    "profile", PROFILES, ids=lambda profile: "-".join(str(value) for value in vars(profile).values())
)
def test_made_kept_mended_and_kept(profile: Profile, tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> None:
    with running(tmp_path_factory.mktemp("fake")) as fake:
        furnish(fake)
        fake.account.profile = profile
        fake.account.tags.remove("bastion")
        assert apply(fake, tags=["redis", "new"], create_tags=True)["changed"]
        assert apply(fake)["changes"] == ["detach it from tag new"]
        fake.forget()
        assert apply(fake)["changes"] == []
        assert set(fake.methods()) == {"GET"}
        raw = next(iter(fake.account.firewalls.values()))
        raw["outbound_rules"] = raw["outbound_rules"][:1]
        raw["droplet_ids"] = [101]
        assert len(apply(fake, droplet_ids=[])["changes"]) == 2
        assert apply(fake)["changes"] == []
        assert fake.violations == []
        assert len(fake.account.firewalls) == 1
        assert bool(clock.slept) == bool(profile.waits)


def test_every_two_choices_meet() -> None:
    met = {pair for profile in pairwise() for pair in pairs_of(profile)}
    assert met == {pair for profile in everything() for pair in pairs_of(profile)}
    assert len(pairwise()) < 40
    assert all(len(values) > 1 for values in CHOICES.values())
