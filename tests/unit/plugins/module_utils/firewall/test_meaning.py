"""What nft says, understood."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.firewall.meaning import (
    complaint,
    counts,
    managers,
    meaning,
    others,
)

ROWS: list[dict[str, Any]] = [
    {"metainfo": {"version": "1.0.6"}},
    {"table": {"family": "inet", "name": "rampart", "handle": 3}},
    {"counter": {"family": "inet", "name": "clients", "table": "rampart", "handle": 4, "packets": 5, "bytes": 300}},
    {"set": {"name": "a", "table": "rampart", "handle": 5, "elem": ["10.0.0.1", {"prefix": {"addr": "::", "len": 8}}]}},
    {"chain": {"table": "rampart", "name": "input", "handle": 1, "hook": "input", "prio": -5, "policy": "drop"}},
    {"rule": {"table": "rampart", "chain": "input", "handle": 8, "expr": [{"match": {"right": {"set": [1, 2]}}}]}},
    {"rule": {"table": "rampart", "chain": "input", "handle": 9, "expr": [{"counter": {"packets": 1, "bytes": 9}}]}},
]


def changed(*path: Any, to: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - nft's JSON
    """Return the rows with one place changed."""
    rows = copy.deepcopy(ROWS)
    place: Any = rows
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = to
    return rows


@pytest.mark.parametrize(
    "rows",
    [
        ROWS,
        ROWS[1:],
        changed(1, "table", "handle", to=77),
        changed(2, "counter", "packets", to=6),
        changed(3, "set", "elem", to=[{"prefix": {"len": 8, "addr": "::"}}, "10.0.0.1"]),
        changed(5, "rule", "expr", to=[{"match": {"right": {"set": [2, 1]}}}]),
        changed(6, "rule", "expr", to=[{"counter": {"packets": 2, "bytes": 10}}]),
        [ROWS[1], ROWS[4], ROWS[3], ROWS[2], *ROWS[5:]],
    ],
)
def test_the_same_rules_mean_the_same(rows: list[dict[str, Any]]) -> None:
    assert meaning(rows) == meaning(ROWS)


@pytest.mark.parametrize(
    "rows",
    [
        [],
        ROWS[:-1],
        [*ROWS[:5], ROWS[6], ROWS[5]],
        changed(3, "set", "elem", to=["10.0.0.1"]),
        changed(4, "chain", "policy", to="accept"),
        changed(4, "chain", "prio", to=0),
        changed(5, "rule", "expr", to=[{"match": {"right": {"set": [1]}}}]),
        [*ROWS, {"rule": {"table": "rampart", "chain": "input", "expr": [{"accept": None}]}}],
    ],
)
def test_other_rules_do_not(rows: list[dict[str, Any]]) -> None:
    assert meaning(rows) != meaning(ROWS)


def test_counters_are_read() -> None:
    assert counts(ROWS) == {"clients": (5, 300)}


@pytest.mark.parametrize(
    ("said", "what", "hint"),
    [
        (
            "/dev/stdin:2:12-16: Error: Service out of range\n tcp dport 70000 accept\n",
            "nft refuses line 2 (tcp dport 70000 accept): Service out of range",
            "Nothing was changed",
        ),
        ("/dev/stdin:9:1-1: Error: syntax error\n", "nft refuses line 9 (): syntax error", "Nothing was changed"),
        ("Error: No such file or directory\n", "nft refuses the rules: No such file or directory", "Nothing"),
        ("something else\n", "nft refuses the rules: something else", "Nothing"),
        (
            "netlink: Error: cache initialization failed: Protocol not supported\n",
            "netlink: Error: cache initialization failed: Protocol not supported",
            "This kernel has no nf_tables",
        ),
        (
            "/dev/stdin:1:1-2: Error: Could not process rule: Operation not supported\n",
            "/dev/stdin:1:1-2: Error: Could not process rule: Operation not supported",
            "This kernel has no nf_tables",
        ),
    ],
)
def test_complaints_name_the_line(said: str, what: str, hint: str) -> None:
    found = complaint(said, "table inet x {\n tcp dport 70000 accept\n}\n")
    assert found[0] == what
    assert found[1].startswith(hint)


@pytest.mark.parametrize(
    ("rows", "conf", "expected"),
    [
        ([], "", []),
        (ROWS, "ENABLED=no\n", []),
        ([], "# x\nENABLED=yes\n", ["ufw"]),
        ([{"chain": {"name": "ufw-user-input"}}], "", ["ufw"]),
        ([{"table": {"name": "firewalld"}}], "ENABLED=yes", ["ufw", "firewalld"]),
        ([{"table": {"name": "filter"}}, {"chain": {"name": "DOCKER-USER"}}], "", []),
    ],
)
def test_other_managers_are_seen(rows: list[dict[str, Any]], conf: str, expected: list[str]) -> None:
    assert managers(rows, conf) == expected


def test_rows_of_others() -> None:
    other = {"chain": {"table": "filter", "name": "input"}}
    assert others([*ROWS, other], ["rampart"]) == [ROWS[0], other]
