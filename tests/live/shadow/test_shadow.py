"""The shadow server says what the real one would say, and leaves nothing behind."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.errors import ShadowError
from ansible_collections.rampart.redis.plugins.module_utils.shadow import SHADOW_USER, shadow
from ansible_collections.rampart.redis.tests.live.servers import distributions_own

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible_collections.rampart.redis.plugins.module_utils.connection import Server

HASH = "#" + "a" * 64


def _processes(folder: Path) -> str:
    """Return the ids of processes that name the folder in their command line."""
    return subprocess.run(["pgrep", "-f", str(folder)], capture_output=True, text=True, check=False).stdout


def _folder(server: Server) -> Path:
    return Path(str(server.endpoint.unix_socket)).parent


def test_it_speaks_with_all_rights_and_leaves_nothing(binary: str) -> None:
    with shadow(binary) as server:
        folder = _folder(server)
        assert _processes(folder) != ""
        assert folder.stat().st_mode & 0o777 == 0o700
        assert server.command("ACL", "WHOAMI") == SHADOW_USER
        assert server.command("PUBLISH", "channel", "x") == 0
        assert server.command("SET", "key", "value") == "OK"
    assert not folder.exists()
    assert _processes(folder) == ""


def test_the_users_of_the_file_are_there_though_default_is_off(binary: str) -> None:
    with shadow(binary, acl=f"user default off\nuser app on {HASH} ~app:* +get") as server:
        users = server.command("ACL", "LIST")
    assert {line.split()[1] for line in users} == {"default", "app", SHADOW_USER}
    assert next(line for line in users if " app " in line).startswith("user app on ")


def test_production_is_overridden(binary: str, tmp_path: Path) -> None:
    config = "\n".join(
        [
            "port 6399",
            "bind 192.0.2.1",
            f"dir {tmp_path}/none",
            f"logfile {tmp_path}/log",
            f"pidfile {tmp_path}/pid",
            f"unixsocket {tmp_path}/socket",
            "appendonly yes",
            "save 1 1",
            "replicaof 192.0.2.1 6379",
            "daemonize yes",
            "requirepass planted",
            'rename-command ACL ""',
            "user default off",
            "aclfile /nowhere/users.acl",
            "maxmemory 3mb",
        ]
    )
    with shadow(binary, config=config) as server:
        values = server.config("port", "appendonly", "save", "replicaof", "maxmemory")
    assert values == {"port": "0", "appendonly": "no", "save": "", "replicaof": "", "maxmemory": "3145728"}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ("# a comment\n\nport abc", "redis.conf line 3: port: "),
        ("foo bar\nport 1", "redis.conf line 1: foo: Bad directive"),
        ("port 6379 # why", "redis.conf line 1: a comment behind the directive port"),
        ('maxmemory "1gb', "redis.conf line 1: the quotes are not balanced"),
        ("include /etc/other.conf", "redis.conf line 1: include cannot be validated"),
        ("\nloadmodule /x.so", "redis.conf line 2: loadmodule cannot be validated"),
        ("port 1\nuser x on +nosuch", "redis.conf line 2: user: Error loading ACL rule '+nosuch'"),
        ("masterauth planted and more", "redis.conf line 1: masterauth: "),
    ],
)
def test_a_bad_configuration_is_refused_at_its_line(binary: str, config: str, expected: str) -> None:
    with pytest.raises(ShadowError) as caught, shadow(binary, config=config):
        pass
    assert str(caught.value).startswith(expected)
    assert "planted" not in str(caught.value)


@pytest.mark.parametrize(
    ("acl", "line", "expected"),
    [
        ("user default on\nuser app +@nosuch", 2, "Unknown command or category name in ACL"),
        ("# comment\nuser default on", 1, "should start with user keyword followed by the username"),
        ("user default on\n\nuser app #abc", 3, "The password hash must be exactly 64 characters"),
    ],
)
def test_a_bad_acl_file_is_refused_at_its_line(binary: str, acl: str, line: int, expected: str) -> None:
    with pytest.raises(ShadowError) as caught, shadow(binary, acl=acl):
        pass
    assert str(caught.value).startswith(f"users.acl line {line}: ")
    assert expected in str(caught.value)
    assert "abc" not in str(caught.value)


def test_users_in_both_files_are_refused(binary: str) -> None:
    with pytest.raises(ShadowError, match="ACL file"), shadow(binary, config="user x on", acl="user default on"):
        pass


def _certificate(folder: Path, name: str) -> tuple[Path, Path]:
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
    command += ["-subj", f"/CN={name}", "-keyout", str(key), "-out", str(cert)]
    subprocess.run(command, check=True, capture_output=True)
    return cert, key


def _tls(cert: Path, key: Path) -> str:
    return f"port 0\ntls-port 6390\ntls-cert-file {cert}\ntls-key-file {key}\ntls-ca-cert-file {cert}\n"


@pytest.fixture
def tls_binary() -> str:
    return distributions_own()


@pytest.fixture
def open_folder(tmp_path: Path) -> Iterator[Path]:
    """Return a folder that a service account can enter; pytest's own is private."""
    folder = Path(tempfile.mkdtemp(dir="/run" if os.geteuid() == 0 else tmp_path))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_a_key_of_another_certificate_is_noticed(tls_binary: str, open_folder: Path) -> None:
    cert, key = _certificate(open_folder, "one")
    other = _certificate(open_folder, "two")[1]
    with shadow(tls_binary, config=_tls(cert, key)) as server:
        assert server.config("tls-port") == {"tls-port": "0"}
    with pytest.raises(ShadowError, match="key"), shadow(tls_binary, config=_tls(cert, other)):
        pass


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become the service account")
def test_a_key_that_the_service_account_cannot_read_is_noticed(tls_binary: str, open_folder: Path) -> None:
    cert, key = _certificate(open_folder, "one")
    key.chmod(0o600)
    with shadow(tls_binary, config=_tls(cert, key)):
        pass
    with (
        pytest.raises(ShadowError, match="Permission denied"),
        shadow(tls_binary, config=_tls(cert, key), run_as="nobody"),
    ):
        pass


def test_an_error_of_the_caller_still_cleans_up(binary: str) -> None:
    folders = []

    def fail() -> None:
        with shadow(binary) as server:
            folders.append(_folder(server))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    (folder,) = folders
    assert not folder.exists()
    assert _processes(folder) == ""
