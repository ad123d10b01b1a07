"""docs/guide.md answers every item of the guide, and what it and docs/seed-mistakes.md name exists."""

from __future__ import annotations

import re

import pytest
from ansible_collections.rampart.redis.tests.unit.house.tree import ROOT, read_yaml

ITEMS: dict[str, str] = read_yaml(ROOT / "tests" / "data" / "guide_items.yml")
GUIDE = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
MISTAKES = (ROOT / "docs" / "seed-mistakes.md").read_text(encoding="utf-8")

STATUSES = {"done", "corrected", "refused", "a person's work", "planned"}
# These are claims about what the collection does today, so each of them names its proof.
CLAIMS = {"done", "corrected", "refused"}
COLUMNS = ["Item", "Status", "What we do", "Variable", "Test"]
BEYOND = ["What we do", "Variable", "Test"]
NOTHING = "-"


def rows(text: str) -> list[list[str]]:
    """Return the cells of all rows of the tables of items in a Markdown text, heads and rulers left out."""
    lines = [line.strip() for line in text.splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return [row for row in cells if len(row) == len(COLUMNS) and row != COLUMNS]


def item_of(row: list[str]) -> str:
    """Return the id in the first cell: ``a.b`` of "`a.b` What the guide says"."""
    found = re.match(r"`([a-z0-9_.]+)`", row[0])
    return found.group(1) if found else ""


def quoted(text: str, pattern: str) -> list[str]:
    """Return what stands in backticks and fits the pattern as a whole."""
    return [word for word in re.findall(r"`([^`]+)`", text) if re.fullmatch(pattern, word)]


def variables() -> set[str]:
    """Return the names of all public role variables."""
    defaults = (read_yaml(path) or {} for path in (ROOT / "roles").glob("*/defaults/main.yml"))
    return {name for default in defaults for name in default}


ROWS = {item_of(row): row for row in rows(GUIDE)}
PATHS = r"(tests|molecule|plugins|playbooks|docs|roles)/[\w./-]+"


def test_every_item_of_the_guide_has_one_row() -> None:
    found = [item_of(row) for row in rows(GUIDE)]
    assert sorted(set(ITEMS) - set(found)) == [], "no row in docs/guide.md"
    assert sorted(set(found) - set(ITEMS)) == [], "not in tests/data/guide_items.yml"
    assert len(found) == len(set(found)), "an item has two rows"


@pytest.mark.parametrize("item", sorted(ITEMS))
def test_a_row_is_complete(item: str) -> None:
    status, what, variable, proof = ROWS[item][1:]
    assert status in STATUSES
    assert what not in ("", NOTHING)
    assert variable
    assert (proof != NOTHING) == (status in CLAIMS), "done, corrected and refused need a test; the others have none"


@pytest.mark.parametrize("item", sorted(ITEMS))
def test_the_variables_of_a_row_exist(item: str) -> None:
    cell = ROWS[item][3]
    named = quoted(cell, r"\w+")
    assert cell == NOTHING or named, "name a variable, or -"
    assert sorted(set(named) - variables()) == []


@pytest.mark.parametrize("item", sorted(ITEMS))
def test_the_tests_of_a_row_exist(item: str) -> None:
    cell = ROWS[item][4]
    named = quoted(cell, PATHS)
    assert cell == NOTHING or named, "name a file, or -"
    assert [path for path in named if not (ROOT / path).is_file()] == []


def test_what_goes_beyond_the_guide_names_variables_and_tests_that_exist() -> None:
    lines = [line.strip("| ").split(" | ") for line in GUIDE.splitlines() if line.startswith("| ")]
    beyond = [cells for cells in lines if len(cells) == len(BEYOND) and cells != BEYOND]
    assert beyond
    for what, variable, proof in beyond:
        named, proofs = quoted(variable, r"\w+"), quoted(proof, PATHS)
        assert proofs, what
        assert variable == NOTHING or named, what
        assert sorted(set(named) - variables()) == []
        assert [path for path in proofs if not (ROOT / path).is_file()] == []


def test_what_the_mistakes_name_exists() -> None:
    named = quoted(MISTAKES, PATHS)
    assert [path for path in named if not (ROOT / path).is_file()] == []
    assert sorted(set(quoted(MISTAKES, r"redis_(acl|host|server|tls|audit)_\w+")) - variables() - MODULES) == []


MODULES = {path.stem for path in (ROOT / "plugins" / "modules").glob("*.py")}


def mistakes() -> dict[str, str]:
    """Return the sections of docs/seed-mistakes.md by heading."""
    sections = re.split(r"^### ", MISTAKES, flags=re.MULTILINE)[1:]
    return {section.partition("\n")[0]: section for section in sections}


@pytest.mark.parametrize("heading", mistakes())
def test_a_mistake_is_told_in_full(heading: str) -> None:
    section = mistakes()[heading]
    parts = re.findall(r"^- \*\*(.+?)\*\*", section, flags=re.MULTILINE)
    assert parts == ["The guide:", "What happens:", "Instead:", "Variable:", "Test:"]
    proof = section.partition("- **Test:**")[2]
    assert quoted(proof, PATHS) or "planned" in proof


def test_what_is_refused_is_not_done() -> None:
    # Directives of the guide that no role writes; redis_config refuses rename-command from users as well.
    written = {
        *read_yaml(ROOT / "roles" / "redis_tls" / "defaults" / "main.yml")["redis_tls_directives"],
        *read_yaml(ROOT / "roles" / "redis_server" / "vars" / "main.yml")["__redis_server_base_directives"],
        *read_yaml(ROOT / "roles" / "redis_server" / "vars" / "main.yml")["__redis_server_closing_directives"],
        *read_yaml(ROOT / "roles" / "redis_server" / "defaults" / "main.yml")["redis_server_extra_directives"],
    }
    refused = {
        "rename-command",
        "slowlog-log-slower-than",
        "tls-dh-params-file",
        "tls-session-cache-size",
        "tls-session-cache-timeout",
    }
    assert written & refused == set()
    assert {"tls-cert-file", "syslog-enabled", "port"} <= written, "the sets above are read where the roles keep them"


def test_the_parser_sees_what_is_planted() -> None:
    text = (
        "| Item | Status | What we do | Variable | Test |\n|---|---|---|---|---|\n| `a.b` Text | done | X | - | - |\n"
    )
    assert rows(text) == [["`a.b` Text", "done", "X", "-", "-"]]
    assert item_of(rows(text)[0]) == "a.b"
    assert item_of(["no id"]) == ""
    assert quoted("see `tests/a.py`, `make x`", PATHS) == ["tests/a.py"]
