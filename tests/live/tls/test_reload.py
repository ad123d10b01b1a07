"""Servers that speak TLS with our certificates: mutual authentication, hot reload, and what the directives refuse."""

from __future__ import annotations

import socket
import ssl
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.rampart.redis.plugins.module_utils.collect import reload
from ansible_collections.rampart.redis.plugins.module_utils.connection import Endpoint, Server, connect, open_connection
from ansible_collections.rampart.redis.plugins.module_utils.errors import (
    HostError,
    ServerRefusedError,
    UnreachableError,
)
from ansible_collections.rampart.redis.plugins.module_utils.glue import Request
from ansible_collections.rampart.redis.plugins.modules import redis_tls_reload as module
from ansible_collections.rampart.redis.tests.live.servers import find_binaries, running
from ansible_collections.rampart.redis.tests.live.tls.issuing import openssl
from ansible_collections.rampart.redis.tests.live.tls.pairs import Pairs, free_port, role_directives

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RESUMPTIONS = 40
# Every binary knows the directives; only some were linked with OpenSSL.
TLS_BINARIES = {version: path for version, path in find_binaries().items() if b"SSL_CTX_new" in Path(path).read_bytes()}


@dataclass(frozen=True)
class Door:
    """A server with a TLS port, and how to get in."""

    pairs: Pairs
    endpoint: Endpoint
    log: Path
    binary: str

    def params(self, **changed: object) -> dict[str, Any]:
        """Return the options of the module with which it finds this server."""
        files = {
            "cert_file": str(self.pairs.folder / "node-cert.pem"),
            "key_file": str(self.pairs.folder / "node-key.pem"),
            "binary": self.binary,
        }
        login = {
            "login_port": self.endpoint.port,
            "ca_certs": self.endpoint.ca_certs,
            "client_cert_file": self.endpoint.client_cert_file,
            "client_key_file": self.endpoint.client_key_file,
        }
        checked = ArgumentSpecValidator(module.SPEC).validate({**files, **login, "port": self.endpoint.port, **changed})
        assert not checked.error_messages
        params: dict[str, Any] = checked.validated_parameters
        return params

    def reload(self, *, check_mode: bool = False, **changed: object) -> dict[str, Any]:
        return module.work(Request(self.params(**changed), check_mode, diff_mode=True))


@contextmanager
def tls_server(binary: str, folder: Path) -> Iterator[Door]:
    pairs = Pairs(folder)
    port = free_port()
    endpoint = Endpoint(
        port=port,
        ca_certs=str(folder / "ca.pem"),
        client_cert_file=str(folder / "operator-cert.pem"),
        client_key_file=str(folder / "operator-key.pem"),
    )
    config = f"bind 127.0.0.1\ntls-port {port}\n{role_directives(pairs)}"
    with running(binary, config) as server:
        yield Door(pairs, endpoint, server.folder / "log", binary)


@pytest.fixture(params=list(TLS_BINARIES) or ["none"])
def door(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Door]:
    """Start a server with TLS of each binary that has it; none at all is a failure."""
    if not TLS_BINARIES:
        pytest.fail("no redis-server that was built with TLS: run make setup")
    with tls_server(TLS_BINARIES[request.param], tmp_path) as made:
        yield made


def calls(server: Server, command: str) -> int:
    """Return how often a command was executed, by the server's own count."""
    fields = server.info("commandstats").get(f"cmdstat_{command}", "calls=0")
    return int(fields.partition("calls=")[2].split(",")[0])


def test_mutual_authentication_with_verified_names(door: Door) -> None:
    with connect(door.endpoint) as server:
        assert server.command("PING") == "PONG"
    with connect(replace(door.endpoint, host="localhost")) as server:
        assert server.command("PING") == "PONG"
    stranger = replace(door.endpoint, client_cert_file=None, client_key_file=None)
    with pytest.raises(UnreachableError), connect(stranger) as server:
        server.command("PING")
    as_server = replace(door.endpoint, ca_certs=door.endpoint.client_cert_file)
    with pytest.raises(UnreachableError, match="certificate verify failed"), connect(as_server):
        pass


def test_a_client_of_another_authority_is_refused(door: Door, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    Pairs(other)
    cert, key = (str(other / f"operator-{kind}.pem") for kind in ("cert", "key"))
    stranger = replace(door.endpoint, client_cert_file=cert, client_key_file=key)
    with pytest.raises(UnreachableError), connect(stranger) as server:
        server.command("PING")


def test_a_new_pair_is_presented_without_a_restart(door: Door) -> None:
    assert door.reload()["reason"] == "the port presents the certificate in the file"
    with connect(door.endpoint) as open_before:
        started = open_before.info("server")["run_id"]
        door.pairs.renew("node")
        predicted = door.reload(check_mode=True)
        assert predicted["changed"]
        assert predicted["presented"] != predicted["fingerprint"]
        done = door.reload()
        assert (done["changed"], done["fingerprint"]) == (True, predicted["fingerprint"])
        assert open_before.command("PING") == "PONG"
        with connect(door.endpoint) as fresh:
            assert fresh.info("server")["run_id"] == started
        sets = calls(open_before, "config|set")
        connections = open_before.info("stats")["total_connections_received"]
        again = door.reload()
        assert (again["changed"], again["presented"]) == (False, done["fingerprint"])
        assert calls(open_before, "config|set") == sets == 1
        # One handshake and no login: nothing is asked when nothing is due.
        assert int(open_before.info("stats")["total_connections_received"]) == int(connections) + 1
        assert "Error accepting" not in door.log.read_text()


def test_a_pair_that_does_not_fit_is_refused_and_the_old_one_serves(door: Door) -> None:
    before = door.reload()["presented"]
    key = (door.pairs.folder / "node-key.pem").read_bytes()
    door.pairs.renew("node")
    (door.pairs.folder / "node-key.pem").write_bytes(key)
    with pytest.raises(ServerRefusedError, match="CONFIG was refused"):
        door.reload()
    assert door.reload(check_mode=True)["presented"] == before
    with connect(door.endpoint) as server:
        assert server.command("PING") == "PONG"


def test_a_pair_that_is_good_but_for_another_name_is_noticed(door: Door) -> None:
    door.pairs.renew("node", subject_alt_names=["elsewhere.example.com"])
    with pytest.raises(UnreachableError, match=r"no TLS handshake: .*IP address mismatch"):
        door.reload()


def test_staged_files_are_put_in_place_and_proved(door: Door) -> None:
    before = door.pairs.files()
    waiting = door.pairs.renew("node", staged=True) + door.pairs.renew("operator", staged=True)
    trust = door.pairs.folder / "ca.pem"
    Path(f"{trust}.staged").write_bytes(trust.read_bytes() * 2)
    wished = {name.removesuffix(".staged"): data for name, data in door.pairs.files().items() if "staged" in name}
    done = door.reload(staged=[*waiting, str(trust)])
    assert done["changed"]
    assert done["presented"] != done["fingerprint"]
    assert door.pairs.files() == {**before, **wished}
    assert door.reload()["presented"] == done["fingerprint"]
    with connect(door.endpoint) as server:
        assert server.command("PING") == "PONG"


def test_a_new_trust_file_alone_is_loaded(door: Door, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    Pairs(other)
    cert, key = (str(other / f"operator-{kind}.pem") for kind in ("cert", "key"))
    guest = replace(door.endpoint, client_cert_file=cert, client_key_file=key)
    with pytest.raises(UnreachableError), connect(guest) as server:
        server.command("PING")
    trust = door.pairs.folder / "ca.pem"
    Path(f"{trust}.staged").write_bytes(trust.read_bytes() + (other / "ca.pem").read_bytes())
    assert door.reload(staged=[str(trust)])["changed"]
    with connect(guest) as server:
        assert server.command("PING") == "PONG"


def broken(pairs: Pairs) -> list[str]:
    """Stage a certificate with the key of another."""
    paths = pairs.renew("node", staged=True)
    Path(f"{paths[0]}.staged").write_bytes((pairs.folder / "operator-key.pem").read_bytes())
    return paths


def not_loaded(pairs: Pairs) -> list[str]:
    """Stage a certificate of which the end is missing."""
    paths = pairs.renew("node", staged=True)
    Path(f"{paths[1]}.staged").write_bytes(pairs.folder.joinpath("node-cert.pem").read_bytes()[:200])
    return paths


def misnamed(pairs: Pairs) -> list[str]:
    """Stage a pair that servers load, and clients do not trust."""
    return pairs.renew("node", staged=True, subject_alt_names=["elsewhere.example.com"])


@pytest.mark.parametrize(
    ("stage", "shadow", "complaint"),
    [
        (broken, True, r"a server does not load it.*the old certificate is in place and serving"),
        (broken, False, r"CONFIG was refused.*The old certificate is back in place and serving"),
        (not_loaded, True, r"has no certificate in it"),
        (misnamed, True, r"no TLS handshake: .*IP address mismatch.*The old certificate is back in place and serving"),
    ],
)
def test_a_broken_pair_is_rolled_back(
    door: Door, monkeypatch: pytest.MonkeyPatch, stage: Callable[[Pairs], list[str]], shadow: bool, complaint: str
) -> None:
    before = door.pairs.files()
    presented = door.reload()["presented"]
    waiting = stage(door.pairs) + door.pairs.renew("operator", staged=True)
    if not shadow:
        monkeypatch.setattr(module, "judge", lambda *_arguments: None)
    with pytest.raises(HostError, match=complaint):
        door.reload(staged=waiting)
    assert door.pairs.files() == before
    assert door.reload()["presented"] == presented
    with connect(door.endpoint) as server:
        assert server.command("PING") == "PONG"
    # The server is not left in a state in which it refuses everything.
    assert door.reload(staged=door.pairs.renew("node", staged=True))["changed"]


def test_a_server_that_goes_on_presenting_the_old_one_is_noticed(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    before = door.pairs.files()
    monkeypatch.setattr(reload, "load", lambda *_arguments: None)
    with pytest.raises(HostError, match=r"presents the certificate .* and not .*back in place and serving"):
        door.reload(staged=door.pairs.renew("node", staged=True))
    assert door.pairs.files() == before


def test_an_operator_without_the_right_to_reload_leaves_everything(door: Door) -> None:
    before = door.pairs.files()
    with connect(door.endpoint) as server:
        server.command("ACL", "SETUSER", "default", "-config|set" if server.version.since((7, 0)) else "-config")
    with pytest.raises((HostError, ServerRefusedError), match="CONFIG was refused"):
        door.reload(staged=door.pairs.renew("node", staged=True))
    assert door.pairs.files() == before


def test_everything_has_expired_and_is_renewed_without_a_restart(door: Door) -> None:
    age = timedelta(days=3)
    waiting = door.pairs.renew("node", age=age, valid_for="2d", subject_alt_names=["localhost", "127.0.0.1"])
    assert door.reload(validate_certs=False)["changed"]
    waiting += door.pairs.renew("operator", age=age, valid_for="2d", usages=["client"])
    with pytest.raises(UnreachableError, match="expired"), connect(door.endpoint):
        pass
    door.pairs.renew("node", staged=True)
    door.pairs.renew("operator", staged=True, usages=["client"])
    assert door.reload(staged=waiting)["changed"]
    with connect(door.endpoint) as server:
        assert server.command("PING") == "PONG"


def test_an_expired_certificate_of_somebody_else_is_not_talked_to(door: Door, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    waiting = door.pairs.renew("node", staged=True)
    stranger = str(Pairs(other).folder / "ca.pem")
    with pytest.raises(UnreachableError, match="certificate verify failed"):
        door.reload(ca_certs=stranger, staged=waiting)


def test_what_was_looked_at_is_what_is_logged_in_to(door: Door) -> None:
    with pytest.raises(UnreachableError, match="another certificate than a moment ago"):
        open_connection(replace(door.endpoint, validate_certs=False, fingerprint="0" * 64))


def test_check_mode_puts_nothing_in_place(door: Door) -> None:
    waiting = door.pairs.renew("node", staged=True)
    before = door.pairs.files()
    assert door.reload(check_mode=True, staged=waiting)["changed"]
    assert door.pairs.files() == before
    assert door.reload(port=0, staged=waiting)["changed"]
    assert door.pairs.files() == {
        **{name: data for name, data in before.items() if "staged" not in name},
        **{name.removesuffix(".staged"): data for name, data in before.items() if "staged" in name},
    }
    with pytest.raises(HostError, match=r"staged: there is no such file.*stage: true"):
        door.reload(staged=waiting)


def test_a_server_with_other_files_is_left_alone(door: Door) -> None:
    door.pairs.renew("node")
    copy = door.pairs.folder / "copy.pem"
    copy.write_bytes((door.pairs.folder / "node-cert.pem").read_bytes())
    result = door.reload(cert_file=str(copy))
    assert (result["changed"], result["reason"]) == (
        False,
        f"the server is configured with {door.pairs.folder}/node-cert.pem",
    )


def test_where_nothing_listens_there_is_nothing_to_do(door: Door) -> None:
    assert not door.reload(port=0)["changed"]
    assert door.reload(port=free_port())["reason"].startswith("nothing listens on 127.0.0.1:")


@pytest.mark.parametrize("content", [None, "", "no certificate"])
def test_a_certificate_file_that_is_none(door: Door, content: str | None) -> None:
    path = door.pairs.folder / "node-cert.pem"
    path.unlink()
    if content is not None:
        path.write_text(content)
    with pytest.raises(HostError, match=r"there is no such file|has no certificate"):
        door.reload()


@pytest.mark.parametrize(
    ("options", "accepted"),
    [
        (("-tls1_3",), True),
        (("-tls1_2",), True),
        (("-tls1_2", "-cipher", "ECDHE-ECDSA-CHACHA20-POLY1305"), True),
        (("-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-SHA384:@SECLEVEL=0"), False),
        (("-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0"), False),
        (("-tls1_1", "-cipher", "ALL:@SECLEVEL=0"), False),
        (("-tls1_2", "-cipher", "aNULL:@SECLEVEL=0"), False),
    ],
)
def test_what_the_directives_let_in(door: Door, options: tuple[str, ...], accepted: bool) -> None:
    files = ("-CAfile", door.endpoint.ca_certs, "-cert", door.endpoint.client_cert_file)
    place = ("-connect", f"127.0.0.1:{door.endpoint.port}", "-key", door.endpoint.client_key_file)
    done = openssl("s_client", "-verify_return_error", *map(str, (*place, *files)), *options, stdin="PING\n")
    assert ("Verify return code: 0 (ok)" in done.stdout and done.returncode == 0) == accepted, done.stdout + done.stderr


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_every_resumed_session_works(door: Door, version: ssl.TLSVersion) -> None:
    context = ssl.create_default_context(cafile=door.endpoint.ca_certs)
    context.load_cert_chain(str(door.endpoint.client_cert_file), door.endpoint.client_key_file)
    context.minimum_version = context.maximum_version = version
    session = None
    resumed = 0
    for _attempt in range(RESUMPTIONS):
        with (
            socket.create_connection(("127.0.0.1", door.endpoint.port)) as plain,
            context.wrap_socket(plain, server_hostname="127.0.0.1", session=session) as link,
        ):
            link.sendall(b"PING\r\n")
            assert link.recv(16) == b"+PONG\r\n"
            resumed += bool(link.session_reused)
            session = link.session  # with TLS 1.3 it is there once something was received
    assert resumed == RESUMPTIONS - 1
