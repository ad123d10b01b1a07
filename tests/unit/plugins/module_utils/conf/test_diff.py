"""Running values against wishes."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.conf.diff import Batches, names, plan, undo
from ansible_collections.rampart.redis.plugins.module_utils.conf.wish import parse
from ansible_collections.rampart.redis.plugins.module_utils.versions import REDIS, ServerVersion

R62 = ServerVersion(REDIS, (6, 2, 14))
R70 = ServerVersion(REDIS, (7, 0, 15))
OPEN = {"port": "6379", "tls-port": "0", "bind": "127.0.0.1 -::1", "aclfile": "", "maxmemory": "0", "hz": "10"}
TLS = {"tls-cert-file": "/a.pem", "tls-key-file": "/a.key"}


@pytest.mark.parametrize(
    ("directives", "running", "batches"),
    [
        ({"port": 6379, "maxmemory": "0b"}, {}, ()),
        ({"maxmemory": "1gb", "hz": 20}, {}, ((("maxmemory", "1gb"), ("hz", "20")),)),
        ({"hz": 20, "bind": "x"}, {}, ((("hz", "20"),), (("bind", "x"),))),
        ({"port": 0, "tls-port": 6380}, {}, ((("tls-port", "6380"),), (("port", "0"),))),
        ({"port": 0, "tls-port": 6379}, {}, ((("port", "0"), ("tls-port", "6379")),)),
        ({"tls-port": 0, "port": 6379}, {"port": "0", "tls-port": "6379"}, ((("tls-port", "0"), ("port", "6379")),)),
        ({"tls-port": 0, "port": 1}, {"port": "0", "tls-port": "6379"}, ((("port", "1"),), (("tls-port", "0"),))),
        ({"tls-cert-file": "/b.pem", "tls-key-file": "/b.key"}, {**TLS, "tls-port": "6380"},
         ((("tls-cert-file", "/b.pem"), ("tls-key-file", "/b.key")),)),
        ({"tls-port": 1}, {"tls-port": None}, ()),
    ],
)  # fmt: skip
def test_order_of_config_set(directives: dict[str, Any], running: dict[str, Any], batches: Batches) -> None:
    values = {name: value for name, value in {**OPEN, **running}.items() if value is not None}
    found = plan(parse(directives, {}, [], cores=2), values, R70, apply_live=True)
    assert found.batches == batches
    assert found.restart == ()
    assert found.live == [name for batch in batches for name, _value in batch]


def test_old_releases_take_one_at_a_time() -> None:
    wishes = parse({"maxmemory": "1gb", "hz": 20, "port": 0}, {}, [], cores=2)
    assert plan(wishes, OPEN, R62, apply_live=True).batches == (
        (("maxmemory", "1gb"),),
        (("hz", "20"),),
        (("port", "0"),),
    )


@pytest.mark.parametrize(("tls_port", "restart"), [("6380", 2), ("0", 0)])
def test_old_releases_cannot_change_a_pair_in_use(tls_port: str, restart: int) -> None:
    wishes = parse({"tls-cert-file": "/b.pem", "tls-key-file": "/b.key"}, {}, [], cores=2)
    found = plan(wishes, {**OPEN, **TLS, "tls-port": tls_port}, R62, apply_live=True)
    assert (len(found.restart), len(found.live)) == (restart, 2 - restart)


def test_what_only_a_restart_does_is_a_sentence() -> None:
    wishes = parse({"aclfile": "/etc/redis/users.acl", "hz": 20}, {}, [], cores=2)
    assert plan(wishes, OPEN, R70, apply_live=True).restart == (
        "aclfile: running with none, wished is /etc/redis/users.acl",
    )
    assert plan(wishes, OPEN, R70, apply_live=False).restart == (
        "aclfile: running with none, wished is /etc/redis/users.acl",
        "hz: running with 10, wished is 20",
    )


def test_credentials_are_never_in_a_sentence() -> None:
    wishes = parse({}, {"tls-key-file-pass": "planted"}, [], cores=2)
    found = plan(wishes, {"tls-key-file-pass": "old-secret"}, R70, apply_live=False)
    assert found.restart == ("tls-key-file-pass: the running server has another one",)
    assert "planted" not in repr(plan(wishes, {"tls-key-file-pass": "x"}, R70, apply_live=True))


def test_absent_means_the_default_but_never_opens_the_default_user() -> None:
    wishes = parse({}, {}, ["maxmemory", "requirepass", "rename-command"], cores=2)
    assert "requirepass" not in names(wishes)
    found = plan(wishes, {"maxmemory": "5", "requirepass": "x"}, R70, apply_live=True)
    assert found.batches == ((("maxmemory", "0"),),)


def test_undo_goes_backwards() -> None:
    batches = ((("hz", "20"), ("maxmemory", "1gb")), (("port", "0"),))
    assert undo(batches, OPEN) == ((("port", "6379"),), (("maxmemory", "0"), ("hz", "10")))
