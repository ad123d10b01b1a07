"""The audit against real servers: open, careless, hardened, closed to us, and silent."""

from __future__ import annotations

import hashlib
import socket
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils import connection
from ansible_collections.rampart.redis.plugins.module_utils.acl import presets
from ansible_collections.rampart.redis.plugins.module_utils.audit.registry import CHECKS
from ansible_collections.rampart.redis.plugins.module_utils.audit.report import build
from ansible_collections.rampart.redis.plugins.module_utils.clients.connections import LOGIN_TIME
from ansible_collections.rampart.redis.plugins.module_utils.collect.session import READING
from ansible_collections.rampart.redis.plugins.module_utils.collect.snapshot import Places, Snapshot, collect
from ansible_collections.rampart.redis.plugins.module_utils.connection import Endpoint
from ansible_collections.rampart.redis.tests.live.audit.impostors import http, impostor, nested, silent
from ansible_collections.rampart.redis.tests.live.servers import Running, running, version_of
from ansible_collections.rampart.redis.tools.generate_checks import ATTACKS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible_collections.rampart.redis.tests.live.audit.impostors import Answer

SECRET = "Zq3vT8mWc5RbYx7NdKp2Lf9HsJg4Ea6U"
# Attacks that succeed on the careless server, by their number: each is told by a finding.
PLANTED = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 14, 15, 16, 17, 20, 21, 22)
# The guide's users as the roles make them.
WISHES = [
    {"name": "fitnessmealplanner-app", "preset": "application", "prefix": "app:"},
    {"name": "session-store", "preset": "session", "prefix": "sess:"},
    {"name": "monitoring-readonly", "preset": "exporter"},
    {"name": "auditor", "preset": "auditor"},
    {"name": "operator", "preset": "operator"},
    {"name": "admin", "preset": "admin"},
]


def _password(name: str) -> str:
    return f"{SECRET}-{name}"


def _hash(name: str) -> str:
    return hashlib.sha256(_password(name).encode()).hexdigest()


def _acl(binary: str) -> str:
    lines = ["user default off resetkeys -@all"]
    for user in presets.expand(WISHES, version_of(binary)):
        keys = " ".join(f"~{key}" for key in user.get("keys", ()))
        channels = " ".join(f"&{channel}" for channel in user.get("channels", ()))
        state = "on" if user.get("enabled", True) else "off"
        rules = f"resetkeys {keys} resetchannels {channels} {' '.join(user['commands'])}"
        lines.append(" ".join(f"user {user['name']} {state} #{_hash(user['name'])} {rules}".split()))
    return "\n".join(lines) + "\n"


def _audit(endpoint: Endpoint, *, host: bool = False, config_file: str | None = None) -> dict[str, Any]:
    found = collect(endpoint, Places(config_file), server=True, host=host)
    return _judged(found)


def _judged(found: Snapshot) -> dict[str, Any]:
    sections = {**found.sections, "expected": {}, "now": time.time()}
    return build(sections, found.missing, CHECKS, subject={"host": "test"}, proof=found.proof)


def _status(report: dict[str, Any], status: str) -> set[str]:
    return {row["id"][4:] for row in report["results"] if row["status"] == status}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def hardened(binary: str) -> Iterator[Running]:
    with running(binary, "maxmemory 100mb\nacl-pubsub-default resetchannels", acl=_acl(binary)) as server:
        yield server


def _as(server: Running, name: str, password: str | None = None) -> Endpoint:
    return replace(server.endpoint, user=name, password=password or _password(name))


def test_every_weakness_of_the_careless_server_is_found(binary: str) -> None:
    since_70 = version_of(binary).since((7, 0))
    port = _free_port()
    config = f"bind * -::*\nport {port}\nprotected-mode no\nmasterauth {SECRET}\nunixsocketperm 777"
    guards = "\nenable-protected-configs yes\nenable-module-command yes" if since_70 else ""
    with running(binary, config + guards) as server:
        (server.folder / "redis.conf").chmod(0o644)
        server.folder.chmod(0o755)
        dump = server.folder / "dump.rdb"
        dump.write_bytes(b"")
        dump.chmod(0o644)
        report = _audit(server.endpoint, host=True)
    found = _status(report, "fail")
    network = {"NET-001", "NET-002", "NET-003", "NET-004", "NET-005", "NET-009", "TLS-001"}
    if ".cache/trixie" in binary:
        # Brought along with its libraries, it is a process of the loader, which nobody takes for a server.
        network.remove("NET-001")
    rights = {f"ACL-{number:03d}" for number in (1, 2, 5, 10, 11, 13, 15, 16, 17, 18, 20, 21, 29)}
    assert (network | rights | {"HOST-002", "HOST-003", "CFG-009"}) - found == set()
    assert ({"CFG-002", "CFG-003"} <= found) is since_70
    assert [ATTACKS[number - 1][0] for number in PLANTED if not found & set(ATTACKS[number - 1][1])] == []
    assert SECRET not in str(report)
    listening = next(row for row in report["results"] if row["id"] == "RDS-NET-001")
    assert f":: port {port}" in listening["evidence"] or ".cache/trixie" in binary
    doors = next(row for row in report["results"] if row["id"] == "RDS-NET-005")
    assert doors["evidence"] == [f"{server.endpoint} answered PONG", f"127.0.0.1:{port} answered PONG"]


def test_the_guides_users_as_we_make_them_give_no_finding(hardened: Running) -> None:
    report = _audit(_as(hardened, "operator"))
    families = {row["id"][4:]: row["status"] for row in report["results"] if row["family"] in ("NET", "ACL")}
    assert {ident for ident, status in families.items() if status == "fail"} == set()
    assert families["ACL-010"] == families["ACL-021"] == families["NET-005"] == "pass"


def test_the_auditor_sees_all_of_the_server_and_leaves_no_trace(hardened: Running) -> None:
    found = collect(_as(hardened, "auditor"), server=True, host=False)
    assert {name for name, reason in found.missing.items() if "option sections" not in reason} == set()
    assert set(found.proof["sent"]) <= READING
    assert found.proof["denials"] == 0
    assert found.proof["refused"] == []
    with hardened.session("operator", _password("operator")) as operator:
        log = operator.command("ACL", "LOG")
    assert log == []
    assert found.proof["keys_before"] == found.proof["keys_after"]


def test_the_auditor_is_not_taken_for_a_client_of_default(hardened: Running) -> None:
    report = _audit(_as(hardened, "auditor"))
    assert "ACL-033" in _status(report, "pass")


def test_hashes_stay_out_of_the_report(hardened: Running) -> None:
    text = str(_audit(_as(hardened, "auditor")))
    assert [name for name in ("auditor", "operator") if _hash(name)[:12] in text] == []


def test_a_connection_from_before_is_found(binary: str) -> None:
    with running(binary) as server, server.session() as leftover, server.session() as admin:
        leftover.command("PING")
        admin.command("ACL", "SETUSER", "operator", "on", f">{SECRET}", "+@all")
        admin.command("ACL", "SETUSER", "default", "off")
        time.sleep(LOGIN_TIME + 1)  # by then it is nobody who is just logging in
        report = _audit(replace(server.endpoint, user="operator", password=SECRET))
    assert "ACL-033" in _status(report, "fail")
    assert "NET-005" in _status(report, "pass")


def test_without_rights_nothing_passes_and_each_refusal_happens_once(binary: str) -> None:
    acl = f"user default off\nuser weak on #{_hash('weak')} -@all +ping\nuser operator on #{_hash('operator')} +@all\n"
    with running(binary, acl=acl) as server:
        found = collect(_as(server, "weak"), server=True, host=False)
        with server.session("operator", _password("operator")) as operator:
            log = operator.command("ACL", "LOG")
    assert all(int(dict(zip(entry[::2], entry[1::2], strict=True))["count"]) == 1 for entry in log)
    report = _judged(found)
    assert _status(report, "pass") == {"NET-005"}
    assert _status(report, "fail") == set()
    assert "INFO was refused: NOPERM" in found.missing["config"]
    assert found.proof["refused"] == ["INFO"]
    assert len(log) == len(found.proof["refused"])


def test_half_the_rights_give_half_the_answers(binary: str) -> None:
    acl = f"user default off\nuser half on #{_hash('half')} -@all +info +config\n"
    with running(binary, acl=acl) as server:
        report = _audit(_as(server, "half"))
    assert "CFG-009" in _status(report, "fail")
    assert "ACL-002" in _status(report, "not_evaluated")
    assert "ACL USERS was refused: NOPERM" in report["missing"]["users"]


@pytest.mark.parametrize(("name", "password"), [("auditor", "wrong"), ("nobody", "wrong"), (None, None)])
def test_no_login_gives_no_pass_but_a_closed_door(hardened: Running, name: str | None, password: str | None) -> None:
    report = _audit(replace(hardened.endpoint, user=name, password=password))
    assert _status(report, "pass") == {"NET-005"}
    assert ("WRONGPASS" if password else "NOAUTH") in report["missing"]["config"]


def test_an_open_server_is_not_tried_with_a_user_it_does_not_know(live: Running) -> None:
    report = _audit(_as(live, "auditor"))
    assert "AUTH" not in report["proof"]["sent"]
    assert report["proof"]["denials"] == 0
    assert "NET-005" in _status(report, "fail")


def test_a_server_that_is_down_leaves_the_evidence_of_the_host(live: Running) -> None:
    endpoint = replace(live.endpoint, unix_socket=f"{live.folder}/absent")
    report = _audit(endpoint, host=True, config_file=f"{live.folder}/redis.conf")
    assert "No such file" in report["missing"]["config"]
    assert "HOST-002" not in _status(report, "not_evaluated")
    assert "NET-005" in _status(report, "not_evaluated")


def test_without_the_library_the_host_is_still_judged(live: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "IMPORT_ERROR", "no module named redis")
    report = _audit(live.endpoint, host=True, config_file=f"{live.folder}/redis.conf")
    assert report["missing"]["config"].startswith("the Python library redis is missing")
    assert "NET-005" in _status(report, "not_evaluated")
    assert "HOST-002" not in _status(report, "not_evaluated")


@pytest.mark.parametrize("answer", [silent, http, nested])
def test_what_is_no_server_passes_nothing(answer: Answer) -> None:
    with impostor(answer) as port:
        report = _audit(Endpoint(port=port, tls=False, timeout=0.3))
    assert {row["status"] for row in report["results"]} == {"not_evaluated"}
    assert report["missing"]["config"].startswith(f"server 127.0.0.1:{port}: ")
