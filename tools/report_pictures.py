"""Render an audit report to the pictures in docs/images: REPORT.json FOLDER. Needs Chromium; see CONTRIBUTING.md."""

from __future__ import annotations

import json
import runpy
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if "ansible_collections.rampart.redis" not in sys.modules:
    # Makes the checkout importable as the collection, as for the tests.
    runpy.run_path(str(ROOT / "tests" / "conftest.py"))
sys.path.insert(0, str(ROOT))

from ansible_collections.rampart.redis.plugins.plugin_utils.render.html import render  # noqa: E402 - see above

from tools.browser import DESKTOP, PHONE, look  # noqa: E402 - see above

FOLDED = '<details class="item" data-severity="critical"'
VIEWS = {"audit-desktop.png": replace(DESKTOP, height=1500), "audit-phone.png": replace(PHONE, dark=True, height=1330)}


def main(report: str, folder: str) -> None:
    """Write both pictures, with the first critical finding unfolded."""
    reports = json.loads(Path(report).read_text(encoding="utf-8"))["reports"]
    with tempfile.TemporaryDirectory() as name:
        page = Path(name) / "report.html"
        page.write_text(render(reports).replace(FOLDED, f"{FOLDED} open", 1), encoding="utf-8")
        for picture, view in VIEWS.items():
            look(page, view, picture=Path(folder) / picture)


if __name__ == "__main__":
    main(*sys.argv[1:])
