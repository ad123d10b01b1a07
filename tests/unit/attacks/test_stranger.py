# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Attack 20: what counts as a connection, and when it proves nothing."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.attacks import stranger
from tests.attacks.model import CannotRunError, Target

TARGET = Target("target", "10.0.0.2", "10.0.0.1", "after", Path())
INSPECTED = json.dumps([{"Image": "sha256:1", "NetworkSettings": {"Networks": {"bridge": {}}}}])
SOCKETS = "LISTEN 0 511 {}:6379 0.0.0.0:* \nLISTEN 0 511 [::]:6380 [::]:* \nLISTEN 0 5 127.0.0.1:9121 0.0.0.0:*\n"


def _docker(monkeypatch: pytest.MonkeyPatch, sockets: str, said: str) -> list[tuple[str, ...]]:
    asked: list[tuple[str, ...]] = []

    def docker(*words: str, **_options: Any) -> subprocess.CompletedProcess[str]:  # noqa: ANN401 - subprocess' options
        asked.append(words)
        return subprocess.CompletedProcess(words, 0, INSPECTED if words[0] == "inspect" else said, "")

    monkeypatch.setattr(stranger, "docker", docker)
    monkeypatch.setattr(
        stranger, "inside", lambda *_words: subprocess.CompletedProcess("ss", returncode=0, stdout=sockets)
    )
    return asked


@pytest.mark.parametrize(
    ("said", "succeeded", "evidence"),
    [
        ("6379 open\n6380 timed out\n", True, "a stranger's connection to port 6379 opens"),
        ("6379 timed out\n6380 [Errno 113] No route\n", False, "port 6379: timed out; port 6380: [Errno 113] No route"),
    ],
)
def test_a_connection_that_opens_is_a_success(
    monkeypatch: pytest.MonkeyPatch, said: str, succeeded: bool, evidence: str
) -> None:
    asked = _docker(monkeypatch, SOCKETS.format("10.0.0.2"), said)
    outcome = stranger.open_connection(TARGET)
    assert (outcome.succeeded, outcome.evidence) == (succeeded, evidence)
    assert asked[-1][-4:] == ("-", "10.0.0.2", "6379", "6380")


@pytest.mark.parametrize(
    ("sockets", "said"),
    [("", ""), ("LISTEN 0 511 127.0.0.1:6379 0.0.0.0:*\n", ""), (SOCKETS.format("*"), "6379 open\n")],
)
def test_where_nothing_was_tried_nothing_was_proved(monkeypatch: pytest.MonkeyPatch, sockets: str, said: str) -> None:
    _docker(monkeypatch, sockets, said)
    with pytest.raises(CannotRunError):
        stranger.open_connection(TARGET)
