"""Doors that change while the server runs: TLS beside plaintext, in its place, with another pair of files."""

from __future__ import annotations

import socket
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.collect.configuration import configure
from ansible_collections.rampart.redis.plugins.module_utils.collect.doors import as_login, entered, settings_facade
from ansible_collections.rampart.redis.plugins.module_utils.connection import Endpoint, connect
from ansible_collections.rampart.redis.plugins.module_utils.errors import ShadowError, UnreachableError
from ansible_collections.rampart.redis.tests.live.conf.test_configure import _params
from ansible_collections.rampart.redis.tests.live.servers import distributions_own, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ansible_collections.rampart.redis.tests.live.servers import Running


@pytest.fixture
def tls_live() -> Iterator[Running]:
    """Start a server that can do TLS."""
    with running(distributions_own(), config=f"bind 127.0.0.1\nport {_free_port()}") as server:
        yield server


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _files(folder: Path, name: str) -> dict[str, str]:
    cert, key = folder / f"{name}.pem", folder / f"{name}.key"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
    ]
    command += [
        "-subj",
        f"/CN={name}",
        "-addext",
        "subjectAltName=IP:127.0.0.1",
        "-keyout",
        str(key),
        "-out",
        str(cert),
    ]
    subprocess.run(command, check=True, capture_output=True)
    return {"tls-cert-file": str(cert), "tls-key-file": str(key), "tls-ca-cert-file": str(cert)}


def _configure(live: Running, directives: dict[str, Any]) -> dict[str, Any]:
    return configure(_params(live, directives={**directives, "tls-auth-clients": False}), check_mode=False)


def _port(live: Running) -> str:
    with live.session() as server:
        return server.config("port")["port"]


def _speaks(files: dict[str, str], port: str) -> bool:
    endpoint = Endpoint(port=int(port), ca_certs=files["tls-ca-cert-file"])
    try:
        with connect(endpoint) as server:
            return bool(server.command("PING") == "PONG")
    except UnreachableError:
        return False


def test_tls_beside_plaintext_then_alone(tls_live: Running) -> None:
    files, port, tls_port = _files(tls_live.folder, "one"), _port(tls_live), str(_free_port())
    result = _configure(tls_live, {**files, "tls-port": tls_port})
    assert result["live"][-1] == "tls-port"
    assert result["restart_required"] == []
    assert _speaks(files, tls_port)
    with connect(Endpoint(port=int(port), tls=False)) as server:
        assert server.command("PING") == "PONG"
    assert _configure(tls_live, {**files, "tls-port": tls_port, "port": 0})["live"] == ["port"]
    with pytest.raises(UnreachableError):
        open_plain(port)
    assert not _configure(tls_live, {**files, "tls-port": tls_port, "port": 0})["changed"]


def open_plain(port: str) -> None:
    with connect(Endpoint(port=int(port), tls=False)):
        pass


def test_tls_takes_over_the_port_of_plaintext(tls_live: Running) -> None:
    files, port = _files(tls_live.folder, "one"), _port(tls_live)
    assert _configure(tls_live, {**files, "port": 0, "tls-port": port})["changed"]
    assert _speaks(files, port)


def test_a_new_pair_is_loaded_as_one(tls_live: Running) -> None:
    one, two, tls_port = _files(tls_live.folder, "one"), _files(tls_live.folder, "two"), str(_free_port())
    _configure(tls_live, {**one, "tls-port": tls_port})
    _configure(tls_live, {**two, "tls-port": tls_port})
    assert (_speaks(one, tls_port), _speaks(two, tls_port)) == (False, True)


def test_a_pair_that_does_not_match_changes_nothing(tls_live: Running) -> None:
    one, two, tls_port = _files(tls_live.folder, "one"), _files(tls_live.folder, "two"), str(_free_port())
    _configure(tls_live, {**one, "tls-port": tls_port})
    with pytest.raises(ShadowError, match="key"):
        _configure(tls_live, {**one, "tls-key-file": two["tls-key-file"], "tls-port": tls_port})
    assert _speaks(one, tls_port)


def test_the_tls_door_is_found_first_and_plaintext_without_an_authority(tls_live: Running) -> None:
    files, port, tls_port = _files(tls_live.folder, "one"), _port(tls_live), str(_free_port())
    _configure(tls_live, {**files, "tls-port": tls_port})
    sockets = [("127.0.0.1", int(port)), ("127.0.0.1", int(tls_port))]
    facade = settings_facade({"port": port, "tls-port": tls_port}, sockets)
    with entered(facade, Endpoint(ca_certs=files["tls-ca-cert-file"])) as way:
        login = as_login(way)
        assert login is not None
        assert (login["tls"], login["login_port"], login["ca_certs"]) == (
            True,
            int(tls_port),
            files["tls-ca-cert-file"],
        )
    with entered(facade, Endpoint()) as way:
        login = as_login(way)
        assert login is not None
        assert (login["tls"], login["login_port"], login["ca_certs"]) == (False, int(port), None)


def test_a_tls_port_that_the_file_does_not_know_is_found_too(tls_live: Running) -> None:
    files, tls_port = _files(tls_live.folder, "one"), str(_free_port())
    _configure(tls_live, {**files, "tls-port": tls_port, "port": 0})
    facade = settings_facade({"port": "6379"}, [("127.0.0.1", int(tls_port))])
    with entered(facade, Endpoint(ca_certs=files["tls-ca-cert-file"])) as way:
        assert way.server is not None
        assert way.server.endpoint.tls
