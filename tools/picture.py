"""Render what a terminal showed to a picture: CAPTURE.ansi PICTURE.png. Needs Chromium; see CONTRIBUTING.md."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

COLUMNS = 118
PAGE = """<!DOCTYPE html><meta charset="utf-8"><style>{stylesheet}
body {{ background: #0c0c0c; color: #d8dae4; margin: 0; padding: 22px 26px; }}
pre {{ font: 14px/1.22 "DejaVu Sans Mono", monospace; margin: 0; }}</style><pre><code>{code}</code></pre>"""
LINE_PIXELS, COLUMN_PIXELS, MARGIN_PIXELS = 17.1, 8.45, 52


def main(capture: str, picture: str) -> None:
    """Write the picture of a captured terminal."""
    lines = Path(capture).read_text(encoding="utf-8").rstrip("\n").split("\n")
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(Text.from_ansi("\n".join(lines)), soft_wrap=True)
    size = f"{int(COLUMNS * COLUMN_PIXELS) + MARGIN_PIXELS},{int(len(lines) * LINE_PIXELS) + MARGIN_PIXELS}"
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text(console.export_html(theme=MONOKAI, code_format=PAGE), encoding="utf-8")
        subprocess.run(  # noqa: S603 - the local Chromium, on a page of our own
            [
                shutil.which("chromium") or "chromium",
                *("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--window-size={size}"),
                *(f"--screenshot={Path(picture).resolve()}", page.as_uri()),
            ],
            check=True,
            capture_output=True,
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
