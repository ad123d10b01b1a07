"""Run the stand-in until it is told to stop, for playbooks.

``python -m ansible_collections.rampart.redis.tests.digitalocean.fake FOLDER`` writes into the folder ``fake.json``
(``url``, ``ca``, ``token``, ``pid``), ``journal.txt`` (a line for each request) and ``violations.txt``. Its account has
the tags and droplets of a small deployment.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from ansible_collections.rampart.redis.tests.digitalocean.fake.account import Account
from ansible_collections.rampart.redis.tests.digitalocean.fake.server import TOKEN, running

LONGEST = 1800  # seconds; nobody has to remember to stop it


def main(folder: Path) -> None:
    """Serve."""
    account = Account(tags=["bastion", "monitor"])
    account.droplet(101, "redis")
    account.droplet(102, "redis")
    account.droplet(201, "web")
    with running(folder, account) as fake:
        facts = {"url": fake.url, "ca": fake.ca, "token": TOKEN, "pid": os.getpid()}
        (folder / "fake.json").write_text(json.dumps(facts), encoding="utf-8")
        end = time.monotonic() + LONGEST
        while time.monotonic() < end:
            time.sleep(0.1)
            lines = [f"{one.method} {one.path} naked={one.naked}\n" for one in list(fake.seen)]
            (folder / "journal.txt").write_text("".join(lines), encoding="utf-8")
            (folder / "violations.txt").write_text("\n".join(fake.violations), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
