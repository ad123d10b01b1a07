"""The set of checks as a whole."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from importlib import import_module
from pathlib import Path

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.audit.check import SEVERITIES
from ansible_collections.rampart.redis.plugins.module_utils.audit.registry import ABOUT_DATA, CHECKS, judge, select
from ansible_collections.rampart.redis.plugins.module_utils.errors import InputError
from ansible_collections.rampart.redis.plugins.modules.redis_config_audit import SPEC
from ansible_collections.rampart.redis.tests.unit.house.tree import ROOT, files, read_yaml
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.audit.cases import SECTIONS
from ansible_collections.rampart.redis.tools.generate_checks import ATTACKS

HERE = "ansible_collections.rampart.redis.tests.unit.plugins.module_utils.audit.checks"
TABLES = tuple(path.stem for path in sorted((Path(__file__).parent / "checks").glob("test_*.py")))
# The worst that it says is that nobody knows.
NEVER_FAILS = {"RDS-PKG-005": "info"}
VARIABLE = re.compile(r"\bredis_[a-z_]+")


@pytest.mark.parametrize("product", ["redis", "valkey"])
def test_every_check_has_a_failing_and_a_passing_case_for_each_product(product: str) -> None:
    seen = defaultdict(set)
    for table in TABLES:
        for case in import_module(f"{HERE}.{table}").CASES:
            if product in case.products:
                seen[f"RDS-{case.check}"].add(case.status)
    wanted = {check.ident: {"pass", NEVER_FAILS.get(check.ident, "fail")} for check in CHECKS}
    assert {ident for ident, statuses in wanted.items() if not statuses <= seen[ident]} == set()


def test_all_checks_of_the_plan_are_here() -> None:
    counted = Counter(check.family for check in CHECKS)
    assert counted == {"NET": 16, "ACL": 38, "TLS": 20, "CFG": 27, "SEN": 7, "HOST": 13, "PKG": 6}


def test_remedies_name_variables_that_exist() -> None:
    known = {path.name for path in (ROOT / "roles").iterdir()} | {path.stem for path in files("plugins/modules")}
    for path in files("roles", suffix="defaults/main.yml"):
        known |= set(read_yaml(path))
    named = {word for check in CHECKS for word in VARIABLE.findall(check.fix)}
    assert sorted(named - known) == []


def test_every_attack_has_checks_that_exist() -> None:
    known = {check.ident[4:] for check in CHECKS}
    assert len(ATTACKS) == 24
    assert sorted({ident for _what, idents in ATTACKS for ident in idents} - known) == []
    assert all(idents for _what, idents in ATTACKS)


def test_remedies_name_what_the_module_knows() -> None:
    spec = set(SPEC["expected"]["options"])
    named = {word for check in CHECKS for word in re.findall(r"redis_audit_expected\.([a-z_]+)", check.fix)}
    used = {word for path in files("plugins/module_utils/audit", suffix=".py") for word in _expected(path)}
    assert sorted((named | used) - spec) == []


def _expected(path: Path) -> set[str]:
    return set(re.findall(r"expected(?:\.get\(|\[)\"([a-z_]+)\"", path.read_text(encoding="utf-8")))


def test_ids_are_unique_and_well_formed() -> None:
    idents = [check.ident for check in CHECKS]
    assert len(set(idents)) == len(idents)
    assert all(re.fullmatch(r"RDS-(NET|ACL|TLS|CFG|SEN|HOST|PKG)-\d{3}", ident) for ident in idents)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.ident)
def test_a_check_explains_itself(check: object) -> None:
    assert check.severity in SEVERITIES  # type: ignore[attr-defined]
    assert len(check.rationale) > 20  # type: ignore[attr-defined]
    assert len(check.fix) > 20  # type: ignore[attr-defined]
    assert check.versions  # type: ignore[attr-defined]
    assert all(check.references)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", sorted({name for check in CHECKS for name in check.needs} - {"expected", "now"}))
def test_a_missing_section_is_never_a_pass(name: str) -> None:
    sections = {key: value for key, value in SECTIONS.items() if key != name}
    results = {result.check.ident: result for result in judge(CHECKS, sections, {name: "no rights"})}
    for check in CHECKS:
        if name in check.needs:
            assert results[check.ident].status == "not_evaluated"
            assert results[check.ident].evidence == (f"{name}: no rights",)


def test_a_hardened_server_has_no_finding() -> None:
    assert [result.check.ident for result in judge(CHECKS, SECTIONS, {}) if result.status == "fail"] == []


def test_nothing_collected_evaluates_nothing() -> None:
    sections = {"expected": {}, "now": 0.0}
    assert {result.status for result in judge(CHECKS, sections, {})} == {"not_evaluated"}


@pytest.mark.parametrize(
    ("include", "exclude", "expected"),
    [
        (["NET-005"], [], ["RDS-NET-005"]),
        (["rds-sen-001", "pkg"], [], ["RDS-SEN-001", *(f"RDS-PKG-{number:03d}" for number in range(1, 7))]),
        (["PKG"], ["PKG-004"], [f"RDS-PKG-{number:03d}" for number in (1, 2, 3, 5, 6)]),
    ],
)
def test_select(include: list[str], exclude: list[str], expected: list[str]) -> None:
    assert [check.ident for check in select(include, exclude)] == expected


def test_select_all() -> None:
    assert select() == CHECKS


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("NET-05", "include: unknown check 'NET-05'. Did you mean 'NET-005'?"),
        ("zzzzz", "include: unknown check 'zzzzz'. Families are NET, ACL, TLS, CFG, SEN, HOST, PKG"),
    ],
)
def test_an_unknown_check_names_the_nearest(name: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        select([name])
    assert str(caught.value) == message


def test_a_sentinel_is_judged_by_its_own_rules() -> None:
    sections = {**SECTIONS, "server": {**SECTIONS["server"], "mode": "sentinel"}}
    results = {result.check.ident: result.status for result in judge(CHECKS, sections, {})}
    assert set(results) >= ABOUT_DATA
    assert {results[ident] for ident in ABOUT_DATA} == {"not_applicable"}
    own = {ident: status for ident, status in results.items() if ident.startswith("RDS-SEN")}
    assert "not_applicable" not in {own["RDS-SEN-001"], own["RDS-SEN-002"], own["RDS-SEN-006"]}
    server = {result.check.ident: result.status for result in judge(CHECKS, SECTIONS, {})}
    assert {status for ident, status in server.items() if ident.startswith("RDS-SEN")} == {"not_applicable"}
