"""Command tables recorded from real servers, by version."""

from __future__ import annotations

import json
from pathlib import Path

from ansible_collections.rampart.redis.plugins.module_utils.acl.commands import CommandTable

FOLDER = Path(__file__).parent / "tables"
VERSIONS = ("6.2.14", "7.0.15", "8.2.3")
TABLES = {
    number: CommandTable.from_reply(json.loads((FOLDER / f"redis-{number}.json").read_text(encoding="utf-8")))
    for number in VERSIONS
}
