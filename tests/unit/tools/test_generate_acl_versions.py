"""The table of commands that only some servers have."""

from __future__ import annotations

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.acl.elsewhere import servers_with
from ansible_collections.rampart.redis.tools import generate_acl_versions


def test_the_table_is_current() -> None:
    assert generate_acl_versions.main(["--check"]) == 0


@pytest.mark.parametrize(
    ("name", "servers"),
    [
        ("get", ""),
        ("nosuch", ""),
        ("client|setinfo", "Redis 8.0, Redis 8.2, Valkey 8.1"),
        ("EVAL_RO", "Redis 7.0, Redis 8.0, Redis 8.2, Valkey 8.1"),
        ("stralgo", "Redis 6.2"),
        ("commandlog|get", "Valkey 8.1"),
    ],
)
def test_who_has_it(name: str, servers: str) -> None:
    assert servers_with(name) == servers
