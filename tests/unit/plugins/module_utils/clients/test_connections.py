"""Connections by door and user, and who would be cut off."""

from __future__ import annotations

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.clients.connections import (
    DEFAULT_USER,
    PLAINTEXT,
    Connection,
    group,
    parse,
)
from ansible_collections.rampart.redis.plugins.module_utils.clients.table import duration, sentences, table

BOTH = (PLAINTEXT, DEFAULT_USER)


def line(ident: int, **fields: object) -> str:
    known: dict[str, object] = {"addr": f"10.0.0.7:{4000 + ident}", "laddr": "10.0.0.5:6379", "name": "", "age": 9}
    known |= {"idle": 2, "flags": "N", "cmd": "get", "user": "default"}
    return " ".join(f"{name}={value}" for name, value in {"id": ident, **known, **fields}.items())


def one(**fields: object) -> Connection:
    return parse(line(1, **fields), "99", "6380")[0]


@pytest.mark.parametrize(
    ("fields", "transport", "host"),
    [
        ({}, "plaintext", "10.0.0.7"),
        ({"laddr": "10.0.0.5:6380"}, "TLS", "10.0.0.7"),
        ({"laddr": "[fd00::5]:6380", "addr": "[fd00::7]:4001"}, "TLS", "fd00::7"),
        ({"laddr": "/run/redis.sock:0", "addr": "/run/redis.sock:0", "flags": "U"}, "unix socket", "/run/redis.sock:0"),
        ({"laddr": "/run/my redis:0", "addr": "/run/my redis:0", "flags": "U"}, "unix socket", "/run/my"),
        ({"laddr": ""}, "unknown", "10.0.0.7"),
    ],
)
def test_the_door_is_known_by_the_port(fields: dict[str, object], transport: str, host: str) -> None:
    assert (one(**fields).transport, one(**fields).host) == (transport, host)


@pytest.mark.parametrize(
    ("fields", "by_plaintext", "by_default_user"),
    [
        ({}, True, True),
        ({"user": "app"}, True, False),
        ({"laddr": "10.0.0.5:6380"}, False, True),
        ({"laddr": "10.0.0.5:6380", "user": "app"}, False, False),
        ({"flags": "U"}, False, True),
        ({"flags": "U", "user": "app"}, False, False),
        ({"laddr": ""}, False, True),  # 6.0 does not tell the door
        ({"flags": "S"}, False, False),
        ({"flags": "M"}, False, False),
        ({"flags": "O"}, True, True),  # MONITOR is no replication
        ({"id": 99}, False, False),  # our own
        ({"age": 1, "cmd": "NULL"}, True, False),  # who has not logged in yet, and so may be anybody
        ({"age": 1, "cmd": "hello", "laddr": "10.0.0.5:6380"}, False, False),
        ({"age": 2, "cmd": "NULL"}, True, True),
        ({"age": 1}, True, True),
    ],
)
def test_who_is_cut_off(fields: dict[str, object], by_plaintext: bool, by_default_user: bool) -> None:
    found = one(**fields)
    assert found.is_cut_off_by((PLAINTEXT,)) is by_plaintext
    assert found.is_cut_off_by((DEFAULT_USER,)) is by_default_user
    assert found.is_cut_off_by(BOTH) is (by_plaintext or by_default_user)
    assert not found.is_cut_off_by(())


def test_without_a_tls_port_everything_by_tcp_is_plaintext() -> None:
    assert parse(line(1), "99", "0")[0].transport == "plaintext"


def test_a_pool_is_one_group_with_the_latest_command() -> None:
    lines = [
        line(1, idle=300, cmd="ping", name="web"),
        line(2, idle=4, cmd="set", name="web"),
        line(3, user="app", laddr="10.0.0.5:6380", **{"lib-name": "redis-py", "lib-ver": "5.0.1"}),
        line(99, addr="127.0.0.1:9", laddr="127.0.0.1:6380", cmd="client|list"),
    ]
    groups = group(parse("\n".join(lines), "99", "6380"), BOTH)
    assert [(one.host, one.user, one.connections, one.command, one.idle, one.is_cut_off) for one in groups] == [
        ("10.0.0.7", "default", 2, "set", 4, True),
        ("10.0.0.7", "app", 1, "get", 2, False),
        ("127.0.0.1", "default", 1, "client|list", 2, False),
    ]
    assert groups[1].library == "redis-py 5.0.1"
    assert sentences(groups) == ["10.0.0.7 as default in plaintext, name web, 2 connections, last command set 4 s ago"]
    assert table(groups) == [
        "from       user     door       name  library         no.  idle  command      cut off",
        "10.0.0.7   default  plaintext  web   -               2    4 s   set          yes",
        "10.0.0.7   app      TLS        -     redis-py 5.0.1  1    2 s   get          no",
        "127.0.0.1  default  TLS        -     -               1    2 s   client|list  no: us",
    ]


def test_replication_links_are_said_to_stay() -> None:
    assert table(group([one(flags="S", cmd="replconf")], BOTH))[1].endswith("no: link")


@pytest.mark.parametrize(("seconds", "text"), [(0, "0 s"), (59, "59 s"), (60, "1 min"), (7199, "1 h"), (90000, "1 d")])
def test_durations(seconds: int, text: str) -> None:
    assert duration(seconds) == text
