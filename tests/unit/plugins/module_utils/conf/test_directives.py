"""Names, releases, and what can be set at runtime."""

from __future__ import annotations

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.conf.directives import (
    canonical,
    find,
    require_known,
)
from ansible_collections.rampart.redis.plugins.module_utils.conf.table import ALIASES, CRAWLED, DIRECTIVES
from ansible_collections.rampart.redis.plugins.module_utils.errors import InputError
from ansible_collections.rampart.redis.plugins.module_utils.versions import REDIS, VALKEY, ServerVersion

R60 = ServerVersion(REDIS, (6, 0, 16))
R62 = ServerVersion(REDIS, (6, 2, 14))
R70 = ServerVersion(REDIS, (7, 0, 15))
R82 = ServerVersion(REDIS, (8, 2, 3))
V81 = ServerVersion(VALKEY, (8, 1, 1))
V91 = ServerVersion(VALKEY, (9, 1, 2))


@pytest.mark.parametrize(
    ("name", "version", "known"),
    [
        ("port", R60, True),
        ("enable-debug-command", R62, False),
        ("enable-debug-command", R70, True),
        ("gopher-enabled", R62, True),
        ("gopher-enabled", R70, False),
        ("masterauth", R70, True),
        ("masterauth", V81, True),
        ("primaryauth", R70, False),
        ("tls-auth-clients-user", R82, None),
        ("tls-auth-clients-user", V81, False),
        ("bind", R60, True),
    ],
)
def test_releases(name: str, version: ServerVersion, known: bool | None) -> None:
    assert find(name).known_to(version) is known


@pytest.mark.parametrize(
    ("name", "version", "live"),
    [
        ("port", R60, False),
        ("port", R62, True),
        ("bind", R60, False),
        ("bind", R62, True),
        ("aclfile", R82, False),
        ("io-threads", R82, False),
        ("io-threads", V91, True),
        ("dir", R62, True),
        ("dir", R70, False),
        ("logfile", R70, False),
        ("maxmemory", V81, True),
        ("masterauth", V81, True),
        ("enable-protected-configs", R70, False),
    ],
)
def test_settable_at_runtime(name: str, version: ServerVersion, live: bool) -> None:
    assert find(name).is_live(version) is live


def test_a_directive_of_another_release_is_refused_with_the_right_one() -> None:
    with pytest.raises(InputError) as caught:
        require_known(find("enable-debug-command"), R62)
    assert "does not exist in redis 6.2.14, only in redis 7.0-, valkey 7.2-" in str(caught.value)
    require_known(find("tls-auth-clients-user"), R82)


def test_aliases_share_one_name() -> None:
    assert canonical("SlaveOf") == canonical("replicaof") == "replicaof"


def test_the_generated_table_is_well_formed() -> None:
    releases = {release for names in CRAWLED.values() for release in names}
    for name, (_kind, _default, *spans) in DIRECTIVES.items():
        ends = [end for span in spans for end in span.split("-") if end]
        assert name == name.lower()
        assert set(ends) <= releases, name
    assert set(ALIASES.values()) <= set(DIRECTIVES)
