"""Who must be able to log in."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rampart.redis.plugins.filter.redis_acl_probes import FilterModule

SECRETS = {"a": "one", "b": ["two", "three"]}
probes = FilterModule().filters()["redis_acl_probes"]


@pytest.mark.parametrize(
    ("entry", "made"),
    [
        ({"name": "a", "preset": "application", "prefix": "app:"}, [("one", "app:")]),
        ({"name": "a", "preset": "session", "prefix": "sess:"}, [("one", "sess:")]),
        ({"name": "a", "preset": "application", "prefix": "app:", "commands": ["-set"]}, [("one", None)]),
        ({"name": "a", "preset": "operator"}, [("one", None)]),
        ({"name": "a", "commands": ["+get"], "keys": []}, [("one", None)]),
        ({"name": "b", "preset": "auditor"}, [("two", None), ("three", None)]),
        ({"name": "a", "preset": "auditor", "passwords": ["own"]}, [("own", None)]),
        ({"name": "a", "preset": "admin"}, []),
        ({"name": "a", "preset": "admin", "enabled": True}, [("one", None)]),
        ({"name": "a", "enabled": False}, []),
        ({"name": "a", "state": "absent"}, []),
        ({"name": "a", "nopass": True}, []),
        ({"name": "a", "password_hashes": ["0" * 64]}, []),
        ({"name": "stranger"}, []),
    ],
)
def test_probes(entry: dict[str, Any], made: list[tuple[str, str | None]]) -> None:
    wanted = [{"name": entry["name"], "password": password, "prefix": prefix} for password, prefix in made]
    assert probes([entry], SECRETS) == wanted
