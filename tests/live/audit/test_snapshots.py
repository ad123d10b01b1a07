"""What was collected, kept and judged again; newer data on known bugs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.collect.auditing import audited, job
from ansible_collections.rampart.redis.plugins.module_utils.errors import InputError
from ansible_collections.rampart.redis.plugins.modules.redis_config_audit import SPEC

if TYPE_CHECKING:
    from ansible_collections.rampart.redis.tests.live.servers import Running

PASSWORD = "Company2026-of-nobody"


def _params(server: Running, **given: Any) -> dict[str, Any]:  # noqa: ANN401
    defaults = {name: option.get("default") for name, option in SPEC.items()}
    return {**defaults, "login_unix_socket": server.endpoint.unix_socket, "tls": False, **given}


def _audited(server: Running, **given: Any) -> dict[str, Any]:  # noqa: ANN401
    params = _params(server, **given)
    return audited(job(params), params)


def _statuses(report: dict[str, Any]) -> dict[str, tuple[str, list[str]]]:
    return {row["id"]: (row["status"], row["evidence"]) for row in report["results"]}


def test_a_snapshot_says_the_same_and_tells_no_secret(live: Running) -> None:
    with live.session() as admin:
        admin.command("ACL", "SETUSER", "shop", "on", f">{PASSWORD}", "~shop:*", "+get")
        stored = dict(zip(*[iter(admin.command("ACL", "GETUSER", "shop"))] * 2, strict=True))["passwords"][0]
    first = _audited(live, return_snapshot=True, words=[PASSWORD])
    text = json.dumps(first["snapshot"])
    assert PASSWORD not in text
    assert stored not in text
    again = _audited(live, snapshot=json.loads(text), words=[PASSWORD])
    assert "snapshot" not in again
    assert _statuses(again["report"]) == _statuses(first["report"])
    assert _statuses(first["report"])["RDS-ACL-006"][1] == ["shop: the password is in your list of words"]


def test_earlier_snapshots_tell_who_was_never_seen(live: Running) -> None:
    with live.session() as admin:
        admin.command("ACL", "SETUSER", "ghost", "on", "nopass", "+get")
    kept = _audited(live, return_snapshot=True)["snapshot"]
    status, evidence = _statuses(_audited(live, earlier=[kept])["report"])["RDS-ACL-027"]
    assert status == "not_evaluated"
    assert evidence == ["earlier: the audits go back 0 days only; not seen yet: ghost"]


def test_a_bug_of_tomorrow_is_found_today(live: Running) -> None:
    product = live.version.product
    bug = {"title": "from tomorrow", "severity": "critical", "affected_from": {product: "0"}}
    data = {"CVE-2099-1": {**bug, "fixed_in": {product: {"99.0": "99.0.1"}}}}
    status, evidence = _statuses(_audited(live, sections=["server"], cve_data=data)["report"])["RDS-PKG-005"]
    assert status == "info"
    assert any("CVE-2099-1 (critical): from tomorrow; the package was not looked at" in text for text in evidence)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"cve_data": {"CVE-1": {"fixed": 1}}}, "cve_data.CVE-1: unknown field 'fixed'"),
        ({"distro_data": {"debian": {}}}, "distro_data: 'debian' names no package"),
        ({"earlier": [{"schema": "x"}]}, "earlier\\[0\\]: has the schema 'x'"),
        ({"snapshot": {}}, "snapshot: has the schema None"),
        ({"expected": {"client_cidrs": ["10.0.0.0/99"]}}, "expected.client_cidrs: '10.0.0.0/99' is not a network"),
    ],
)
def test_what_cannot_be_understood_is_said_before_anything_is_asked(
    live: Running, given: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        job(_params(live, **given))
