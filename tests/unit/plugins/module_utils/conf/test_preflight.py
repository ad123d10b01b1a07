"""Every refusal has a case that it catches, and the same host without the fault is not refused."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.conf.preflight import exposure, refusals
from ansible_collections.rampart.redis.plugins.module_utils.errors import InputError

DOOR = {"login_host": "127.0.0.1", "login_port": 6379, "login_user": None, "tls": False}
MIB = 1024 * 1024

# A stock Debian server with one client, open to all.
FOUND: dict[str, Any] = {
    "installed": True,
    "product": "redis",
    "version": "7.0.15",
    "binary": "/usr/bin/redis-server",
    "unit": "redis-server.service",
    "config_file": "/etc/redis/redis.conf",
    "data_dir": "/var/lib/redis",
    "data_free": 4096 * MIB,
    "config_free": 4096 * MIB,
    "read_only": [],
    "used_memory": 2 * MIB,
    "running": True,
    "pid": 100,
    "role": "master",
    "primary": None,
    "mode": "standalone",
    "connected_replicas": 0,
    "sentinel_clients": 0,
    "other_clients": 1,
    "cluster_enabled": False,
    "renamed_commands": [],
    "other_servers": [],
    "containers": [],
    "users": ["default"],
    "library": True,
    "port": 6379,
    "aclfile": None,
    "requirepass": False,
    "default_user_open": True,
    "login": DOOR,
}
WISH: dict[str, Any] = {
    "product": "redis",
    "distribution": "Debian",
    "distribution_version": "12.11",
    "allow_untested": False,
    "unit": "redis-server.service",
    "unit_named": False,
    "config_file": "/etc/redis/redis.conf",
    "acl_file": "/u",
    "addresses": ["10.0.0.5", "127.0.0.1"],
    "allow_public_bind": False,
    "login_user": "operator",
    "login_secret": True,
    "login_secret_file": "/c/secrets/operator",
    "current_password": False,
    "lost_passwords": [],
    "secrets_dir": "/c/secrets",
    "tls_port": 6380,
    "port_takeover": False,
}
NOTHING: dict[str, Any] = {
    **dict.fromkeys(FOUND),
    "installed": False,
    "running": False,
    "other_servers": [],
    "containers": [],
    "library": False,
}
SHUT: dict[str, Any] = {"login": None, "default_user_open": False, "role": None, "users": None, "mode": None}
STOPPED: dict[str, Any] = {**SHUT, "default_user_open": None, "running": False, "pid": None}
UNTRUSTED = "server 127.0.0.1:6380 (TLS): [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed"
UNASKED: dict[str, Any] = {**SHUT, "default_user_open": None, "library": False}


@pytest.mark.parametrize(
    ("found", "wish"),
    [
        ({}, {}),
        (NOTHING, {}),
        ({"version": "6.2.0"}, {}),
        ({"version": "8.0.2"}, {"distribution_version": "13.1"}),
        ({"product": "valkey", "version": "8.1.1"}, {"product": "valkey", "distribution_version": "13.1"}),
        ({}, {"distribution": "Ubuntu", "distribution_version": "24.04", "allow_untested": True}),
        ({"other_servers": ["process 7 of redis-server@b.service"]}, {"unit_named": True}),
        ({"containers": ["process 7"]}, {}),
        ({}, {"addresses": ["8.8.8.8", "*"], "allow_public_bind": True}),
        ({"other_clients": 9}, {"tls_port": 6379, "port_takeover": True}),
        ({"other_clients": 0}, {"tls_port": 6379}),
        ({"port": 0, "other_clients": 9}, {"tls_port": 0}),
        ({"data_free": 34 * MIB}, {}),
        ({"config_free": MIB}, {}),
        # Hardened before, so it is started when its files are in order.
        ({**STOPPED, "aclfile": "/u"}, {}),
        # A user of that name from before the first run gets a password of ours.
        ({"users": ["default", "shop"]}, {"lost_passwords": ["shop"]}),
        ({"users": ["default", "operator"]}, {"lost_passwords": ["shop"]}),
        # Without the library nobody could ask yet.
        (UNASKED, {}),
        ({**UNASKED, "requirepass": True}, {"current_password": True, "login_secret": False}),
        ({**UNASKED, "requirepass": True, "aclfile": "/u"}, {}),
    ],
)
def test_what_is_not_refused(found: dict[str, Any], wish: dict[str, Any]) -> None:
    assert refusals({**FOUND, **found}, {**WISH, **wish}, []) == []


@pytest.mark.parametrize(
    ("found", "wish", "words"),
    [
        ({}, {"distribution_version": "11.9"}, "redis on Debian 11.9 was never tested"),
        ({}, {"distribution": "Ubuntu", "distribution_version": "24.04"}, "redis on Ubuntu 24.04 was never tested"),
        ({"product": "valkey"}, {"product": "valkey"}, "valkey on Debian 12.11 was never tested"),
        ({"product": "valkey", "binary": "/usr/bin/valkey-server"}, {}, "has valkey (/usr/bin/valkey-server)"),
        ({"version": "6.0.16"}, {}, "redis 6.0.16 is older than 6.2"),
        ({"version": "5.0.3"}, {}, "redis 5.0.3 is older than 6.2"),
        ({"role": "slave", "primary": "10.0.0.9 6379"}, {}, "a replica of 10.0.0.9 6379"),
        ({**UNASKED, "primary": "10.0.0.9 6379"}, {}, "a replica of 10.0.0.9 6379"),
        ({"connected_replicas": 2}, {}, "a primary with 2 connected replica(s)"),
        ({"mode": "sentinel"}, {}, "This is a Sentinel"),
        ({"sentinel_clients": 2}, {}, "Sentinel watches this server over 2 connection(s)"),
        ({"cluster_enabled": True}, {}, "a cluster node"),
        ({"unit": None}, {}, "Process 100 serves here, but no systemd unit owns it"),
        ({**NOTHING, "containers": ["process 7"]}, {}, "runs in a container (process 7)"),
        ({**NOTHING, "other_servers": ["process 7"]}, {}, "redis-server.service did not start: process 7"),
        ({"other_servers": ["process 7 of b.service"]}, {}, "Several servers run here: the one of redis"),
        (STOPPED, {}, "redis-server.service does not run, so nothing is known of its data and clients. See why"),
        ({**STOPPED, "other_servers": ["process 7"]}, {"unit_named": True}, "redis-server.service does not run"),
        ({**STOPPED, "other_servers": ["process 7"]}, {}, "redis-server.service did not start: process 7"),
        ({"renamed_commands": ["FLUSHALL", "KEYS"]}, {}, "/etc/redis/redis.conf renames FLUSHALL, KEYS"),
        ({}, {"addresses": ["8.8.8.8"]}, "would listen on 8.8.8.8, which is a public address"),
        ({}, {"addresses": ["-::*"]}, "would listen on -::*, which is every interface"),
        ({"data_free": 33 * MIB}, {}, "/var/lib/redis has 33 MiB free, but saving the data set"),
        ({"config_free": MIB - 1}, {}, "file system of /etc/redis/redis.conf has 1023 KiB free, but the new files"),
        ({"config_free": 0}, {}, "has 0 KiB free"),
        ({"read_only": ["/etc/redis", "/x"]}, {}, "written to /etc/redis, /x: the file system is mounted"),
        ({"other_clients": 3}, {"tls_port": 6379}, "Port 6379 serves plaintext to 3 client(s)"),
        ({"users": ["operator", "shop"]}, {"lost_passwords": ["shop", "x"]}, "The server has shop, but /c/secrets"),
        ({"login": None, "default_user_open": None}, {}, "no door let us in"),
        (SHUT, {}, "The server asks for a password"),
        ({**UNASKED, "requirepass": True}, {}, "The server asks for a password"),
        ({**SHUT, "aclfile": "/u"}, {"login_secret": False}, "password of operator is missing: there is no /c"),
        (SHUT, {"current_password": True}, "The server refuses the login"),
        (SHUT, {"current_password": True, "login_secret": False}, "login; operator was not tried, for its password"),
        ({**SHUT, "aclfile": "/u"}, {}, "The server refuses the login"),
    ],
)  # fmt: skip
def test_each_refusal_alone(found: dict[str, Any], wish: dict[str, Any], words: str) -> None:
    (sentence,) = refusals({**FOUND, **found}, {**WISH, **wish}, [])
    assert words in sentence


@pytest.mark.parametrize(
    ("aclfile", "reason", "words"),
    [
        ("/u", UNTRUSTED, "presents a certificate that cannot be trusted"),
        (None, UNTRUSTED, "no door let us in"),
        ("/u", f"{UNTRUSTED}: certificate has expired", "playbooks/renew_certs.yml renews it"),
        ("/u", "[SSL: SSLV3_ALERT_CERTIFICATE_EXPIRED] sslv3 alert certificate expired", "playbooks/renew_certs.yml"),
    ],
)
def test_a_certificate_that_cannot_be_trusted(aclfile: str | None, reason: str, words: str) -> None:
    found = {**FOUND, "login": None, "default_user_open": None, "aclfile": aclfile}
    (sentence,) = refusals(found, WISH, [reason])
    assert words in sentence
    assert reason in sentence


def test_all_reasons_at_once() -> None:
    found = {**FOUND, "cluster_enabled": True, "renamed_commands": ["KEYS"], **SHUT}
    sentences = refusals(found, WISH, ["server 127.0.0.1:6379: NOAUTH"])
    assert len(sentences) == 3
    assert "(server 127.0.0.1:6379: NOAUTH)" in sentences[-1]


def test_a_missing_wish_is_not_a_rule_skipped() -> None:
    with pytest.raises(InputError, match="wish: lacks addresses, unit"):
        refusals(FOUND, {name: value for name, value in WISH.items() if name not in {"unit", "addresses"}}, [])


@pytest.mark.parametrize(
    "word",
    [
        "127.0.0.1", "::1", "-::1", "localhost", "10.1.2.3", "172.31.0.1", "192.168.0.1", "100.64.0.1", "169.254.1.1",
        "fd00::1", "fe80::1%eth0",
    ],
)  # fmt: skip
def test_private_addresses(word: str) -> None:
    assert exposure(word) is None


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("0.0.0.0", "every interface"),  # noqa: S104 - not bound
        ("*", "every interface"),
        ("-::*", "every interface"),
        ("::", "every interface"),
        ("1.1.1.1", "a public address"),
        ("172.32.0.1", "a public address"),
        ("2606:4700::1", "a public address"),
        ("-2606:4700::1", "a public address"),
        ("redis.example.org", "no IP address"),
        ("", "no IP address"),
    ],
)
def test_exposed_addresses(word: str, why: str) -> None:
    assert why in str(exposure(word))
