# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start and stop the live client, and read its story."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from tests.attacks.model import APPLICATION, CannotRunError

from .client import Settings
from .places import BUILD, CLIENT_REPORT, CONTROLLER, ROOT, TLS_PORT

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 15.0


@contextmanager
def live_client(address: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run the client as a process of its own; it is stopped at the end of the block at the latest."""
    settings = Settings(address, 6379, TLS_PORT, APPLICATION, str(CONTROLLER), str(CLIENT_REPORT))
    settings_file = BUILD / "client-settings.json"
    settings_file.write_text(json.dumps(asdict(settings)), encoding="utf-8")
    with (BUILD / "client.log").open("wb") as log:
        command = [sys.executable, "-m", "tools.demo.client", str(settings_file)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)  # noqa: S603  our own module
        try:
            yield process
        finally:
            stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the client; a second call does nothing."""
    process.terminate()
    process.wait(PATIENCE)


def story() -> dict[str, Any]:
    """Return the client's last report."""
    if not CLIENT_REPORT.exists():
        return {"operations": 0}
    report: dict[str, Any] = json.loads(CLIENT_REPORT.read_text(encoding="utf-8"))
    return report


def wait_for_operations(more: int) -> None:
    """Wait until the client has done this many further operations."""
    wanted = story()["operations"] + more
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if story()["operations"] >= wanted:
            return
        time.sleep(0.2)
    raise CannotRunError(f"the live client does not work: {story()}; see {BUILD / 'client.log'}")
