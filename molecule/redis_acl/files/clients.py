"""Clients at work while users change: logs in as each, works until told to stop, and writes errors down."""

from __future__ import annotations

import json
import time
from pathlib import Path

import redis

AT_WORK, STOP = Path("/run/clients-at-work"), Path("/run/clients-stop")
SEEN = Path("/run/clients-seen")
# What each does all the time; nothing of it is taken from the first two.
WORK = {
    "fitnessmealplanner-app": [("SET", "app:work", "x"), ("GET", "app:work"), ("INCR", "app:count"), ("PING",)],
    "session-store": [("SET", "sess:work", "x", "EX", "60"), ("GET", "sess:work")],
    "reports": [("GET", "app:work"), ("MGET", "app:work", "app:count")],
}


def main() -> None:
    """Work until the file STOP is there, and write errors and calls by user as JSON."""
    passwords = json.loads(Path("/root/clients.json").read_text(encoding="utf-8"))
    clients = {name: redis.Redis(username=name, password=passwords[name]) for name in WORK}
    errors: dict[str, list[str]] = {name: [] for name in WORK}
    calls = dict.fromkeys(WORK, 0)
    while not STOP.exists():
        for name, commands in WORK.items():
            for command in commands:
                calls[name] += 1
                try:
                    clients[name].execute_command(*command)
                except redis.RedisError as error:
                    errors[name].append(f"{command[0]}: {type(error).__name__}: {error}")
        AT_WORK.touch()
        time.sleep(0.002)
    SEEN.write_text(json.dumps({"errors": errors, "calls": calls}), encoding="utf-8")


if __name__ == "__main__":
    main()
