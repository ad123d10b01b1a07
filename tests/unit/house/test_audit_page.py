"""docs/audit.md names checks, attacks, points and variables that exist."""

from __future__ import annotations

import re

from ansible_collections.rampart.redis.plugins.module_utils.audit.checklists import KEYS
from ansible_collections.rampart.redis.plugins.module_utils.audit.registry import CHECKS
from ansible_collections.rampart.redis.tests.unit.house.tree import ROOT, read_yaml

from tests.attacks.table import ATTACKS

PAGE = (ROOT / "docs" / "audit.md").read_text(encoding="utf-8")
ROWS = {int(number): cells for number, cells in re.findall(r"^\| (\d+) [^|]+\| (.+) \|$", PAGE, re.MULTILINE)}
IDENTS = {check.ident for check in CHECKS}


def test_every_attack_has_its_checks() -> None:
    assert {attack.id for attack in ATTACKS} <= set(ROWS)
    assert sorted(ROWS) == list(range(1, 25))
    for cells in ROWS.values():
        assert set(cells.split(", ")) <= IDENTS


def test_every_id_on_the_page_is_a_check() -> None:
    found = set(re.findall(r"\b(?:RDS-)?((?:NET|ACL|TLS|CFG|SEN|HOST|PKG)-\d{3})\b", PAGE))
    assert {f"RDS-{ident}" for ident in found} <= IDENTS


def test_variables_and_points_exist() -> None:
    known = set(read_yaml(ROOT / "roles" / "redis_audit" / "defaults" / "main.yml"))
    assert set(re.findall(r"\bredis_audit_(?!1\b)\w+", PAGE)) <= known
    assert set(re.findall(r"point: (\w+)", PAGE)) <= set(KEYS)
