"""Changelogs of Debian packages."""

from __future__ import annotations

from ansible_collections.rampart.redis.plugins.module_utils.audit.changelog import parse

TEXT = """\
redis (5:7.0.15-1~deb12u6) bookworm-security; urgency=high

  * Non-maintainer upload by the Security Team.
  * CVE-2025-49844: Lua script may lead to remote code execution.
  * CVE-2025-46817, CVE-2025-46817
    (closes: #1117553)

 -- Somebody <somebody@example.com>  Fri, 10 Oct 2025 10:00:00 +0000

redis (5:7.0.15-1~deb12u5) bookworm; urgency=medium

  * Nothing to see.

 -- Somebody <somebody@example.com>  Fri, 10 Jul 2025 10:00:00 +0000

redis (5:7.0.15-1~deb12u4) bookworm-security; urgency=high

  * CVE-2025-21605

 -- Somebody <somebody@example.com>  Fri, 10 May 2025 10:00:00 +0000
"""


def test_entries_with_cves_are_found() -> None:
    assert list(parse(TEXT)) == [
        ("5:7.0.15-1~deb12u6", ["CVE-2025-46817", "CVE-2025-49844"]),
        ("5:7.0.15-1~deb12u4", ["CVE-2025-21605"]),
    ]


def test_what_is_no_changelog_has_no_entries() -> None:
    assert list(parse("CVE-2025-21605 everywhere (1.0) but no entry")) == []
