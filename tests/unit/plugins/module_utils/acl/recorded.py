"""Command tables recorded from real servers, by version."""

from __future__ import annotations

import json
from pathlib import Path

from ansible_collections.rampart.redis.plugins.module_utils.acl.commands import CommandTable

FOLDER = Path(__file__).parent / "tables"
PRODUCTS = {"6.2.14": "redis", "7.0.15": "redis", "8.0.2": "redis", "8.2.3": "redis", "8.1.1": "valkey"}
VERSIONS = tuple(PRODUCTS)
TABLES = {
    number: CommandTable.from_reply(json.loads((FOLDER / f"{product}-{number}.json").read_text(encoding="utf-8")))
    for number, product in PRODUCTS.items()
}
