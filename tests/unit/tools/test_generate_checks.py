"""The page of checks is current, and its remedies exist."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ansible_collections.rampart.redis.plugins.module_utils.audit.registry import CHECKS
from ansible_collections.rampart.redis.tests.unit.house.tree import ROOT, read_yaml
from ansible_collections.rampart.redis.tools import generate_checks
from ansible_collections.rampart.redis.tools.generate_role_docs import options_of

if TYPE_CHECKING:
    import pytest

VARIABLE = re.compile(r"\bredis_(?:server|acl|tls|host|audit)_\w+")
EXPECTED = re.compile(r"\bredis_audit_expected\.(\w+)")


def test_the_page_is_current() -> None:
    assert generate_checks.PAGE.read_text(encoding="utf-8") == generate_checks.page(), "run make docs"


def test_check_mode_tells_by_its_status(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert generate_checks.main(["--check"]) == 0
    monkeypatch.setattr(generate_checks, "HEAD", "# Another head\n")
    assert generate_checks.main(["--check"]) == 1
    assert "out of date" in capsys.readouterr().out


def test_every_check_is_on_the_page_once() -> None:
    page = generate_checks.page()
    assert [check.ident for check in CHECKS if page.count(f"\n### {check.ident}\n") != 1] == []


def test_every_variable_in_a_remedy_exists() -> None:
    known: set[str] = set()
    for path in sorted((ROOT / "roles").glob("*/meta/argument_specs.yml")):
        known |= set(options_of(read_yaml(path)))
    named = {name for check in CHECKS for name in VARIABLE.findall(check.fix)}
    assert named
    assert named - known == set()


def test_every_expectation_in_a_remedy_is_an_option_of_the_module() -> None:
    source = (ROOT / "plugins/modules/redis_config_audit.py").read_text(encoding="utf-8")
    named = {name for check in CHECKS for name in EXPECTED.findall(check.fix)}
    assert named
    assert {name for name in named if f'"{name}"' not in source} == set()
