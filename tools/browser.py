"""Headless Chromium: how a page looks, and what becomes of it when its scripts have run."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

# Quiet: nothing of its own goes out, so that what goes out is the page's.
_QUIET = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-sync"),
    *(
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-default-apps",
        "--disable-extensions",
    ),
    *("--disable-dev-shm-usage", "--virtual-time-budget=3000", "--allow-file-access-from-files"),
)
_SECONDS = 120
# A window has a least width, a frame in it has none.
_FRAME = """<!DOCTYPE html><meta charset="utf-8">
<style>body {{ margin: 0 }} iframe {{ border: 0; display: block }}</style>
<iframe src="{source}" width="{width}" height="{height}"></iframe>
<script>addEventListener("message", (event) => {{ document.body.dataset.said = event.data; }});</script>"""


@dataclass(frozen=True)
class View:
    """A screen: width and height in pixels, its colour scheme, and device pixels for each of them."""

    width: int
    height: int
    dark: bool = False
    scale: int = 1


DESKTOP, PHONE, WIDE = View(1280, 1000), View(390, 844, scale=2), View(2560, 1200)


def look(page: Path, view: View, *, picture: Path | None = None, proxy: str = "") -> str:
    """Open a page of this machine in a frame; return the frame's surroundings as HTML, and take a picture if asked.

    :param proxy: address through which everything goes that is not on this machine.
    """
    with tempfile.TemporaryDirectory(prefix="rampart-browser-") as name:
        frame = Path(name) / "frame.html"
        source = page.resolve().as_uri()
        frame.write_text(_FRAME.format(source=source, width=view.width, height=view.height), encoding="utf-8")
        size = f"--window-size={view.width},{view.height}"
        scheme = f"--blink-settings=preferredColorScheme={0 if view.dark else 1}"
        options = [size, scheme, f"--force-device-scale-factor={view.scale}", f"--user-data-dir={name}/profile"]
        options += [f"--proxy-server={proxy}", "--proxy-bypass-list=<-loopback>"] if proxy else []
        options += [f"--screenshot={picture.resolve()}"] if picture else ["--dump-dom"]
        done = subprocess.run(  # noqa: S603 - the local Chromium, on a page of our own
            [shutil.which("chromium") or "chromium", *_QUIET, *options, frame.as_uri()],
            check=True,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
        )
    return done.stdout
