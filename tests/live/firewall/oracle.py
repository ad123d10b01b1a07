"""The real nft and kernel, in a network namespace of their own: what a text of rules becomes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import Any

import pytest

# Without root a namespace of accounts comes with the one of networks.
NAMESPACE = ("unshare", "--net") if os.geteuid() == 0 else ("unshare", "--user", "--map-root-user", "--net")


def in_namespace(script: str, text: str = "") -> subprocess.CompletedProcess[str]:
    """Run a shell script in a new network namespace; ``text`` is its standard input."""
    if shutil.which("nft") is None:
        pytest.fail("there is no nft here: run make bootstrap")
    return subprocess.run(
        [*NAMESPACE, "sh", "-euc", script], input=text, capture_output=True, text=True, check=False, timeout=60
    )


def loaded(text: str, table: str = "rampart", times: int = 1) -> list[dict[str, Any]]:
    """Return the rows of the table after the text was loaded, so many times."""
    script = f"text=$(cat); for _ in $(seq {times}); do printf '%s' \"$text\" | nft -f -; done"
    done = in_namespace(f"{script}; nft --json list table inet {table}", text)
    assert done.returncode == 0, done.stderr
    rows: list[dict[str, Any]] = json.loads(done.stdout)["nftables"]
    return rows
