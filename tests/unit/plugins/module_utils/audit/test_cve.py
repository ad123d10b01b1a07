"""Known bugs against builds: no false alarm on a patched distribution, no silence on a held-back package."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.audit import cve
from ansible_collections.rampart.redis.plugins.module_utils.audit.cve import Bug, Build
from ansible_collections.rampart.redis.plugins.module_utils.audit.cve_table import VULNERABILITIES
from ansible_collections.rampart.redis.plugins.module_utils.errors import InputError
from ansible_collections.rampart.redis.tools import generate_vulnerabilities

BUGS = list(cve.read(VULNERABILITIES, "table").values())
NO_MODULE: frozenset[str] = frozenset()
VECTORS = frozenset({"vectorset"})


def _package(release: str, source: str, version: str, changelog: list[Any] | None = None) -> dict[str, Any]:
    return {"release": release, "source": source, "name": source, "version": version, "changelog": changelog}


def _build(key: str, version: str, modules: frozenset[str] | None = NO_MODULE) -> Build:
    distribution, release, source = key.split(":")
    upstream = version.rpartition(":")[2].partition("-")[0].partition("+")[0]
    return Build(source, upstream, package=_package(f"{distribution}:{release}", source, version), modules=modules)


def _idents(build: Build, state: str) -> set[str]:
    return {answer.bug.ident for answer in cve.answers(BUGS, build) if answer.state == state}


def _by_version(build: Build) -> int:
    known = [bug for bug in BUGS if bug.is_numbered and not bug.disputed]
    return sum(cve.by_version(bug, build.product, build.version) != cve.UNAFFECTED for bug in known)


BOOKWORM = _build("debian:bookworm:redis", "5:7.0.15-1~deb12u10")
TRIXIE = _build("debian:trixie:redis", "5:8.0.2-3+deb13u3", VECTORS)
VALKEY = _build("debian:trixie:valkey", "8.1.1+dfsg1-3+deb13u3")


def test_the_table_says_what_the_data_says() -> None:
    assert generate_vulnerabilities.is_current()
    assert len(BUGS) == len(VULNERABILITIES) == 86
    assert sum(bug.is_numbered for bug in BUGS) == 70


@pytest.mark.parametrize(
    ("build", "version_only", "affected", "undetermined"),
    [
        (BOOKWORM, 20, set(), set()),
        (TRIXIE, 17, set(), {"CVE-2026-92925", "RDS-NOCVE-VSET"}),
        (VALKEY, 20, {"CVE-2026-130822"}, {"CVE-2026-85522", "CVE-2026-86227", "VLK-NOCVE-3971"}),
    ],
    ids=["bookworm", "trixie", "valkey"],
)
def test_current_packages_give_no_false_alarm(
    build: Build, version_only: int, affected: set[str], undetermined: set[str]
) -> None:
    assert _by_version(build) == version_only
    assert _idents(build, cve.AFFECTED) == affected
    assert _idents(build, cve.UNDETERMINED) == undetermined


@pytest.mark.parametrize(
    ("revision", "open_bugs"), [("deb12u10", 0), ("deb12u9", 2), ("deb12u8", 3), ("deb12u4", 14), ("deb12u1", 20)]
)
def test_a_held_back_revision_is_found_out(revision: str, open_bugs: int) -> None:
    assert len(_idents(_build("debian:bookworm:redis", f"5:7.0.15-1~{revision}"), cve.AFFECTED)) == open_bugs


def test_modules_that_are_not_loaded_have_no_bugs() -> None:
    unknown = _build("debian:trixie:redis", "5:8.0.2-3+deb13u3", None)
    modules = {"CVE-2026-25588", "CVE-2026-25589", "CVE-2026-62356"}
    assert modules < _idents(unknown, cve.UNDETERMINED)
    assert modules.isdisjoint(_idents(TRIXIE, cve.UNDETERMINED))
    loaded = _build("debian:trixie:redis", "5:8.0.2-3+deb13u3", frozenset({"bf"}))
    assert _idents(loaded, cve.AFFECTED) == {"CVE-2026-25589", "CVE-2026-62356"}


def test_the_same_version_built_by_hand_has_all_its_bugs() -> None:
    assert len(_idents(Build("redis", "7.0.15", modules=NO_MODULE), cve.AFFECTED)) == 18
    assert _idents(Build("redis", "7.0.15", modules=NO_MODULE), cve.UNDETERMINED) == {
        "CVE-2026-21863",
        "CVE-2026-92925",
    }


def test_a_changelog_repairs_where_no_table_does() -> None:
    fixed = _package("ubuntu:noble", "redis", "5:7.0.15-1ubuntu0.24.04.4", [["5:7.0.15-1ubuntu0.24.04.2", _LUA]])
    newer = _package("ubuntu:noble", "redis", "5:7.0.15-1ubuntu0.24.04.1", [["5:7.0.15-1ubuntu0.24.04.2", _LUA]])
    assert "CVE-2025-49844" in _idents(Build("redis", "7.0.15", package=fixed, modules=NO_MODULE), cve.FIXED)
    assert "CVE-2025-49844" in _idents(Build("redis", "7.0.15", package=newer, modules=NO_MODULE), cve.AFFECTED)


_LUA = ["CVE-2025-49844"]


def test_an_unread_changelog_is_no_alarm_and_no_pass() -> None:
    package = _package("ubuntu:noble", "redis", "5:7.0.15-1ubuntu0.24.04.4")
    answers = cve.answers(BUGS, Build("redis", "7.0.15", package=package, modules=NO_MODULE))
    assert {answer.state for answer in answers} == {cve.UNAFFECTED, cve.UNDETERMINED}
    assert any("check its revision" in answer.why for answer in answers)


FIXES = {"7.2": "7.2.6", "8.0": "8.0.4"}
BUG = Bug("CVE-2099-1", affected_from={"redis": "7.0.0"}, fixed_in={"redis": FIXES})


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("6.2.20", cve.UNAFFECTED),
        ("7.0.15", cve.AFFECTED),
        ("7.2.5", cve.AFFECTED),
        ("7.2.6", cve.UNAFFECTED),
        ("7.4.9", cve.AFFECTED),
        ("8.0.4", cve.UNAFFECTED),
        ("8.2.0", cve.UNAFFECTED),
        ("10.0.0", cve.UNAFFECTED),
    ],
)
def test_ranges(version: str, expected: str) -> None:
    assert cve.by_version(BUG, "redis", version) == expected


def test_another_product_is_not_affected() -> None:
    assert cve.by_version(BUG, "valkey", "8.0.0") == cve.UNAFFECTED


def test_a_bug_of_the_distribution_is_judged_by_its_revision() -> None:
    old = _build("debian:bullseye:redis", "5:6.0.16-1+deb11u1")
    new = _build("debian:bullseye:redis", "5:6.0.16-1+deb11u9")
    assert "CVE-2022-0543" in _idents(old, cve.AFFECTED)
    assert "CVE-2022-0543" in _idents(new, cve.FIXED)
    assert "CVE-2022-0543" in _idents(Build("redis", "6.0.16"), cve.UNAFFECTED)


def test_sentinels_have_sentinels_bugs() -> None:
    server, sentinel = Build("redis", "8.6.3"), Build("redis", "8.6.3", mode="sentinel")
    assert "RDS-NOCVE-14970" in _idents(sentinel, cve.AFFECTED)
    assert "RDS-NOCVE-14970" in _idents(server, cve.UNAFFECTED)


# The user's own data


def _merged(cve_data: Any = None, distro_data: Any = None) -> dict[str, Bug]:  # noqa: ANN401 - also broken ones
    return {bug.ident: bug for bug in cve.merged({BUG.ident: BUG}, cve_data, distro_data)}


def test_newer_data_adds_and_replaces() -> None:
    new = {"affected_from": {"redis": "8.0.0"}, "fixed_in": {"redis": {"8.0": "8.0.9"}}, "severity": "high"}
    found = _merged({"CVE-2099-1": new, "CVE-2099-2": new}, {"debian:trixie:redis": {"CVE-2099-2": "5:8.0.2-9"}})
    assert set(found) == {"CVE-2099-1", "CVE-2099-2"}
    assert found["CVE-2099-1"].affected_from == {"redis": "8.0.0"}
    build = _build("debian:trixie:redis", "5:8.0.2-9")
    assert cve.by_package(found["CVE-2099-2"], build) == cve.FIXED
    assert cve.by_package(found["CVE-2099-2"], _build("debian:trixie:redis", "5:8.0.2-8")) == cve.AFFECTED


def test_the_distribution_may_say_that_it_never_had_it() -> None:
    found = _merged(None, {"debian:bookworm:redis": {"CVE-2099-1": "not affected"}})
    assert cve.by_package(found["CVE-2099-1"], BOOKWORM) == cve.UNAFFECTED


@pytest.mark.parametrize(
    ("cve_data", "distro_data", "message"),
    [
        (["CVE-1"], None, "cve_data: must be a mapping"),
        ({"CVE-1": []}, None, "cve_data.CVE-1: must be a mapping"),
        ({"CVE-1": {"fixed": {}}}, None, "cve_data.CVE-1: unknown field 'fixed'"),
        ({"CVE-1": {"affected_from": {"redis": 7.0}}}, None, "cve_data.CVE-1.affected_from.redis: must be a text"),
        ({"CVE-1": {"affected_from": {"redis": "x"}}}, None, "cve_data.CVE-1.affected_from.redis: cannot read"),
        ({"CVE-1": {"fixed_in": {"redis": {"x": "1.0"}}}}, None, "cve_data.CVE-1.fixed_in.redis: cannot read"),
        ({"CVE-1": {"deny": "eval"}}, None, "cve_data.CVE-1.deny: must be a list"),
        ({"CVE-1": {"severity": "grave"}}, None, "cve_data.CVE-1.severity: 'grave' is none"),
        (None, {"debian": {}}, "distro_data: 'debian' names no package"),
        (None, {"a:b:c": {"CVE-1": 1}}, "distro_data.a:b:c.CVE-1: must be a text"),
    ],
)
def test_broken_data_is_named(cve_data: Any, distro_data: Any, message: str) -> None:  # noqa: ANN401
    with pytest.raises(InputError) as caught:
        _merged(cve_data, distro_data)
    assert str(caught.value).startswith(message)
