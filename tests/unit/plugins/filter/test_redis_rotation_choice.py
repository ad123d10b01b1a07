"""Filter ``redis_rotation_choice``."""

from __future__ import annotations

from ansible_collections.rampart.redis.plugins.filter.redis_rotation_choice import FilterModule

DECLARED = [{"name": "app"}, {"name": "admin", "preset": "admin"}, {"name": "vaulted"}]


def test_the_choice_has_names_and_reasons() -> None:
    choose = FilterModule().filters()["redis_rotation_choice"]
    assert choose(DECLARED)["chosen"] == ["app", "vaulted"]
    found = choose(DECLARED, ["vaulted", "app"], {"vaulted": "x"})
    assert found["chosen"] == ["app"]
    (reason,) = found["reasons"]
    assert reason.startswith("vaulted: it comes from redis_acl_passwords: give [new, old] there")
