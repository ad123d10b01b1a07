"""What belongs together in the repository agrees, its numbers are kept, and nothing in it tells where it was made."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from ansible_collections.rampart.redis.tests.unit.house.tree import (
    FOLDERS,
    ROOT,
    TOP_FILES,
    files,
    functions,
    name,
    read_yaml,
    top_files,
)
from ansible_collections.rampart.redis.tools.check_tarball import faults

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MODULES = files("plugins/modules", suffix=".py")
PYTHON = files(suffix=".py")
TEXTS = [
    path for path in [*files(), *top_files()] if path.suffix not in {".png", ".pyc", ".gz"} and path.name != "LICENSE"
]
# The fragment of options by which a module connects, and the action group that sets them once.
GROUPS = {"redis": "rampart.redis.connection", "digitalocean": "rampart.redis.digitalocean"}
DOCUMENTATION = ("DOCUMENTATION", "EXAMPLES", "RETURN")

# Aims are in docs/ARCHITECTURE.md; these are the numbers beyond which it is no longer a matter of taste.
LONGEST_FUNCTION = 60
LONGEST_MODULE = 60
LONGEST_PURE_FILE = 300

a_module = pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
a_python_file = pytest.mark.parametrize("path", PYTHON, ids=name)


def constants(source: str) -> dict[str, ast.Assign | ast.AnnAssign]:
    """Return the assignments at the top of a module by name."""
    found: dict[str, ast.Assign | ast.AnnAssign] = {}
    for node in ast.parse(source).body:
        if isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found.update({target.id: node for target in targets if isinstance(target, ast.Name)})
    return found


def documentation(path: Path) -> dict[str, Any]:
    """Return the parsed documentation of a module: DOCUMENTATION, EXAMPLES and RETURN."""
    found = constants(path.read_text(encoding="utf-8"))
    return {key: yaml.safe_load(ast.literal_eval(found[key].value or ast.Constant(""))) for key in DOCUMENTATION}


def code_lines(source: str) -> int:
    """Return the number of lines of a module without documentation, argument spec, blank lines and comments."""
    found = constants(source)
    data = [found[name] for name in (*DOCUMENTATION, "SPEC") if name in found]
    told = {line for node in data for line in range(node.lineno, (node.end_lineno or 0) + 1)}
    lines = enumerate(source.splitlines(), start=1)
    return sum(1 for number, line in lines if number not in told and line.strip() and not line.startswith("#"))


def long_functions(source: str, limit: int) -> list[str]:
    """Return the functions with more lines than ``limit``, the docstring not counted."""
    return [
        node.name
        for node in functions(ast.parse(source))
        if (node.end_lineno or 0) - node.lineno + 1 - _docstring_lines(node) > limit
    ]


def _docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    if ast.get_docstring(node) is None:
        return 0
    return (node.body[0].end_lineno or 0) - node.body[0].lineno + 1


def tasks_in(examples: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - YAML is anything
    """Yield the tasks of EXAMPLES: a list of tasks, or of plays and blocks that hold tasks."""
    for item in examples:
        inner = [item[key] for key in ("tasks", "block", "rescue", "always") if key in item]
        if not inner:
            yield item
        for tasks in inner:
            yield from tasks_in(tasks)


# Modules


def test_every_action_group_is_tested() -> None:
    assert set(read_yaml(ROOT / "meta" / "runtime.yml")["action_groups"]) == set(GROUPS)


@pytest.mark.parametrize("name", GROUPS)
def test_the_action_group_lists_every_module_that_connects(name: str) -> None:
    group = read_yaml(ROOT / "meta" / "runtime.yml")["action_groups"][name]
    documented = {path.stem: documentation(path)["DOCUMENTATION"] for path in MODULES}
    connecting = {
        stem for stem, doc in documented.items() if GROUPS[name] in doc.get("extends_documentation_fragment", [])
    }
    assert sorted(group) == sorted(f"rampart.redis.{stem}" for stem in connecting)


@a_module
def test_a_module_is_documented(path: Path) -> None:
    doc = documentation(path)
    head = doc["DOCUMENTATION"]
    assert head["module"] == path.stem
    assert re.fullmatch(r"\d+\.\d+\.\d+", str(head["version_added"]))
    assert head["short_description"]
    assert head["author"] == ["The rampart.redis contributors (@rampart-redis)"] or head["author"] == (
        "The rampart.redis contributors (@rampart-redis)"
    )
    assert "rampart.redis.attributes" in " ".join(head["extends_documentation_fragment"])
    assert doc["RETURN"]


@a_module
def test_the_examples_of_a_module_use_it_by_its_full_name(path: Path) -> None:
    doc = documentation(path)
    options = doc["DOCUMENTATION"].get("options", {}).keys() | fragment_options()
    calls = [
        task[f"rampart.redis.{path.stem}"] for task in tasks_in(doc["EXAMPLES"]) if f"rampart.redis.{path.stem}" in task
    ]
    assert calls
    assert sorted({key for call in calls for key in call or {}} - options) == [], (
        "options that the module does not have"
    )


def fragment_options() -> set[str]:
    """Return the names of the options that the fragments about connections bring."""
    fragments = [path.read_text(encoding="utf-8") for path in files("plugins/doc_fragments", suffix=".py")]
    nodes = [node for fragment in fragments for node in ast.walk(ast.parse(fragment))]
    texts = [node.value for node in nodes if isinstance(node, ast.Constant)]
    parsed = [yaml.safe_load(text) for text in texts if isinstance(text, str) and "options:" in text]
    return {key for part in parsed for key in part.get("options", {})}


@a_module
def test_a_module_is_thin(path: Path) -> None:
    assert code_lines(path.read_text(encoding="utf-8")) <= LONGEST_MODULE


# Numbers


@a_python_file
def test_no_function_is_too_long(path: Path) -> None:
    assert long_functions(path.read_text(encoding="utf-8"), LONGEST_FUNCTION) == []


@pytest.mark.parametrize("path", files("plugins", suffix=".py"), ids=name)
def test_no_plugin_file_is_too_long(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    # A table that a tool wrote is data.
    if "generated by tools/" not in text.lower() and path not in MODULES:
        assert len(text.splitlines()) <= LONGEST_PURE_FILE


def test_no_sanity_test_is_ignored() -> None:
    ignores = sorted((ROOT / "tests" / "sanity").glob("ignore*.txt")) if (ROOT / "tests" / "sanity").is_dir() else []
    assert [name(path) for path in ignores if path.read_text(encoding="utf-8").strip()] == []


# Secrets of the workshop

# Hosts that documentation and tests may name; a host that serves packages or images is none of them.
HOSTS = {
    "127.0.0.1",
    "0.0.0.0",  # noqa: S104 - a word to look for, nothing is bound
    "localhost",
    "api.digitalocean.com",
    "docs.ansible.com",
    "docs.redhat.com",
    "docs.digitalocean.com",
    "example.com",
    "json.schemastore.org",
    "keepachangelog.com",
    "redis.io",
    "valkey.io",
    "nvd.nist.gov",
    "security-tracker.debian.org",
    "semver.org",
    "www.gnu.org",
    "www.w3.org",
}
URL = re.compile(r"\bhttps?://(?:[^\s/@'\"]+@)?([A-Za-z0-9.-]+)")
# Where this checkout lies, and where its makers work, says nothing to its users.
WORKPLACE = "work"
PLACES = {f"{ROOT}/", f"/{WORKPLACE}/"}


def strange_hosts(text: str) -> list[str]:
    """Return the hosts of URLs in a text that are not in the list of those that may be named."""
    reserved = (".example", ".example.com", ".invalid")
    return sorted({host for host in URL.findall(text) if host not in HOSTS and not host.endswith(reserved)})


@pytest.mark.parametrize("path", TEXTS, ids=name)
def test_a_file_names_no_strange_host(path: Path) -> None:
    assert strange_hosts(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", TEXTS, ids=name)
def test_a_file_does_not_tell_where_it_was_made(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [place for place in PLACES if place in text] == []


@pytest.mark.skipif(not (ROOT / ".git").exists() or not shutil.which("git"), reason="not a git checkout")
def test_git_keeps_only_what_is_ours() -> None:
    git = str(shutil.which("git"))
    listed = subprocess.run([git, "-C", str(ROOT), "ls-files"], capture_output=True, text=True, check=True)
    tops = {path.split("/")[0] for path in listed.stdout.splitlines()}
    assert sorted(tops - {*FOLDERS, *TOP_FILES}) == []


# The tests of the tests


def test_the_counters_count() -> None:
    told = 'DOCUMENTATION = r"""\nmodule: x\n"""\n\n# note\n'
    source = (
        told + 'SPEC: dict = {\n    "a": {},\n}\nimport os\n\ndef f():\n    """D\n    d"""\n    a = 1\n    return a\n'
    )
    assert code_lines(source) == len(["import", "def", '"""D', 'd"""', "a", "return"])
    assert long_functions(source, 3) == []
    assert long_functions(source, 2) == ["f"]


def test_examples_are_looked_into() -> None:
    examples = [{"a": 1}, {"hosts": "x", "tasks": [{"b": 1}, {"block": [{"c": 1}], "rescue": [{"d": 1}]}]}]
    assert [next(iter(task)) for task in tasks_in(examples)] == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("see {}://redis.io/topics/acl", []),
        ("{0}://example.com/x and {0}://db.example.com", []),
        ("{}://user:word@packages.test/simple", ["packages.test"]),
        ("{}://registry.test:5000/v2", ["registry.test"]),
    ],
)
def test_strange_hosts_are_found(text: str, hosts: list[str]) -> None:
    assert strange_hosts(text.format("https")) == hosts


@pytest.mark.parametrize("path", sorted((ROOT / "playbooks").glob("*.yml")), ids=name)
def test_a_playbook_over_an_empty_group_does_not_end_well(path: Path) -> None:
    (task,) = read_yaml(path)[0]["tasks"]
    assert task["ansible.builtin.import_tasks"] == "tasks/group.yml"
    assert task["vars"]["group_purpose"]


def test_the_tarball_check_finds_what_is_missing_and_what_is_too_much() -> None:
    whole = {
        *(
            "LICENSE",
            "README.md",
            "meta/runtime.yml",
            "changelogs/changelog.yaml",
            "docs/guide.md",
            "playbooks/harden.yml",
        ),
        *("plugins/modules/a.py", "roles/r/README.md", "roles/r/defaults/main.yml"),
        *("roles/r/meta/argument_specs.yml", "roles/r/tasks/main.yml"),
    }
    assert faults(whole, whole) == []
    assert faults(whole - {"roles/r/README.md"}, whole) == [
        "roles/r/README.md: not in the tarball",
        "roles/*/README.md: nothing like it in the tarball",
    ]
    for path in ("tools/lint.sh", "plugins/modules/__pycache__/a.py", "roles/r/files/ca.pem", "molecule/x/verify.yml"):
        assert f"{path}: should not be shipped" in faults(whole | {path}, whole)
