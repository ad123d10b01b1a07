"""Known bugs of one server: less severe out of reach, never unseen."""

from __future__ import annotations

from typing import Any

from ansible_collections.rampart.redis.plugins.module_utils.audit import bugs
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.audit.cases import (
    APP,
    OPERATOR,
    SECTIONS,
    config,
)

OLD = {"product": "redis", "version": "7.0.10", "mode": "standalone"}
SCRIPTS, DOWNGRADE = "CVE-2025-49844", "CVE-2026-81934"


def _row(ident: str, **change: Any) -> dict[str, str]:  # noqa: ANN401
    sections = {**SECTIONS, "server": OLD, "package": None, **change}
    return next(row for row in bugs.rows(sections, ["operator"]) if row["id"] == ident)


def test_who_may_use_it_decides() -> None:
    assert _row(SCRIPTS, rights=[OPERATOR, APP])["severity"] == "high"
    assert "no user but administrators may run @scripting" in _row(SCRIPTS, rights=[OPERATOR, APP])["title"]
    sections = {**SECTIONS, "server": OLD, "package": None, "rights": [OPERATOR, APP]}
    assert next(row for row in bugs.rows(sections) if row["id"] == SCRIPTS)["severity"] == "critical"


def test_without_the_rights_nothing_is_less_severe() -> None:
    sections = {name: value for name, value in SECTIONS.items() if name not in ("rights", "config")}
    rows = {row["id"]: row for row in bugs.rows({**sections, "server": OLD, "package": None}, ["operator"])}
    assert rows[SCRIPTS]["severity"] == rows[DOWNGRADE]["severity"] == "critical"


def test_a_directive_that_is_not_used_decides_too() -> None:
    used = _row(DOWNGRADE, rights=None)
    assert (used["state"], used["severity"]) == ("affected", "critical")
    unused = _row(DOWNGRADE, rights=None, **config(tls_port="0"))
    assert (unused["state"], unused["severity"]) == ("affected", "high")
    assert "tls-port is not used" in unused["title"]


def test_a_package_nobody_looked_at_is_no_alarm() -> None:
    sections = {name: value for name, value in SECTIONS.items() if name != "package"}
    states = {row["state"] for row in bugs.rows({**sections, "server": OLD})}
    assert states == {"undetermined", "not affected"}


def test_unrated_bugs_are_medium() -> None:
    assert _row("CVE-2026-92925", **config(cluster_enabled="yes"))["severity"] == "medium"
