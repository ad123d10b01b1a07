"""Users as they are kept."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.audit.cases import (
    CERTIFICATE,
    DAY,
    NOW,
    SECRET,
    SECTIONS,
    USERS,
    Case,
    config,
    user,
    verify,
)


def _with(name: str, rules: str) -> dict[str, Any]:
    return {"users": [*USERS, user(name, rules)]}


def _server(version: str, product: str = "redis") -> dict[str, Any]:
    return {"server": {"product": product, "version": version, "mode": "standalone"}}


def _earlier(days: int, *seen: str, **counters: int) -> dict[str, Any]:
    named = {name.replace("_", " "): count for name, count in counters.items()}
    return {"earlier": {"since": NOW - days * DAY, "seen": list(seen), "counters": named}}


def _denials(logins: int) -> dict[str, Any]:
    return {"stats": {"errorstat_WRONGPASS": f"count={logins}"}}


def _file(*lines: str) -> dict[str, Any]:
    return {"acl_file": [*SECTIONS["acl_file"], *lines]}


_ALL = ("operator", "auditor", "app")

CASES = [
    Case("ACL-004", {}, "pass", "can log in"),
    Case("ACL-004", _with("ghost", "on +get"), "fail", "ghost is on"),
    Case("ACL-004", _with("ghost", "off +get"), "pass", "can log in"),
    Case("ACL-004", {**_with("ghost", "on +get"), **config(tls_auth_clients_user="CN")}, "not_applicable", "are meant"),
    Case("ACL-009", {}, "pass", "not set"),
    Case("ACL-009", config(requirepass="(set)"), "fail", "aclfile is too"),
    Case("ACL-009", config(requirepass="(set)", aclfile=""), "info", "same user"),
    Case("ACL-019", {}, "pass", "limited"),
    Case("ACL-019", _with("web", f"on #{SECRET} &* +get"), "fail", "web may use every channel"),
    Case("ACL-019", {**_with("web", f"on #{SECRET} &*"), "expected": {"subscribers": ["web"]}}, "pass", "limited"),
    Case("ACL-019", config(acl_pubsub_default="allchannels"), "fail", "new users"),
    Case("ACL-019", _server("6.0.16"), "not_applicable", "no rules for channels"),
    Case("ACL-022", {}, "pass", "begin with -@all"),
    Case("ACL-022", _with("web", f"on #{SECRET} +@all -debug"), "fail", "web has +@all"),
    Case("ACL-024", {}, "not_applicable", "no user has a selector"),
    Case("ACL-024", _with("web", f"on #{SECRET} ~a:* +get (~b:* +set)"), "pass", "narrow"),
    Case("ACL-024", _with("web", f"on #{SECRET} ~a:* +get (~* +get)"), "fail", "web: ("),
    Case("ACL-024", _with("web", f"on #{SECRET} ~a:* +get (+config|get)"), "fail", "web: ("),
    Case("ACL-025", {**_server("8.2.10")}, "pass", "checked"),
    Case("ACL-025", {**_server("8.1.1", "valkey")}, "pass", "checked"),
    Case("ACL-025", {**_server("9.1.4", "valkey")}, "not_applicable", "ignores it"),
    Case(
        "ACL-025",
        {**_server("8.2.10"), **_with("web", f"on skip-sanitize-payload #{SECRET} +restore")},
        "fail",
        "web has skip",
    ),
    Case(
        "ACL-025",
        {**_server("8.1.1", "valkey"), **_with("web", f"on skip-sanitize-payload #{SECRET} +restore")},
        "fail",
        "web has skip",
    ),
    Case("ACL-026", {}, "not_applicable", "no break-glass"),
    Case("ACL-026", _with("admin", f"off #{SECRET} +@all"), "pass", "admin: off"),
    Case("ACL-026", _with("admin", f"on #{SECRET} +@all"), "fail", "admin is on"),
    Case("ACL-026", {**_with("fire", f"on #{SECRET}"), "expected": {"break_glass": ["fire"]}}, "fail", "fire is on"),
    Case("ACL-027", {}, "not_evaluated", "no earlier audit"),
    Case("ACL-027", _earlier(10, *_ALL), "pass", "each was seen"),
    Case("ACL-027", _earlier(10, "app"), "not_evaluated", "go back 10 days only; not seen yet: operator, auditor"),
    Case("ACL-027", _earlier(100, "app", "auditor"), "fail", "operator was not connected at any audit in 100 days"),
    Case("ACL-030", {}, "pass", "4 users, the same"),
    Case("ACL-030", {"acl_file": None}, "not_applicable", "no ACL file"),
    Case("ACL-030", _file("user web on nopass +get"), "fail", "web is in the file"),
    Case("ACL-030", _with("web", "on nopass +get"), "fail", "web runs"),
    Case("ACL-030", {"users": [*USERS[:1], user("operator", "on +@all"), *USERS[2:]]}, "fail", "operator is another"),
    Case("ACL-030", _file("# a comment"), "fail", "will not start"),
    Case("ACL-031", {}, "pass", "none since"),
    Case("ACL-031", _denials(40), "info", "40 failed logins"),
    Case("ACL-031", {**_denials(40), **_earlier(1, failed_logins=35)}, "pass", "5 since the last audit"),
    Case("ACL-031", {**_denials(40), **_earlier(1, failed_logins=20)}, "fail", "20 failed logins since"),
    Case("ACL-031", {**_denials(40), **_earlier(1, failed_logins=900)}, "fail", "40 failed logins since"),
    Case("ACL-031", _server("6.0.16"), "not_evaluated", "does not count"),
    Case("ACL-032", {}, "pass", "128"),
    Case("ACL-032", config(acllog_max_len="10"), "fail", "acllog-max-len is 10"),
    Case("ACL-032", config(acllog_max_len=None), "not_applicable", "no acllog-max-len"),
    Case("ACL-038", {}, "not_applicable", "no tls-auth-clients-user"),
    Case("ACL-038", config(tls_auth_clients_user="off"), "pass", "is off"),
    Case("ACL-038", {**config(tls_auth_clients_user="CN"), **_server("8.6.5")}, "fail", "short at a NUL"),
    Case("ACL-038", {**config(tls_auth_clients_user="CN"), **_server("9.1.1", "valkey")}, "fail", "short at a NUL"),
    Case(
        "ACL-038",
        {
            **config(tls_auth_clients_user="CN"),
            **_server("9.1.2", "valkey"),
            "certificates": [{**CERTIFICATE, "role": "ca"}],
        },
        "info",
        "CN=redis",
    ),
    Case("ACL-038", {**config(tls_auth_clients_user="CN"), **_server("8.10.1")}, "info", "whoever signs"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_users(case: Case) -> None:
    verify(case)
