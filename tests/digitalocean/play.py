"""The role and the module as processes of Ansible, against the fake."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible_collections.rampart.redis.tests.digitalocean.fake.server import TOKEN

if TYPE_CHECKING:
    from ansible_collections.rampart.redis.tests.digitalocean.fake.server import Fake

ROOT = Path(__file__).resolve().parents[2]
TOKENS = ("DIGITALOCEAN_ACCESS_TOKEN", "DIGITALOCEAN_TOKEN", "DO_API_TOKEN")
Done = subprocess.CompletedProcess[str]

TOPOLOGY: dict[str, Any] = {
    "digitalocean_firewall_name": "shop",
    "digitalocean_firewall_redis_tags": ["redis"],
    "digitalocean_firewall_client_tags": ["web"],
    "digitalocean_firewall_monitor_tags": ["monitor"],
    "digitalocean_firewall_bastion_addresses": ["203.0.113.7"],
}


def ansible(folder: Path, playbook: str, *flags: str, token: str = TOKEN, **variables: Any) -> Done:  # noqa: ANN401
    """Run a playbook for two hosts that nobody can reach; what is for the controller runs there."""
    # Whoever forgets to delegate finds nobody there. The droplets have the numbers of the fake's.
    hosts = {
        f"redis-{number}.invalid": {"ansible_connection": "ssh", "digitalocean_firewall_droplet_id": 100 + number}
        for number in (1, 2)
    }
    inventory = {"all": {"children": {"redis": {"hosts": hosts}}, "vars": variables}}
    (folder / "hosts.json").write_text(json.dumps(inventory), encoding="utf-8")
    return subprocess.run(
        [
            *(str(Path(sys.executable).with_name("ansible-playbook")), "-i", str(folder / "hosts.json"), *flags),
            *("-e", json.dumps({"ansible_python_interpreter": sys.executable}), playbook),
        ],
        cwd=ROOT,
        env={
            **{name: value for name, value in os.environ.items() if name not in TOKENS},
            "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_INVENTORY_ENABLED": "ansible.builtin.yaml",
            "ANSIBLE_YAML_FILENAME_EXT": ".json",
            TOKENS[0]: token,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def play(folder: Path, tasks: list[dict[str, Any]], *flags: str, token: str = TOKEN, **variables: Any) -> Done:  # noqa: ANN401
    """Run tasks."""
    plays = [{"hosts": "redis", "gather_facts": False, "become": True, "tasks": tasks}]
    (folder / "play.json").write_text(json.dumps(plays), encoding="utf-8")
    return ansible(folder, str(folder / "play.json"), *flags, token=token, **variables)


def reaching(fake: Fake, folder: Path) -> dict[str, Any]:
    """Return the variables by which the role finds the fake, and keeps its files out of the way."""
    return {
        **TOPOLOGY,
        "digitalocean_firewall_api_url": fake.url,
        "digitalocean_firewall_ca_certs": fake.ca,
        "digitalocean_firewall_incident_dir": str(folder / "incidents"),
    }


def run_role(folder: Path, fake: Fake, *flags: str, token: str = TOKEN, **variables: Any) -> Done:  # noqa: ANN401
    """Run the role."""
    tasks = [{"ansible.builtin.include_role": {"name": "rampart.redis.digitalocean_firewall"}}]
    return play(folder, tasks, *flags, token=token, **{**reaching(fake, folder), **variables})


def told(done: Done) -> str:
    """Return everything a run said, on one line."""
    return " ".join((done.stdout + done.stderr).split())
