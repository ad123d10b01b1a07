"""The report as Chromium shows it: from phone to wide screen, light and dark, with filters, and from nowhere else."""

from __future__ import annotations

import html
import json
import re
import socket
import threading
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.rampart.redis.plugins.plugin_utils.render.html import render
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.render.samples import (
    hardened,
    opened,
    unreached,
)
from PIL import Image, ImageStat

from tools.browser import DESKTOP, PHONE, WIDE, View, look

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LONG = "client-output-buffer-limit is normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60 on redis-3"
PEERS = {"compared_with": "redis-3", "nodes": ["redis-3"], "differences": [LONG], "unseen": ["users of redis-3"]}
REPORTS = [{**opened(), "peers": PEERS}, unreached(), hardened()]
FINDINGS = sum(report["summary"]["fail"] for report in REPORTS)
# Says to the surrounding page what became of this one. The policy of the page itself lets no such script in.
PROBE = """<script>
const said = {};
const visible = (selector) => [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility());
const press = (selector) => document.querySelector(selector).click();
try {
  said.width = document.documentElement.scrollWidth - innerWidth;
  said.dark = getComputedStyle(document.body).backgroundColor;
  said.filters = visible("form.filters").length;
  said.told = document.querySelector("form.filters output").textContent;
  said.differences = visible(".peers li").length;
  said.findings = visible('.host > .item:not([data-severity="none"])').length;
  press('[data-filter="severity"][data-value="critical"]');
  said.critical = visible(".host > .item").length;
  said.stillDifferent = visible(".peers li").length;
  press('[data-filter="family"][data-value="NET"]');
  said.criticalNet = visible(".host > .item").length;
  press('[data-filter="severity"][data-value="critical"]');
  press('[data-filter="family"][data-value="NET"]');
  const select = document.querySelector("select");
  select.value = "host-3"; select.dispatchEvent(new Event("change"));
  said.hosts = visible(".host").map((one) => one.id);
  select.value = ""; select.dispatchEvent(new Event("change"));
  const first = document.querySelector(".host > .item");
  first.querySelector("summary").click();
  said.opened = [...first.querySelectorAll("h4")].filter((one) => one.checkVisibility()).map((one) => one.textContent);
  press("[data-unfold]");
  said.unfolded = document.documentElement.scrollWidth - innerWidth;
} catch (error) { said.error = String(error); }
parent.postMessage(JSON.stringify(said), "*");
</script>"""
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(render(REPORTS), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def probed(page: Path) -> Path:
    text, policies = POLICY.subn("", page.read_text(encoding="utf-8"))
    assert policies == 1
    path = page.with_name("probed.html")
    path.write_text(text.replace("</body>", f"{PROBE}</body>"), encoding="utf-8")
    return path


def _said(probed: Path, view: View) -> dict[str, Any]:
    found = re.search(r'data-said="([^"]*)"', look(probed, view))
    assert found, "the page's scripts did not run to their end"
    said: dict[str, Any] = json.loads(html.unescape(found[1]))
    assert "error" not in said, said
    return said


@pytest.mark.parametrize("view", [PHONE, DESKTOP, WIDE], ids=["phone", "desktop", "wide"])
def test_nothing_is_wider_than_the_screen_and_the_filters_filter(probed: Path, view: View) -> None:
    said = _said(probed, view)
    assert (said["width"], said["unfolded"]) == (0, 0)
    assert said["filters"] == 1
    assert said["told"] == f"{FINDINGS} of {FINDINGS} findings"
    assert said["findings"] == FINDINGS
    assert (said["differences"], said["stillDifferent"]) == (1, 1)
    critical = [row for report in REPORTS for row in report["results"] if _is_critical(row)]
    assert said["critical"] == len(critical) > said["criticalNet"] > 0
    assert said["criticalNet"] == sum(row["family"] == "NET" for row in critical)
    assert said["hosts"] == ["host-3"]
    assert said["opened"] == ["Evidence", "Why it matters", "Fix"]


def _is_critical(row: dict[str, Any]) -> bool:
    return bool(row["status"] == "fail" and row["severity"] == "critical")


@pytest.mark.parametrize(("dark", "shade"), [(False, (200, 256)), (True, (0, 70))], ids=["light", "dark"])
@pytest.mark.parametrize("view", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_it_is_light_by_day_and_dark_by_night(
    page: Path, tmp_path: Path, view: View, dark: bool, shade: tuple[int, int]
) -> None:
    picture = tmp_path / "picture.png"
    look(page, replace(view, dark=dark), picture=picture)
    with Image.open(picture) as image:
        assert image.size == (view.width * view.scale, view.height * view.scale)
        grey = ImageStat.Stat(image.convert("L"))
    assert shade[0] <= grey.median[0] < shade[1]
    assert grey.stddev[0] > 10, "an empty page"


@contextmanager
def _proxy() -> Iterator[tuple[str, list[bytes]]]:
    """Stand between the browser and the world; yield the address and what was asked for."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    link, _address = listener.accept()
                except OSError:
                    return
                with link:
                    asked.append(link.recv(4096).partition(b"\r\n")[0])

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}", asked
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def test_nothing_is_asked_of_anybody_else(page: Path, probed: Path) -> None:
    planted = probed.with_name("planted.html")
    planted.write_text(
        probed.read_text(encoding="utf-8").replace("</body>", '<img src="http://elsewhere.example/x.png"></body>'),
        encoding="utf-8",
    )
    for path, expected in ((planted, [b"GET http://elsewhere.example/x.png HTTP/1.1"]), (page, [])):
        with _proxy() as (address, asked):
            look(path, DESKTOP, proxy=address)
        assert [line for line in asked if b".example" in line] == expected
        # What the browser itself may want is not the page's; a page's own request is for an address it names.
        assert [line for line in asked if b"report" in line] == []


def test_the_policy_of_the_page_lets_no_other_script_in(page: Path) -> None:
    with_stranger = page.with_name("stranger.html")
    with_stranger.write_text(page.read_text(encoding="utf-8").replace("</body>", f"{PROBE}</body>"), encoding="utf-8")
    assert "data-said" not in look(with_stranger, DESKTOP)
