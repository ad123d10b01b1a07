"""A droplet isolated and restored: at no request is it behind nothing, and in the end everything is as it was."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.rampart.redis.plugins.modules import digitalocean_quarantine
from ansible_collections.rampart.redis.tests.digitalocean.fake.profiles import Profile
from ansible_collections.rampart.redis.tests.digitalocean.fake.server import TOKEN, Fault
from ansible_collections.rampart.redis.tests.runner import fail, outcome, succeed

if TYPE_CHECKING:
    from ansible_collections.rampart.redis.tests.digitalocean.fake.server import Fake

DROPLET, TAG = 101, "shop-quarantine"
WRITES = "POST PUT DELETE"


@pytest.fixture(autouse=True)
def ward(fake: Fake) -> None:
    """Give the account a quarantine, and the droplets firewalls by tag and by number."""
    account = fake.account
    account.tags += [TAG, "other"]
    ssh = {"protocol": "tcp", "ports": "22", "sources": {"addresses": ["203.0.113.7"]}}
    account.firewall(TAG, tags=[TAG], inbound_rules=[ssh])
    account.firewall("mgmt", tags=["redis"], inbound_rules=[ssh])
    account.firewall("by-number", droplet_ids=[DROPLET, 102], inbound_rules=[ssh])
    account.droplets[DROPLET]["tags"] = ["redis", "other"]


def options(fake: Fake, state: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    reach = {"api_url": fake.url, "api_token": TOKEN, "ca_certs": fake.ca, "tag": TAG, "droplet_id": DROPLET}
    return {**reach, "state": state, "snapshot": str(Path(fake.ca).with_name("snapshot.json")), **changes}


def go(fake: Fake, state: str, *, check_mode: bool = False, **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    return succeed(digitalocean_quarantine, options(fake, state, **changes), check_mode=check_mode)


def refused(fake: Fake, state: str, **changes: Any) -> str:  # noqa: ANN401
    return fail(digitalocean_quarantine, options(fake, state, **changes))


def state_of(fake: Fake) -> dict[str, Any]:
    """Return everything that may not differ afterwards."""
    firewalls = {
        raw["name"]: (sorted(raw["tags"]), sorted(raw["droplet_ids"])) for raw in fake.account.firewalls.values()
    }
    return {"firewalls": firewalls, "tags": {one: sorted(raw["tags"]) for one, raw in fake.account.droplets.items()}}


def never_naked(fake: Fake) -> bool:
    return all(one.naked == [] for one in fake.seen)


@pytest.mark.parametrize("profile", [Profile(), Profile(waits=2, reverses=True, nulls=True, extras=True)])
def test_isolated_and_restored(fake: Fake, profile: Profile) -> None:
    fake.account.profile = profile
    before = copy.deepcopy(state_of(fake))
    told = go(fake, "isolated", check_mode=True)
    assert fake.writes() == []
    assert not Path(options(fake, "isolated")["snapshot"]).exists()
    done = go(fake, "isolated")
    assert done["changes"] == told["changes"]
    assert done["changes"] == [
        f"give it the tag {TAG}",
        "detach it from the firewall by-number",
        "take away the tag other",
        "take away the tag redis",
    ]
    assert done["firewalls"] == fake.account.behind(DROPLET) == [TAG]
    assert fake.account.droplets[DROPLET]["tags"] == [TAG]
    assert fake.account.behind(102) == ["by-number", "mgmt"]
    snapshot = Path(options(fake, "isolated")["snapshot"])
    assert snapshot.stat().st_mode & 0o777 == 0o600
    fake.forget()
    assert not go(fake, "isolated")["changed"]
    assert set(fake.methods()) == {"GET"}
    assert go(fake, "restored", check_mode=True)["changed"]
    back = go(fake, "restored")
    assert back["firewalls"] == ["by-number", "mgmt"]
    assert state_of(fake) == before
    assert never_naked(fake)
    fake.forget()
    assert not go(fake, "restored")["changed"]
    assert set(fake.methods()) == {"GET"}
    # The snapshot is history now, so the droplet can be isolated again.
    assert json.loads(snapshot.read_text())["state"] == "restored"
    assert go(fake, "isolated")["changed"]


@pytest.mark.parametrize("kind", ["before", "after", "drop"])
@pytest.mark.parametrize("step", range(4))
@pytest.mark.parametrize("state", ["isolated", "restored"])
def test_a_run_that_dies_is_finished_by_the_next(fake: Fake, kind: str, step: int, state: str) -> None:
    before = copy.deepcopy(state_of(fake))
    if state == "restored":
        go(fake, "isolated")
    fake.faults.append(Fault(kind, WRITES, skip=step, times=99))
    died = outcome(digitalocean_quarantine, options(fake, state, retries=0))
    # Where the work was done and only the answer lost, looking again may have been enough.
    assert died.get("failed") or kind != "before"
    fake.faults.clear()
    go(fake, state)
    if state == "isolated":
        assert fake.account.behind(DROPLET) == [TAG]
        go(fake, "restored")
    assert state_of(fake) == before
    assert never_naked(fake)


def test_nothing_is_let_go_of_before_the_quarantine_is_in_force(fake: Fake) -> None:
    fake.account.profile = Profile(waits=99)
    message = refused(fake, "isolated", wait_timeout=10)
    assert f"not in force after 10 seconds: {TAG}; nothing was let go of" in message
    assert fake.writes() == [f"POST /v2/tags/{TAG}/resources"]
    fake.account.profile = Profile()
    assert go(fake, "isolated")["firewalls"] == [TAG]
    assert go(fake, "restored")["firewalls"] == ["by-number", "mgmt"]
    assert never_naked(fake)


def test_what_is_no_quarantine_is_refused(fake: Fake) -> None:
    assert "no firewall has the tag other, so nothing would filter the droplet" in refused(
        fake, "isolated", tag="other"
    )
    ward = next(raw for raw in fake.account.firewalls.values() if raw["name"] == TAG)
    ward["outbound_rules"] = [{"protocol": "tcp", "ports": "443", "destinations": {"addresses": ["0.0.0.0/0"]}}]
    assert "open to the internet, in or out, so it is no quarantine" in refused(fake, "isolated")
    assert fake.writes() == []


def test_bad_input_changes_nothing(fake: Fake) -> None:
    assert "there is no such droplet" in refused(fake, "isolated", droplet_id=999)
    assert "there is no snapshot" in refused(fake, "restored")
    fake.account.droplets[DROPLET]["tags"].append(TAG)
    assert "does not say what it had before" in refused(fake, "isolated")
    assert fake.writes() == []


def test_a_snapshot_of_an_earlier_isolation_is_not_mistaken(fake: Fake) -> None:
    go(fake, "isolated")
    # Somebody brought it back by hand, and gave it another tag.
    fake.account.droplets[DROPLET]["tags"] = ["redis", "web"]
    assert "is from an earlier isolation" in refused(fake, "isolated")
    assert "there is no such droplet" in refused(fake, "restored", droplet_id=103)
    fake.account.tags.remove("other")
    assert "it had the tag other, which the account has no more" in refused(fake, "restored")


def test_a_droplet_that_was_behind_nothing_goes_back_when_forced_only(fake: Fake) -> None:
    fake.account.droplet(103, "other")
    before = copy.deepcopy(state_of(fake))
    go(fake, "isolated", droplet_id=103)
    assert fake.account.behind(103) == [TAG]
    assert "it is behind no firewall at all" in refused(fake, "restored", droplet_id=103)
    go(fake, "restored", droplet_id=103, allow_exposure=True)
    assert state_of(fake) == before
