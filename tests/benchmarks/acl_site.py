"""A server full of ACL users, and the playbooks that bring them there: what goals P4 and P5 are measured on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.live.servers import ROOT, Running, find_binaries
from tools.demo import recap

if TYPE_CHECKING:
    from collections.abc import Iterable

# Debian 12's server: the one that writes the rules of users out of a bitmap.
SLOWEST = "redis 7.0."
OPEN = "user default on nopass ~* &* +@all\n"


@dataclass(frozen=True)
class Play:
    """A finished playbook: seconds it took, and how many of its tasks changed something."""

    seconds: float
    changed: int


def servers() -> dict[str, str]:
    """Return path by version of every server there is, Debian 13's too."""
    return find_binaries(ROOT / ".cache/trixie")


def slowest() -> str:
    """Return the path of Debian 12's server."""
    return next(path for version, path in servers().items() if version.startswith(SLOWEST))


def users(count: int) -> list[dict[str, Any]]:
    """Return tenants: each with a password, keys and channel of its own, and the rights of an application."""
    rules = ["+@read", "+@write", "+@transaction", "-@dangerous", "-@scripting", "+ping", "+client|setname"]
    return [
        {
            "name": f"tenant{number}",
            "passwords": [f"bench-{number:06d}-kJ8vQ2xZ7pL4mN9bR5tY"],
            "keys": [f"tenant{number}:*"],
            "channels": [f"tenant{number}:*"],
            "commands": rules,
        }
        for number in range(count)
    ]


def acl_task(server: Running, wanted: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the task that brings all users at once."""
    options = {
        "login_unix_socket": server.endpoint.unix_socket,
        "aclfile": str(server.folder / "users.acl"),
        "group": "root",
        "binary": server.binary,
        "users": wanted,
    }
    return {"name": "All users in one task", "rampart.redis.redis_acl": options}


def loop_task(server: Running, wanted: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the task that others write: redis-cli once for each user."""
    lines = [
        [user["name"], "reset", "on", f">{user['passwords'][0]}", f"~{user['keys'][0]}", *user["commands"]]
        for user in wanted
    ]
    argv = ["redis-cli", "-s", server.endpoint.unix_socket, "ACL", "SETUSER"]
    return {
        "name": "redis-cli for each user",
        "ansible.builtin.command": {"argv": "{{ argv + item }}"},
        "vars": {"argv": argv},
        "loop": lines,
        "loop_control": {"label": "{{ item[0] }}"},
    }


def play(folder: Path, tasks: Iterable[dict[str, Any]], hosts: Iterable[str] = ("localhost",)) -> Play:
    """Run tasks on this machine, in one playbook without facts, for each host at once, and return how it went.

    :raises RuntimeError: the playbook failed.
    """
    path, names = folder / "play.json", list(hosts)
    head = {"hosts": "all", "gather_facts": False, "vars": {"ansible_python_interpreter": sys.executable}}
    path.write_text(json.dumps([{**head, "tasks": list(tasks)}]), encoding="utf-8")
    program = Path(sys.executable).with_name("ansible-playbook")
    started = time.monotonic()
    done = subprocess.run(
        [str(program), "-i", ",".join([*names, ""]), "-c", "local", "-f", str(len(names)), str(path)],
        cwd=ROOT,
        env={**os.environ, "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"), "ANSIBLE_NOCOLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.monotonic() - started
    if done.returncode:
        raise RuntimeError(f"the playbook failed:\n{done.stdout}{done.stderr}")
    return Play(seconds, sum(counts["changed"] for counts in recap.counts(done.stdout.splitlines()).values()))
