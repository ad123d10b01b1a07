"""Which doors are tried, and in which order."""

from __future__ import annotations

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.collect.doors import Facade, candidates, settings_facade
from ansible_collections.rampart.redis.plugins.module_utils.connection import Endpoint

CA = Endpoint(ca_certs="/ca.pem")
BARE = Endpoint()


@pytest.mark.parametrize(
    ("facade", "wish", "doors"),
    [
        (Facade(), BARE, ["127.0.0.1:6379"]),
        (Facade(port=0, tls_port=6380), BARE, ["127.0.0.1:6380"]),
        (Facade(tls_port=6380), CA,
         ["127.0.0.1:6380 (TLS)", "127.0.0.1:6379", "127.0.0.1:6379 (TLS)", "127.0.0.1:6380"]),
        (Facade(tls_port=6380, sockets=(("127.0.0.1", 6379),)), CA, ["127.0.0.1:6379", "127.0.0.1:6379 (TLS)"]),
        (Facade(sockets=(("10.0.0.5", 7000),)), BARE, ["10.0.0.5:7000"]),
        (Facade(sockets=(("10.0.0.5", 7000), ("::", 7000))), BARE, ["127.0.0.1:7000"]),
        (Facade(sockets=(("10.0.0.5", 1), ("127.0.0.1", 1))), BARE, ["127.0.0.1:1"]),
        (Facade(bind=("10.0.0.5",)), BARE, ["10.0.0.5:6379"]),
        (Facade(port=0), BARE, ["127.0.0.1:6379"]),
        (Facade(unix_socket="/run/s"), BARE, ["127.0.0.1:6379", "/run/s"]),
        (Facade(unix_socket="/run/s"), Endpoint(unix_socket="/own"), ["127.0.0.1:6379", "/own", "/run/s"]),
    ],
)  # fmt: skip
def test_candidates(facade: Facade, wish: Endpoint, doors: list[str]) -> None:
    assert [str(door) for door in candidates(facade, wish)] == doors


def test_a_facade_is_read_from_directives() -> None:
    values = {"port": "0", "tls-port": "6379", "bind": "127.0.0.1 -::1", "unixsocket": "/run/s"}
    assert settings_facade(values, []) == Facade((), 0, 6379, ("127.0.0.1", "::1"), "/run/s")
    assert settings_facade({}, [("::1", 1)]) == Facade((("::1", 1),))
