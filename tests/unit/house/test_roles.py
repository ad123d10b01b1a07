"""Every role says what it takes, once, and its defaults, specs and README agree by value."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.rampart.redis.tests.unit.house.tree import ROOT, files, name, read_yaml
from ansible_collections.rampart.redis.tools import generate_role_docs as docs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

ROLES = sorted(path for path in (ROOT / "roles").iterdir() if path.is_dir())
TYPES = {"bool", "dict", "float", "int", "list", "path", "raw", "str"}
LONGEST_TASK_FILE = 60

a_role = pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)


def walk(options: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (dotted name, option) for all options and suboptions."""
    for key, option in options.items():
        yield f"{above}{key}", option
        yield from walk(option.get("options") or {}, f"{above}{key}.")


def untyped(options: Mapping[str, Any]) -> list[str]:
    """Return what is missing in the description of options: type, text, elements of a list."""
    found = []
    for key, option in walk(options):
        if option.get("type") not in TYPES:
            found.append(f"{key}: type")
        if not "".join(option.get("description") or ""):
            found.append(f"{key}: description")
        if option.get("type") == "list" and option.get("elements") not in TYPES:
            found.append(f"{key}: elements")
    return found


def disagreements(defaults: Mapping[str, Any], options: Mapping[str, Any]) -> list[str]:
    """Return the variables whose default differs from the documented one, by value and type (1, true, "1" differ)."""
    found = [f"{key}: no option in meta/argument_specs.yml" for key in defaults.keys() - options.keys()]
    for key, option in options.items():
        if option.get("required"):
            if key in defaults:
                found.append(f"{key}: required, so its default is never used")
        elif key not in defaults:
            found.append(f"{key}: no default in defaults/main.yml")
        elif "hostvars" in str(defaults[key]):
            if "default" in option:
                found.append(f"{key}: Ansible evaluates the default in the specs, also where the variable is set")
        elif json.dumps(defaults[key], sort_keys=True) != json.dumps(option.get("default"), sort_keys=True):
            found.append(f"{key}: {defaults[key]!r} by default, {option.get('default')!r} in the specs")
    return sorted(found)


def misnamed(role: str, variables: set[str]) -> list[str]:
    """Return the internal variables that do not begin with ``__<role>_``."""
    return sorted(variable for variable in variables if not variable.startswith(f"__{role}_"))


def assigned(tasks: Any) -> set[str]:  # noqa: ANN401 - YAML is anything
    """Return the names that tasks create: ``register``, ``set_fact``, ``loop_var`` and ``index_var``."""
    if isinstance(tasks, list):
        return set().union(*(assigned(task) for task in tasks)) if tasks else set()
    if not isinstance(tasks, dict):
        return set()
    made = {tasks[key] for key in ("register",) if key in tasks}
    made |= {key for key in tasks.get("ansible.builtin.set_fact") or {} if key != "cacheable"}
    control = tasks.get("loop_control") or {}
    made |= {control[key] for key in ("loop_var", "index_var") if key in control}
    return made.union(*(assigned(tasks.get(key)) for key in ("block", "rescue", "always")))


def specs_of(role: Path) -> docs.Options:
    return docs.options_of(read_yaml(role / "meta" / "argument_specs.yml"))


@a_role
def test_a_role_has_its_files(role: Path) -> None:
    wanted = ("README.md", "defaults/main.yml", "meta/main.yml", "meta/argument_specs.yml", "tasks/main.yml")
    assert [path for path in wanted if not (role / path).is_file()] == []


@a_role
def test_every_option_is_typed_and_described(role: Path) -> None:
    assert untyped(specs_of(role)) == []


@a_role
def test_defaults_equal_the_specs_by_value(role: Path) -> None:
    assert disagreements(read_yaml(role / "defaults" / "main.yml") or {}, specs_of(role)) == []


@a_role
def test_every_option_bears_the_name_of_the_role(role: Path) -> None:
    assert [key for key in specs_of(role) if not key.startswith(f"{role.name}_")] == []


@a_role
def test_every_entry_point_exists_and_says_what_it_does(role: Path) -> None:
    for entry, spec in read_yaml(role / "meta" / "argument_specs.yml")["argument_specs"].items():
        assert (role / "tasks" / f"{entry}.yml").is_file(), entry
        assert spec.get("short_description"), entry


@a_role
def test_internal_variables_are_marked(role: Path) -> None:
    made: set[str] = set()
    for path in files(f"roles/{role.name}/tasks", suffix=".yml"):
        made |= assigned(read_yaml(path))
    for path in files(f"roles/{role.name}/vars", suffix=".yml"):
        made |= set(read_yaml(path) or {})
    assert misnamed(role.name, made) == []


@a_role
def test_the_table_in_the_readme_is_current(role: Path) -> None:
    have, want = docs.current(role)
    assert have == want, "run make docs"


@pytest.mark.parametrize("path", [name(path) for path in files("roles", suffix=".yml") if path.parent.name == "tasks"])
def test_a_task_file_is_short(path: str) -> None:
    assert len((ROOT / path).read_text(encoding="utf-8").splitlines()) <= LONGEST_TASK_FILE


def test_what_the_firewall_is_compared_with_is_what_it_is_asked_for() -> None:
    role = ROOT / "roles" / "redis_firewall"
    told = read_yaml(role / "vars" / "main.yml")["__redis_firewall_options"]
    (task,) = [task for task in read_yaml(role / "tasks" / "main.yml") if "rampart.redis.redis_firewall" in task]
    asked = task["rampart.redis.redis_firewall"]
    # What says when and how, and nothing about who is let in.
    assert asked.keys() - told.keys() == {"state", "other_manager", "unit", "confirm_within"}
    assert told == {key: asked[key] for key in told}


# The tests of the tests: what is planted is found.


@pytest.mark.parametrize(
    ("default", "documented"),
    [
        (True, 1),
        (1, "1"),
        ("yes", True),
        ("{{ a }}", "{{ b }}"),
        ([1, 2], [2, 1]),
        ({"a": 1}, {}),
        (None, ""),
        ("", None),
    ],
)
def test_a_planted_disagreement_is_found(default: object, documented: object) -> None:
    assert len(disagreements({"x_a": default}, {"x_a": {"default": documented}})) == 1


def test_missing_halves_are_found() -> None:
    assert disagreements({"x_a": 1}, {}) == ["x_a: no option in meta/argument_specs.yml"]
    assert disagreements({}, {"x_a": {"default": 1}}) == ["x_a: no default in defaults/main.yml"]
    assert disagreements({"x_a": 1}, {"x_a": {"required": True}}) == ["x_a: required, so its default is never used"]
    assert disagreements({}, {"x_a": {"required": True}}) == []


def test_a_default_that_reads_other_hosts_is_not_in_the_specs() -> None:
    """Or else a host without an address would stand in the way of those who name addresses themselves."""
    value = "{{ groups['web'] | addresses(hostvars) }}"
    assert disagreements({"x_a": value}, {"x_a": {"default": value}}) == [
        "x_a: Ansible evaluates the default in the specs, also where the variable is set"
    ]
    assert disagreements({"x_a": value}, {"x_a": {}}) == []


@pytest.mark.parametrize(
    "value", [True, 0, "", None, "{{ redis_server_port | default(6379) }}", [], {"b": 1, "a": [2]}]
)
def test_equal_values_agree(value: object) -> None:
    assert disagreements({"x_a": value}, {"x_a": {"default": value}}) == []


def test_untyped_options_are_found_in_every_depth() -> None:
    inner = {"type": "str", "description": "Text."}
    whole = {"x_a": {"type": "list", "elements": "dict", "description": ["Text."], "options": {"b": inner}}}
    assert untyped(whole) == []
    assert untyped({"x_a": {"type": "list", "description": "", "options": {"b": {"type": "string"}}}}) == [
        "x_a: description",
        "x_a: elements",
        "x_a.b: type",
        "x_a.b: description",
    ]


def test_names_made_by_tasks_are_found_in_blocks_too() -> None:
    tasks = [
        {"block": [{"register": "a"}], "rescue": [{"ansible.builtin.set_fact": {"b": 1, "cacheable": True}}]},
        {"loop_control": {"loop_var": "c", "label": "x"}, "always": [{"register": "__x_d"}]},
    ]
    assert assigned(tasks) == {"a", "b", "c", "__x_d"}
    assert misnamed("x", assigned(tasks)) == ["a", "b", "c"]


def test_the_table_shows_types_defaults_choices_and_suboptions() -> None:
    options: docs.Options = {
        "x_port": {"type": "int", "default": 6379, "description": "Port, or V(0) | none."},
        "x_names": {
            "type": "list",
            "elements": "dict",
            "required": True,
            "description": ["One.", "Two\nlines."],
            "options": {"name": {"type": "str", "default": "", "description": "N.", "choices": ["a", "b"]}},
        },
    }
    assert docs.table(options).splitlines()[2:] == [
        "| `x_port` | int | `6379` | Port, or `0` &#124; none. |",
        "| `x_names` | list of dict | *required* | One. Two lines. |",
        '| `x_names[].name` | str | `""` | N. One of `a`, `b`. |',
    ]


def test_the_table_goes_between_the_markers_and_stays() -> None:
    readme = f"# x\n\n{docs.BEGIN}\nold\n{docs.END}\ntail\n"
    once = docs.insert(readme, "new")
    assert once == f"# x\n\n{docs.BEGIN}\n\nnew\n\n{docs.END}\ntail\n"
    assert docs.insert(once, "new") == once
    with pytest.raises(ValueError, match="markers"):
        docs.insert("# x\n", "new")


def test_entry_points_that_disagree_are_refused() -> None:
    same = {"options": {"x_a": {"type": "str"}}}
    other = {"options": {"x_a": {"type": "int"}}}
    assert docs.options_of({"argument_specs": {"main": same, "open": same, "none": {}}}) == same["options"]
    with pytest.raises(ValueError, match="x_a"):
        docs.options_of({"argument_specs": {"main": same, "open": other}})
