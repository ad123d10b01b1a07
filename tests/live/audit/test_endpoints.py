"""Many endpoints in one call: real servers, dead ones, impostors. Each gets its own report, none waits for another."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.audit.registry import CHECKS
from ansible_collections.rampart.redis.plugins.module_utils.connection import REPLY_LIMIT
from ansible_collections.rampart.redis.plugins.modules import redis_config_audit
from ansible_collections.rampart.redis.tests.live.audit import impostors
from ansible_collections.rampart.redis.tests.live.servers import Running, running
from ansible_collections.rampart.redis.tests.live.tls.pairs import Pairs, free_port, role_directives
from ansible_collections.rampart.redis.tests.runner import fail, outcome, succeed

if TYPE_CHECKING:
    from collections.abc import Iterator

STRANGERS = ("silent", "http", "nested", "flood", "drip", "loading", "senseless", "future")
# Long for a server on this machine, short for a test.
PATIENCE = {"login_timeout": 0.5, "time_limit": 2.0}
ONE_LIMIT_AND_SOME = 12.0


@pytest.fixture(scope="module")
def ports() -> Iterator[dict[str, int]]:
    with ExitStack() as stack:
        yield {name: stack.enter_context(impostors.impostor(getattr(impostors, name))) for name in STRANGERS}


def _at(port: int, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"login_host": "127.0.0.1", "login_port": port, **more}


def _audit(*endpoints: dict[str, Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return succeed(redis_config_audit, {"tls": False, **PATIENCE, "endpoints": list(endpoints), **more})


def _real(live: Running, name: str) -> dict[str, Any]:
    return {"name": name, "login_unix_socket": live.endpoint.unix_socket}


def test_strangers_hold_up_nobody_and_are_told_apart(live: Running, ports: dict[str, int]) -> None:
    strange = [_at(port, name=name) for name, port in ports.items()]
    started = time.monotonic()
    result = _audit(_real(live, "first"), *strange, _at(1, name="dead"), _real(live, "last"))
    assert time.monotonic() - started < ONE_LIMIT_AND_SOME
    reports = {report["host"]: report for report in result["reports"]}
    assert list(reports) == ["first", *ports, "dead", "last"]
    for name in ("first", "last"):
        assert "RDS-NET-005" in _failed(reports[name])
        assert "config" not in reports[name]["missing"]
    reasons = {name: report["missing"].get("config", "") for name, report in reports.items()}
    expected = {
        "dead": "refused",
        "silent": "Timeout reading",
        "http": "HTTP",
        "nested": "lists in lists without end",
        "flood": f"answered with more than {REPLY_LIMIT // 2**20} MiB",
        "drip": "had not answered all after 2 seconds",
        "loading": "LOADING",
        "senseless": "cannot read the version number",
        "future": "not in this century",
    }
    assert {name: reasons[name] for name, words in expected.items() if words not in reasons[name]} == {}


def _failed(report: dict[str, Any]) -> list[str]:
    return [row["id"] for row in report["results"] if row["status"] == "fail"]


def test_fifty_endpoints_in_one_call(binary: str) -> None:
    with running(binary) as server:
        endpoints = [_real(server, f"host-{number}") for number in range(50)]
        result = _audit(*endpoints, login_timeout=5.0, time_limit=60.0)
    assert len(result["reports"]) == 50
    # They see one another as clients, so not all findings are the same.
    assert all("RDS-NET-005" in _failed(report) and "users" not in report["missing"] for report in result["reports"])
    assert result["summary"]["critical"] == sum(report["summary"]["critical"] for report in result["reports"])
    assert set(result["findings"]) == {ident for report in result["reports"] for ident in _failed(report)}


def test_what_an_endpoint_does_not_say_is_as_for_the_module(live: Running) -> None:
    socket = {"login_unix_socket": live.endpoint.unix_socket, "tls": False}
    result = succeed(redis_config_audit, {**socket, "endpoints": [{"name": "a"}, {"login_unix_socket": "/nowhere"}]})
    assert [report["host"] for report in result["reports"]] == ["a", "/nowhere"]
    assert "config" not in result["reports"][0]["missing"]
    assert "No such file" in result["reports"][1]["missing"]["config"]
    assert "option sections" in result["reports"][0]["missing"]["files"]


def test_fail_on_fails_with_the_reports(live: Running) -> None:
    options = {**PATIENCE, "tls": False, "fail_on": "high", "endpoints": [_real(live, "a"), _at(1, name="dead")]}
    result = outcome(redis_config_audit, options)
    assert result["failed"]
    assert len(result["reports"]) == 2
    assert result["msg"].startswith("a: high or worse: RDS-NET-005, ")
    assert "dead: no answer from the server: " in result["msg"]


def test_waivers_baseline_and_profile(live: Running) -> None:
    before = _audit(_real(live, "a"))
    document = {"schema": "rampart.redis/audit-reports/1", "reports": before["reports"]}
    waiver = {"id": "NET-005", "host": "a", "reason": "test", "owner": "ann", "expires": "2999-01-01"}
    after = _audit(_real(live, "a"), _real(live, "b"), baseline=document, waivers=[waiver], profile="baseline")
    assert {row["host"] for row in after["new"]} == {"b"}
    assert after["fixed"] == []
    report = after["reports"][0]
    assert report["changes"]["since"] == before["reports"][0]["collected_at"]
    assert "RDS-NET-005" in report["changes"]["unseen"]
    taken = {check.ident for check in CHECKS if check.severity in ("critical", "high")}
    assert {row["id"] for row in report["results"]} == taken


def test_nodes_of_a_deployment_are_compared(binary: str) -> None:
    with running(binary) as one, running(binary) as other, running(binary) as foreign:
        for server, password in ((one, "first"), (other, "second")):
            with server.session() as talk:
                talk.command("ACL", "SETUSER", "app", "on", f">{password}", "+get", "~app:*")
                talk.command("CONFIG", "SET", "maxmemory", "100mb" if server is other else "0")
        nodes = [{**_real(server, name), "deployment": "shop"} for server, name in ((one, "a"), (other, "b"))]
        first, second, alone = _audit(*nodes, _real(foreign, "c"))["reports"]
    assert first["peers"]["nodes"] == ["b"]
    assert second["peers"]["compared_with"] == "a"
    assert second["peers"]["differences"] == [
        "user app differs in passwords",
        "maxmemory is 0 on a, 104857600 on b",
    ]
    assert "peers" not in alone
    assert not any("traits" in report for report in (first, second, alone))


def test_a_wrong_authority_is_no_pass_and_harms_nobody_else(server_binaries: dict[str, str], tmp_path: Path) -> None:
    # Not every binary was built with TLS; Debian's are.
    binary = next(path for path in server_binaries.values() if b"SSL_CTX_new" in Path(path).read_bytes())
    pairs, other = (Pairs(_folder(tmp_path, name)) for name in ("ours", "other"))
    port = free_port()
    config = f"bind 127.0.0.1\ntls-port {port}\n{role_directives(pairs)}"
    client = {f"client_{kind}_file": str(pairs.folder / f"operator-{kind}.pem") for kind in ("cert", "key")}
    with running(binary, config):
        right, wrong = (
            {"name": name, "tls": True, "ca_certs": str(found.folder / "ca.pem"), **client}
            for name, found in (("right", pairs), ("wrong", other))
        )
        result = _audit(_at(port, **right), _at(port, **wrong), login_timeout=5.0, time_limit=30.0)
    reports = {report["host"]: report for report in result["reports"]}
    assert "certificate verify failed" in reports["wrong"]["missing"]["config"]
    assert {row["status"] for row in reports["wrong"]["results"]} == {"not_evaluated"}
    assert "RDS-NET-005" in _failed(reports["right"])


def _folder(above: Path, name: str) -> Path:
    folder = above / name
    folder.mkdir()
    return folder


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"endpoints": []}, "endpoints: the list is empty, so there is nothing to audit"),
        ({"endpoints": [{}, {}]}, "endpoints: two endpoints are called '127.0.0.1:6379 (TLS)'. Give each a name"),
        ({"include": ["NET-05"]}, "include: unknown check 'NET-05'. Did you mean 'NET-005'?"),
        ({"exclude": ["NETT"]}, "exclude: unknown check 'NETT'. Did you mean 'NET'?"),
        ({"baseline": {"schema": "old"}}, "baseline: not a report of this version: its schema is 'old', not "),
        ({"waivers": ["NET-005"]}, "waivers[0]: a waiver is a mapping of id, host, reason, owner and expires"),
        ({"waivers": [{"id": "NET-005"}]}, "waivers[0]: reason is missing"),
        (
            {"expected": {"declared": [{"point": "backup", "by": "a", "day": "b", "where": "c"}]}},
            "expected.declared[0]: ",
        ),
        ({"expected": {"listen_cidrs": ["10.0.0.0/40"]}}, "expected.listen_cidrs: "),
        ({"time_limit": 0}, "time_limit: 0 is no time. Give seconds"),
    ],
)
def test_bad_input_is_named_before_anybody_is_asked(options: dict[str, Any], message: str) -> None:
    assert fail(redis_config_audit, options).startswith(message)
