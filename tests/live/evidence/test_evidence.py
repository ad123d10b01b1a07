"""Bundles of real servers: complete, encrypted, the server as it was, and nothing left in clear."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.collect import evidence, evidence_saving, sealing
from ansible_collections.rampart.redis.plugins.module_utils.errors import HostError, InputError
from ansible_collections.rampart.redis.tests.live.evidence.conftest import KEYS, SECRET
from ansible_collections.rampart.redis.tests.live.evidence.opening import opened, recipient, unpacked

if TYPE_CHECKING:
    from ansible_collections.rampart.redis.tests.live.evidence.opening import Recipient
    from ansible_collections.rampart.redis.tests.live.servers import Running


def _state(server: Running) -> tuple[str, object, object]:
    with server.session() as talk:
        talk.command("CONFIG", "REWRITE")
        config = talk.command("CONFIG", "GET", "*")
        return talk.command("DEBUG", "DIGEST") if False else str(talk.info("keyspace")), config, talk.command("ACL", "LIST")


def test_smoke(used: Running, params: dict[str, Any], us: Recipient, tmp_path: Path) -> None:
    began = time.monotonic()
    result = evidence.collect(params, check_mode=False)
    print(time.monotonic() - began, json.dumps(result, indent=1))
    folder = unpacked(Path(result["bundle"]), us, tmp_path / "open")
    subprocess.run(["find", str(folder), "-type", "f", "-size", "-2000k", "-ls"])
    print((folder / "timeline.txt").read_text()[-3000:])
    print((folder / "manifest.json").read_text()[:6000])
