# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names and folders of the demo."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "demo"
CONTROLLER = BUILD / "controller"  # secrets, CA and clients' certificates: what an operator keeps in his home
INVENTORY = BUILD / "inventory"
SUMMARY = BUILD / "summary.json"
CLIENT_REPORT = BUILD / "client.json"

NETWORK = "rampart-demo"
TLS_PORT = 6380


@dataclass(frozen=True)
class Box:
    """A container of the demo and the attacks that it takes."""

    name: str
    purpose: str
    baseline: str  # how it is prepared: a key of tests.attacks.baselines.PREPARE
    takes: tuple[tuple[str, bool], ...]  # (baseline, destructive) of attacks


WATCHED = Box("rampart-demo", "open; holds the data, serves the live client", "open", (("open", False),))
TWIN = Box(
    "rampart-demo-twin",
    "open and careless; takes the attacks that destroy",
    "careless",
    (("open", True), ("careless", False), ("careless", True)),
)
GUIDE = Box(
    "rampart-demo-guide",
    "the guide's users and a weak TLS; takes the attacks by users",
    "guide",
    (("guide", False), ("guide", True), ("weak-tls", False)),
)
BOXES = (WATCHED, TWIN, GUIDE)
