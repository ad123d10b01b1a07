# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Collect evidence of all hosts as in an incident, open each bundle, and see whether it is whole."""

from __future__ import annotations

import json
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.attacks.model import CannotRunError
from tests.live.evidence.opening import opened, recipient, unpacked

from . import playbooks
from .places import BOXES, BUILD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .screen import Screen


def collect(screen: Screen) -> dict[str, float]:
    """Run playbooks/evidence.yml; return of how many ``hosts`` and ``files`` there is evidence, and how long it took.

    ``seconds`` are those between the first question and the last on the slowest host, ``playbook`` those of it all.

    CannotRunError when a bundle opens with another key; AssertionError when it is not whole.
    """
    folder = BUILD / "evidence"
    folder.mkdir()
    ours, stranger = (recipient(folder, name) for name in ("security-team", "stranger"))
    began = time.monotonic()
    options = playbooks.variables(redis_evidence_recipients=ours.certificate, redis_evidence_dir=folder / "bundles")
    playbooks.run("evidence", "evidence", screen, *options)
    seconds = time.monotonic() - began
    manifests = []
    for box in BOXES:
        # The name of one box begins with that of another; what follows it is the year.
        (bundle,) = (folder / "bundles").glob(f"evidence-{box.name}-2*.cms")
        with tempfile.TemporaryDirectory() as place:
            if opened(bundle, stranger, Path(place) / "stranger").returncode == 0:
                raise CannotRunError(f"{bundle} opens with a stranger's key")
            inside = unpacked(bundle, ours, Path(place) / "ours")
            manifests.append(json.loads((inside / "manifest.json").read_text(encoding="utf-8")))
    return {
        "seconds": round(max(map(_seconds, manifests)), 1),
        "playbook": round(seconds, 1),
        "hosts": len(manifests),
        "files": sum(len(manifest["files"]) for manifest in manifests),
    }


def _seconds(manifest: Mapping[str, Any]) -> float:
    began, ended = (datetime.fromisoformat(manifest[name]) for name in ("began_at", "ended_at"))
    return (ended - began).total_seconds()
