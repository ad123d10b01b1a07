"""The role as a play runs it: on the controller, once, true in check mode, and quiet without a token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.rampart.redis.tests.digitalocean.fake.server import TOKEN, Fault
from ansible_collections.rampart.redis.tests.digitalocean.play import play, run_role, told
from ansible_collections.rampart.redis.tests.digitalocean.site import options

if TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.rampart.redis.tests.digitalocean.fake.server import Fake


@pytest.fixture(autouse=True)
def monitor(fake: Fake) -> None:
    fake.account.tags.append("monitor")


def test_check_then_made_then_left_alone(fake: Fake, tmp_path: Path) -> None:
    checked = run_role(tmp_path, fake, "--check", "--diff", "-vvv")
    assert checked.returncode == 0, told(checked)
    assert "WARNING" not in told(checked)
    assert "+inbound: tcp 6379 from tag redis, tag web" in told(checked)
    assert set(fake.methods()) == {"GET"}
    done = run_role(tmp_path, fake, "--diff", "-vvv")
    assert done.returncode == 0, told(done)
    assert fake.writes() == ["POST /v2/firewalls"] * 2
    names = [raw["name"] for raw in fake.account.firewalls.values()]
    assert names == ["shop-mgmt", "shop-redis"]
    assert fake.account.naked() == []
    fake.forget()
    again = run_role(tmp_path, fake)
    assert again.returncode == 0, told(again)
    assert "changed=0" in again.stdout
    assert "changed=1" not in again.stdout
    assert set(fake.methods()) == {"GET"}
    for run in (checked, done, again):
        assert TOKEN not in told(run)


def test_without_a_token_one_line_says_so(fake: Fake, tmp_path: Path) -> None:
    done = run_role(tmp_path, fake, token="")
    assert done.returncode == 0, told(done)
    assert told(done).count("so its firewalls are left alone") == 1
    assert fake.seen == []


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"digitalocean_firewall_client_tags": []}, "no client could connect"),
        ({"digitalocean_firewall_client_addresses": ["0.0.0.0/0"]}, "open to the whole internet"),
        ({"digitalocean_firewall_client_tags": ["WEB"]}, "the tag WEB is called web"),
    ],
)
def test_what_is_dangerous_is_refused(fake: Fake, tmp_path: Path, variables: dict[str, Any], words: str) -> None:
    done = run_role(tmp_path, fake, **variables)
    assert done.returncode != 0
    assert words in told(done)
    assert fake.writes() == []


def test_a_firewall_that_is_not_in_force_fails_the_play(fake: Fake, tmp_path: Path) -> None:
    fake.account.fails = True
    done = run_role(tmp_path, fake, digitalocean_firewall_wait_timeout=0)
    assert done.returncode != 0
    assert "Not in force: shop-mgmt, shop-redis" in told(done)


def test_the_first_is_taken_back_when_the_second_fails(fake: Fake, tmp_path: Path) -> None:
    fake.faults.append(Fault("before", "POST", skip=1, status=422))
    done = run_role(tmp_path, fake)
    assert done.returncode != 0
    assert "answers 422" in told(done)
    assert "Taken back: shop-mgmt, shop-redis" in told(done)
    assert fake.account.firewalls == {}


def test_what_was_there_before_is_not_taken_back(fake: Fake, tmp_path: Path) -> None:
    assert run_role(tmp_path, fake).returncode == 0
    fake.faults.append(Fault("before", "PUT", skip=1, status=422))
    changed: dict[str, Any] = {
        "digitalocean_firewall_ssh_ports": [22, 2222],
        "digitalocean_firewall_client_tags": ["monitor"],
    }
    done = run_role(tmp_path, fake, **changed)
    assert done.returncode != 0
    assert "Both were there before" in told(done)
    assert len(fake.account.firewalls) == 2


def test_a_wrong_token_is_told_and_not_shown(fake: Fake, tmp_path: Path) -> None:
    done = run_role(tmp_path, fake, "-vvv", token="dop_v1_wrong-canary")
    assert done.returncode != 0
    assert "it answers 401" in told(done)
    assert "dop_v1_wrong-canary" not in told(done)


def test_the_token_reaches_the_module_by_the_environment(fake: Fake, tmp_path: Path) -> None:
    given = {name: value for name, value in options(fake).items() if name != "api_token"}
    tasks = [
        {
            "rampart.redis.digitalocean_firewall": given,
            "delegate_to": "localhost",
            "become": False,
            "run_once": True,
        }
    ]
    done = play(tmp_path, tasks, "-vvv")
    assert done.returncode == 0, told(done)
    assert TOKEN not in told(done)
    assert len(fake.account.firewalls) == 1
