"""Reports for a terminal."""

from __future__ import annotations

import re

from ansible_collections.rampart.redis.plugins.module_utils.render.text import printable, render
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.render.samples import (
    EVIL,
    hardened,
    opened,
    unreached,
)


def test_a_finding_has_evidence_and_fix() -> None:
    lines = render([opened()]).splitlines()
    at = lines.index("CRITICAL  RDS-NET-005  The server answers commands before authentication")
    assert lines[at + 1] == "  10.1.2.3:6379 answered PONG"
    assert lines[at + 2].startswith("  Fix: run the playbook harden")
    assert lines[at + 3].startswith("       ")
    assert lines[at + 4] == ""
    assert lines[0] == "redis-1  10.1.2.3:6379  redis  8.2.10  primary  2026-11-24T10:00:00Z"


def test_what_was_not_evaluated_is_gathered_by_reason() -> None:
    lines = render([unreached()]).splitlines()
    at = lines.index("NOT EVALUATED  RDS-SEN-001")
    assert lines[at + 1] == "  server: not collected; doors: connection refused"
    assert "NOT EVALUATED  RDS-NET-005" in lines


def test_several_hosts_begin_with_a_line_for_each() -> None:
    lines = render([opened(), hardened()]).splitlines()
    assert lines[0].split() == ["host", "critical", "high", "medium", "low", "open"]
    assert lines[1].split()[0] == "redis-1"
    assert lines[2].split() == ["redis-3", "0", "0", "0", "0", str(hardened()["summary"]["not_evaluated"])]


def test_a_host_opens_with_the_six_sections_of_facts() -> None:
    text = render([opened()])
    titles = ["CONFIGURATION", "CONNECTIONS", "USERS", "DANGEROUS COMMANDS", "TLS", "MEMORY"]
    places = [text.index(f"\n{title}\n") for title in titles]
    assert places == sorted(places)
    assert places[-1] < text.index("CRITICAL  RDS-")
    assert "\n  protected-mode" in text
    assert "\n  Not seen: not collected" in render([unreached()])


def test_changes_waivers_and_checklists_are_told() -> None:
    lines = render([opened()]).splitlines()
    assert "Since 2026-11-23T10:00:00Z" in lines
    assert "  Fixed: RDS-CFG-001" in lines
    assert "  Unchanged: RDS-NET-005" in lines
    assert any(line.startswith("WAIVED    RDS-NET-004  ") for line in lines)
    assert "  Waived by ann until 2999-12-31: the old shop" in lines
    assert any(line.startswith("PRODUCTION DEPLOYMENT  ") and line.endswith(" of 12") for line in lines)
    assert "  no              Regular backup schedule implemented" in lines


def test_what_nodes_differ_in_is_told() -> None:
    peers = {"compared_with": "redis-3", "nodes": ["redis-3"], "differences": [f"user {EVIL} is on redis-1 only"]}
    lines = render([{**opened(), "peers": {**peers, "unseen": ["users of redis-3"]}}]).splitlines()
    assert "Differs from redis-3" in lines
    assert any(line.startswith("  - user \\x1b[31m") for line in lines)
    assert "  Not compared: users of redis-3" in lines
    alike = render([{**opened(), "peers": {**peers, "differences": [], "unseen": []}}])
    assert "\nDoes not differ from redis-3\n" in alike
    first = {"compared_with": "", "nodes": ["redis-1", "redis-4"], "differences": [], "unseen": []}
    assert "\n  Compared with it: redis-1, redis-4\n" in render([{**hardened(), "peers": first}])


def test_colours_add_nothing_but_colours() -> None:
    reports = [opened(), unreached(), hardened()]
    coloured = render(reports, colour=True)
    assert "\x1b[1;37;41mCRITICAL\x1b[0m  RDS-NET-005" in coloured
    assert re.sub(r"\x1b\[[0-9;]+m", "", coloured) == render(reports)


def test_nothing_to_report() -> None:
    assert render([]) == "\n"


def test_control_characters_do_not_reach_the_terminal() -> None:
    text = render([opened()])
    assert "\x1b" not in text
    assert "\\x1b[31m<script>" in text
    assert printable("a\r\n\x9b") == "a\\r\\n\\x9b"


def test_no_line_is_endless() -> None:
    assert max(map(len, render([opened(), unreached()]).splitlines())) <= 100
