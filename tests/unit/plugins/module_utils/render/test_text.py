"""Reports for a terminal."""

from __future__ import annotations

from ansible_collections.rampart.redis.plugins.module_utils.render.text import printable, render
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.render.samples import (
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
    assert lines[0] == "redis-1  10.1.2.3:6379  redis  8.2.3  primary  2026-11-24T10:00:00Z"


def test_what_was_not_evaluated_is_gathered_by_reason() -> None:
    lines = render([unreached()]).splitlines()
    at = lines.index("NOT EVALUATED  RDS-SEN-001")
    assert lines[at + 1] == "  server: not collected; doors: connection refused"
    assert "NOT EVALUATED  RDS-NET-005" in lines


def test_several_hosts_begin_with_a_line_for_each() -> None:
    lines = render([opened(), hardened()]).splitlines()
    assert lines[0].startswith("redis-1  critical ")
    assert lines[1] == "redis-3  critical 0  high 0  medium 0  low 0"


def test_nothing_to_report() -> None:
    assert render([]) == "\n"


def test_control_characters_do_not_reach_the_terminal() -> None:
    text = render([opened()])
    assert "\x1b" not in text
    assert "\\x1b[31m<script>" in text
    assert printable("a\r\n\x9b") == "a\\r\\n\\x9b"


def test_no_line_is_endless() -> None:
    assert max(map(len, render([opened(), unreached()]).splitlines())) <= 100
