"""The manifest, the hashes, and names that do no harm."""

from __future__ import annotations

import json

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.evidence.manifest import (
    SCHEMA,
    Item,
    Missing,
    render,
    safe_name,
    stamp,
    sums,
    utc,
)
from hypothesis import given
from hypothesis import strategies as st

AT = 1795530708.25
ITEM = Item("server/info.txt", "counters", "server: INFO all", "0" * 64, 12, AT, truncated=True, note="cut")
GAP = Missing("host/who.txt", "who", "program: who -a", "who: no such program", AT, "said so")


def test_the_manifest_says_what_is_there_and_what_is_not() -> None:
    document = json.loads(render({"host": "redis-1"}, [ITEM], [GAP]))
    assert (document["schema"], document["host"]) == (SCHEMA, "redis-1")
    assert document["files"] == [
        {
            "name": "server/info.txt",
            "what": "counters",
            "source": "server: INFO all",
            "sha256": "0" * 64,
            "size": 12,
            "at": "2026-11-24T14:31:48.250Z",
            "truncated": True,
            "note": "cut",
        }
    ]
    assert document["missing"] == [
        {
            "name": "host/who.txt",
            "what": "who",
            "source": "program: who -a",
            "reason": "who: no such program",
            "at": "2026-11-24T14:31:48.250Z",
            "detail": "said so",
        }
    ]


def test_times_are_utc_whatever_the_host_thinks() -> None:
    assert (utc(AT), stamp(AT)) == ("2026-11-24T14:31:48.250Z", "20261124T143148Z")
    assert utc(0) == "1970-01-01T00:00:00.000Z"


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("files/etc/redis/redis.conf", f"{'a' * 64}  files/etc/redis/redis.conf\n"),
        ("files/a\nb", f"\\{'a' * 64}  files/a\\nb\n"),
        ("files/a\\b", f"\\{'a' * 64}  files/a\\\\b\n"),
    ],
)
def test_hashes_are_lines_that_sha256sum_reads(name: str, line: str) -> None:
    assert sums({name: "a" * 64}) == line


def test_hashes_are_in_order() -> None:
    assert [line.split()[1] for line in sums({"b": "1", "a": "2"}).splitlines()] == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("redis-1.example.com", "redis-1.example.com"),
        ("../../etc", "_.._etc"),
        ("-rf", "rf"),
        ("a b;c", "a_b_c"),
        ("", "host"),
        ("..", "host"),
        ("rédis", "r_dis"),
    ],
)
def test_a_host_cannot_name_a_path(text: str, name: str) -> None:
    assert safe_name(text) == name


@given(st.text())
def test_no_name_leaves_its_folder(text: str) -> None:
    name = safe_name(text)
    assert name
    assert name[0] not in ".-"
    assert "/" not in name
    assert name.isascii()
    assert name.isprintable()
