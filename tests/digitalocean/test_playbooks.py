"""isolate.yml and restore_network.yml: one droplet alone, never behind nothing, and everything as it was before."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import yaml
from ansible_collections.rampart.redis.tests.digitalocean.fake.server import TOKEN
from ansible_collections.rampart.redis.tests.digitalocean.play import ROOT, Done, ansible, reaching, run_role, told

if TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.rampart.redis.tests.digitalocean.fake.server import Fake

HOST = "redis-1.invalid"


def run(fake: Fake, folder: Path, playbook: str, *flags: str, **variables: Any) -> Done:  # noqa: ANN401
    return ansible(folder, f"playbooks/{playbook}.yml", *flags, **{**reaching(fake, folder), **variables})


def test_isolated_and_restored(fake: Fake, tmp_path: Path) -> None:
    fake.account.tags.append("monitor")
    assert run_role(tmp_path, fake).returncode == 0
    before = copy.deepcopy((fake.account.firewalls, fake.account.droplets))
    fake.forget()
    checked = run(fake, tmp_path, "isolate", "--limit", HOST, "--check")
    assert checked.returncode == 0, told(checked)
    assert fake.writes() == []
    isolated = run(fake, tmp_path, "isolate", "--limit", HOST, "--diff", "-vvv")
    assert isolated.returncode == 0, told(isolated)
    assert fake.account.behind(101) == ["shop-quarantine"]
    assert fake.account.behind(102) == ["shop-mgmt", "shop-redis"]
    snapshot = tmp_path / "incidents" / f"{HOST}.json"
    assert (snapshot.stat().st_mode & 0o777, snapshot.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    fake.forget()
    again = run(fake, tmp_path, "isolate", "--limit", HOST)
    assert again.returncode == 0, told(again)
    assert fake.writes() == []
    restored = run(fake, tmp_path, "restore_network", "--limit", HOST)
    assert restored.returncode == 0, told(restored)
    quarantine = [number for number, raw in fake.account.firewalls.items() if raw["name"] == "shop-quarantine"]
    assert [fake.account.firewalls.pop(number)["inbound_rules"][0]["ports"] for number in quarantine] == ["22"]
    assert (fake.account.firewalls, fake.account.droplets) == before
    assert all(one.naked == [] for one in fake.seen)
    assert TOKEN not in told(isolated) + told(restored)


def test_nobody_is_isolated_by_mistake(fake: Fake, tmp_path: Path) -> None:
    done = run(fake, tmp_path, "isolate")
    assert done.returncode != 0
    assert "Say which host with --limit HOST" in told(done)
    assert fake.seen == []


def test_a_host_without_a_droplet_is_told(fake: Fake, tmp_path: Path) -> None:
    done = run(fake, tmp_path, "isolate", "--limit", HOST, "-e", "digitalocean_firewall_droplet_id=0")
    assert done.returncode != 0
    assert "redis-1.invalid cannot be isolated" in told(done)
    assert fake.seen == []


def test_harden_asks_for_the_clouds_firewalls_where_they_are_named(fake: Fake, tmp_path: Path) -> None:
    """Its last play alone: those before are for hosts that can be reached (molecule default, which has no token)."""
    fake.account.tags.append("monitor")
    plays = yaml.safe_load((ROOT / "playbooks" / "harden.yml").read_text(encoding="utf-8"))
    (tmp_path / "play.json").write_text(json.dumps(plays[-1:]), encoding="utf-8")

    def harden(*named: str) -> list[str]:
        fake.forget()
        variables = {**reaching(fake, tmp_path), "redis_harden_firewalls": named}
        done = ansible(tmp_path, str(tmp_path / "play.json"), **variables)
        assert done.returncode == 0, told(done)
        return fake.writes()

    assert harden("host") == []
    assert fake.seen == []
    assert harden("host", "cloud") == ["POST /v2/firewalls"] * 2
    assert harden("cloud") == []
