"""Processes, seen through /proc: the test's own."""

from __future__ import annotations

import os
import socket

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.collect import process, sockets
from ansible_collections.rampart.redis.plugins.module_utils.errors import HostError


def test_listening_sockets_of_this_process() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = {"address": "127.0.0.1", "port": server.getsockname()[1]}
        assert address in sockets.read_sockets(os.getpid())
    assert address not in sockets.read_sockets(os.getpid())


def test_this_process() -> None:
    found = sockets.read_process(os.getpid())
    assert found["uid"] == os.getuid()
    assert found["pid"] == os.getpid()
    assert "python" in found["exe"]
    assert found["exe_deleted"] is False
    assert found["unseen"] == ""


def test_a_process_that_is_gone_is_named() -> None:
    with pytest.raises(HostError, match="process 4194305: cannot be looked into"):
        sockets.read_process(4194305)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("0100007F", "127.0.0.1"),
        ("00000000000000000000000001000000", "::1"),
        ("0000000000000000FFFF00000100007F", "::ffff:127.0.0.1"),
    ],
)
def test_addresses_of_the_kernel(text: str, address: str) -> None:
    assert process._address(text) == address


def test_secrets_on_a_command_line_are_named_and_not_shown() -> None:
    line = b"redis-server\0--port\0001\0--requirepass\0hunter2\0--user\0app on >x\0"
    assert sockets._secret_options(line) == ["--requirepass", "--user"]


def test_secrets_in_an_environment_are_named_and_not_shown() -> None:
    environment = b"PATH=/bin\0REDISCLI_AUTH=hunter2\0REDIS_PASSWORD=x\0API_TOKEN=\0LANG=C\0"
    assert sockets._secret_names(environment) == ["REDISCLI_AUTH", "REDIS_PASSWORD"]


def test_the_account_of_this_process() -> None:
    found = sockets.read_account(os.getuid())
    assert found["name"]
    assert isinstance(found["footholds"], list)


def test_an_account_that_is_not_there() -> None:
    with pytest.raises(HostError, match="uid 4000000000: there is no such account"):
        sockets.read_account(4000000000)
