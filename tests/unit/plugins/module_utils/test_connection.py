"""Endpoints, and what is said where nobody answers."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils import connection
from ansible_collections.rampart.redis.plugins.module_utils.connection import Endpoint, connect, open_connection
from ansible_collections.rampart.redis.plugins.module_utils.errors import MissingLibraryError, UnreachableError

if TYPE_CHECKING:
    from pathlib import Path

PARAMS: dict[str, Any] = {
    "login_host": "10.0.0.1",
    "login_port": 6380,
    "login_user": "",
    "login_password": "planted",
    "login_unix_socket": None,
    "login_timeout": 2.0,
    "tls": True,
    "validate_certs": True,
    "ca_certs": "/ca.pem",
    "client_cert_file": None,
    "client_key_file": "",
}


@pytest.mark.parametrize(
    ("options", "text"),
    [({}, "10.0.0.1:6380 (TLS)"), ({"tls": False}, "10.0.0.1:6380"), ({"login_unix_socket": "/s"}, "/s")],
)
def test_an_endpoint_says_where_it_is_but_no_password(options: dict[str, Any], text: str) -> None:
    endpoint = Endpoint.from_params({**PARAMS, **options})
    assert str(endpoint) == text
    assert "planted" not in repr(endpoint)
    assert (endpoint.user, endpoint.client_key_file) == (None, None)


def test_a_refused_connection_names_the_server() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with (
        pytest.raises(UnreachableError, match=f"^server 127.0.0.1:{port}: .*refused"),
        connect(Endpoint(port=port, tls=False, password="planted")),
    ):
        pass


def test_a_missing_socket_names_it(tmp_path: Path) -> None:
    with pytest.raises(UnreachableError, match=f"^server {tmp_path}/none: "):
        open_connection(Endpoint(unix_socket=f"{tmp_path}/none", tls=False))


def test_a_silent_server_is_given_up(tmp_path: Path) -> None:
    path = str(tmp_path / "socket")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        server = open_connection(Endpoint(unix_socket=path, tls=False, timeout=0.05))
        with pytest.raises(UnreachableError, match=r"[Tt]imeout"):
            server.command("PING")
        server.close()


def test_a_missing_certificate_file_is_no_traceback() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        endpoint = Endpoint(port=server.getsockname()[1], ca_certs="/no/such/ca.pem")
        with pytest.raises(UnreachableError, match=r"\(TLS\): .*No such file"):
            open_connection(endpoint)


def test_without_the_library_its_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "IMPORT_ERROR", "Traceback ...")
    with pytest.raises(MissingLibraryError, match="python3-redis"):
        open_connection(Endpoint())
