"""The report as a web page."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.audit.registry import CHECKS
from ansible_collections.rampart.redis.plugins.plugin_utils.render.html import render, worst
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.render.samples import (
    EVIL,
    hardened,
    opened,
    unreached,
)

VOID = {"meta", "link", "br", "img", "input", "hr"}


class Page(HTMLParser):
    """Reads a page: elements with attributes, texts of elements, and tags that are not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.crossed: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.crossed.append(tag)

    def all(self, tag: str, name: str = "") -> list[dict[str, str | None]]:
        return [found for kind, found in self.elements if kind == tag and name in (found.get("class") or "").split(" ")]


@pytest.fixture(scope="module")
def page() -> str:
    return render([opened(), unreached(), hardened()])


def test_the_page_is_well_formed(page: str) -> None:
    read = Page(page)
    assert read.crossed == []
    assert read.open == []
    assert read.all("html")[0]["lang"] == "en"


def test_nothing_is_fetched_from_elsewhere(page: str) -> None:
    attributes = [(name, value) for _tag, found in Page(page).elements for name, value in found.items()]
    links = [value or "" for name, value in attributes if name in ("src", "href", "action", "srcset", "data")]
    assert [link for link in links if not link.startswith("#")] == []
    assert not re.search(r"url\(|@import|fetch\(|https?:", page)


def test_only_our_own_style_and_script_may_run(page: str) -> None:
    policy = next(found["content"] or "" for found in Page(page).all("meta") if found.get("http-equiv"))
    for tag in ("style", "script"):
        bodies = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        assert len(bodies) == 1
        digest = base64.b64encode(hashlib.sha256(bodies[0].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; ")
    assert not any("style" in found or "onclick" in found for _tag, found in Page(page).elements)


def test_what_strangers_chose_is_escaped(page: str) -> None:
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_findings_come_first_and_fold_away(page: str) -> None:
    assert page.index("The server answers commands before authentication") < page.index("Looked for:")
    items = Page(page).all("details", "item")
    assert {"critical", "high", "medium", "none"} <= {item["data-severity"] for item in items}
    assert not any("open" in item for item in items)


def test_each_check_is_there_once_for_each_host(page: str) -> None:
    assert page.count('<code class="ident">RDS-NET-005</code>') == 3


def test_six_tables_of_facts_for_each_host(page: str) -> None:
    assert len(Page(page).all("details", "fact")) == 18


def test_a_host_opens_with_its_facts_folded(page: str) -> None:
    host = page[page.index('id="host-1"') :]
    assert host.index('class="fact"') < host.index('class="item"')
    assert not any("open" in found for found in Page(page).all("details", "fact"))


def test_both_checklists_are_answered_for_each_host(page: str) -> None:
    assert len(Page(page).all("details", "checklist")) == 6
    assert page.count("Regular backup schedule implemented") == 3
    assert "A person must declare it (expected.declared, point backups)" in page


def test_changes_and_waivers_are_told(page: str) -> None:
    read = Page(page)
    assert len(read.all("span", "new")) == len(opened()["changes"]["new"])
    assert "Waived by ann until 2999-12-31: the old shop" in page
    assert "1 unchanged, 1 fixed (RDS-CFG-001)" in " ".join(page.split())


def test_what_nodes_differ_in_is_unfolded() -> None:
    first = {"compared_with": "", "nodes": ["redis-1"], "differences": [], "unseen": []}
    peers = {"compared_with": "redis-3", "nodes": ["redis-3"], "differences": [EVIL], "unseen": ["users of redis-3"]}
    text = render([{**opened(), "peers": peers}, {**hardened(), "peers": first}])
    assert Page(text).all("details", "peers") == [{"class": "group peers", "open": None}]
    assert "Not compared: users of redis-3." in text
    assert "Compared with it: redis-1." in text
    assert EVIL not in text
    alike = render([{**opened(), "peers": {**peers, "differences": [], "unseen": []}}])
    assert Page(alike).all("details", "peers") == [{"class": "group peers"}]


def test_a_proof_without_counts_is_shown_as_far_as_it_goes() -> None:
    text = " ".join(render([{**opened(), "proof": {"sent": {"PING": 1}}}]).split())
    assert "None of them writes." in text
    assert "Meanwhile the server counted" not in text


def test_what_no_encoding_can_write_is_shown_as_text() -> None:
    text = render([{**opened(), "host": "\x1b\udcff"}])
    assert "\\x1b\\udcff" in text
    assert text.encode()


def test_the_filters_are_hidden_without_scripts(page: str) -> None:
    assert "hidden" in Page(page).all("form", "filters")[0]


def test_one_host_needs_no_choice_of_hosts() -> None:
    assert Page(render([opened()])).all("select") == []


@pytest.mark.parametrize(
    ("reports", "sentence"),
    [
        ([], "No host was audited."),
        ([hardened()], "No finding on 1 host."),
        ([unreached()], f"{len(CHECKS)} checks could not be evaluated."),
        ([opened(), opened()], "on 2 hosts: repair these first."),
    ],
)
def test_the_first_sentence(reports: list[Any], sentence: str) -> None:
    assert sentence in " ".join(render(reports).split())


def _row(status: str, severity: str = "low") -> dict[str, str]:
    return {"status": status, "severity": severity}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([_row("fail", "high"), _row("fail", "critical")], "critical"),
        ([_row("pass"), _row("not_evaluated")], "open"),
        ([_row("pass"), _row("not_applicable")], "pass"),
        ([_row("not_applicable")], "none"),
        ([], "none"),
    ],
)
def test_worst(rows: list[dict[str, str]], expected: str) -> None:
    assert worst(rows) == expected


def test_an_audit_that_was_refused_says_what_it_sent() -> None:
    proof = {"sent": {"PING": 1, "AUTH": 1, "INFO": 1}, "refused": ["INFO"]}
    text = re.sub(r"\s+", " ", render([{**unreached(), "proof": proof}]))
    assert "3 commands" in text
    assert "It was refused INFO: each is an entry in the server&#39;s ACL log." in text.replace("'", "&#39;")
    assert "Meanwhile the server counted" not in text
