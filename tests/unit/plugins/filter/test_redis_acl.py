"""The filters of the role redis_acl."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.rampart.redis.plugins.filter import redis_acl_promises, redis_acl_users

SECRET = "0123456789abcdef" * 2
users = redis_acl_users.FilterModule().filters()["redis_acl_users"]
promises = redis_acl_promises.FilterModule().filters()["redis_acl_promises"]


def test_passwords_come_from_the_secrets() -> None:
    made = users([{"name": "s", "preset": "session", "prefix": "sess:"}], "7.0.15", secrets={"s": SECRET})
    assert made[0]["passwords"] == [SECRET]
    assert made[0]["keys"] == ["sess:*"]


def test_two_passwords_are_a_rotation_window() -> None:
    other = SECRET[::-1]
    made = users(
        [{"name": "s", "preset": "auditor"}], version="8.0.2", product="valkey", secrets={"s": [SECRET, other]}
    )
    assert made[0]["passwords"] == [SECRET, other]


@pytest.mark.parametrize(
    "entry",
    [
        {"name": "default", "enabled": False},
        {"name": "a", "preset": "admin"},
        {"name": "a", "state": "absent"},
        {"name": "a", "nopass": True},
        {"name": "a", "password_hashes": ["a" * 64]},
    ],
)
def test_who_needs_no_password(entry: dict[str, Any]) -> None:
    assert "passwords" not in users([entry], "7.0.15")[0]


@pytest.mark.parametrize(
    ("entry", "secrets", "message"),
    [
        ({"name": "a"}, {}, "redis_acl_users: user 'a': there is no password for it"),
        ({"name": "a"}, {"a": "changeme"}, "redis_acl_users: password of user 'a': the password is a placeholder"),
        ({"name": "a"}, {"a": ""}, "redis_acl_users: password of user 'a': the password is empty"),
        ({"name": "a", "preset": "x"}, {}, "redis_acl_users: user 'a': unknown preset 'x'"),
    ],
)
def test_errors(entry: dict[str, Any], secrets: dict[str, str], message: str) -> None:
    with pytest.raises(AnsibleFilterError) as caught:
        users([entry], "7.0.15", secrets=secrets)
    assert str(caught.value).startswith(message)


def test_promises() -> None:
    said = promises([{"name": "s", "preset": "session", "prefix": "sess:"}])
    assert said[0]["user"] == "s"
    assert "FLUSHALL" in said[0]["deny"]
    with pytest.raises(AnsibleFilterError, match="unknown preset"):
        promises([{"name": "s", "preset": "x"}])
