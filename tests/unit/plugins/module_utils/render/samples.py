"""Two reports: one of an open server, one of a server that was not reached."""

from __future__ import annotations

from typing import Any

from ansible_collections.rampart.redis.plugins.module_utils.audit.registry import CHECKS
from ansible_collections.rampart.redis.plugins.module_utils.audit.report import Policy, build
from ansible_collections.rampart.redis.plugins.module_utils.audit.waivers import parse
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.audit.cases import COMMANDS, SECTIONS, config

# A stranger chooses the name of its connection; it must reach no terminal and no page as it is.
EVIL = "\x1b[31m<script>alert(1)</script>"
_OPEN = ["flags", ["on", "nopass"], "passwords", [], "commands", "+@all", "keys", "~*", "channels", "&*"]


def _subject(host: str) -> dict[str, str]:
    return {"host": host, "endpoint": "10.1.2.3:6379", "collected_at": "2026-11-24T10:00:00Z"}


# With what is accepted, and compared with a report in which one finding was there already and one was not.
POLICY = Policy(
    waivers=parse([{"id": "NET-004", "reason": "the old shop", "owner": "ann", "expires": "2999-12-31"}]),
    earlier=[
        {
            "schema": "rampart.redis/audit/1",
            "host": "redis-1",
            "collected_at": "2026-11-23T10:00:00Z",
            "results": [{"id": f"RDS-{ident}", "status": "fail"} for ident in ("NET-005", "CFG-001")],
        }
    ],
)


def opened() -> dict[str, Any]:
    """Return the report of an open server with a hostile client."""
    sections = {
        **SECTIONS,
        **config(port="6379", bind="*", protected_mode="no"),
        "users": {"default": _OPEN},
        "commands": COMMANDS,
        "clients": [{"addr": "10.1.2.9:1", "user": "default", "name": EVIL}],
        "doors": [{"door": "10.1.2.3:6379", "result": "open", "answer": "PONG"}],
    }
    proof = {"sent": {"PING": 1, "INFO": 2}, "commandstats": {}, "denials": 0, "keys_before": 3, "keys_after": 3}
    return build(sections, {}, CHECKS, subject=_subject("redis-1"), proof=proof, policy=POLICY)


def unreached() -> dict[str, Any]:
    """Return the report of a server nobody answered for."""
    sections = {"expected": {}, "now": 0.0}
    return build(sections, {"doors": "connection refused"}, CHECKS, subject=_subject("redis-2"), proof={})


def hardened() -> dict[str, Any]:
    """Return the report of a server without a finding."""
    users = {"default": ["flags", ["off"], "passwords", [], "commands", "-@all", "keys", "", "channels", ""]}
    sections = {**SECTIONS, "users": users, "commands": COMMANDS, "acl_file": None}
    proof = {"sent": {"PING": 1}, "commandstats": {}, "denials": 1, "keys_before": 1, "keys_after": 1}
    return build(sections, {}, CHECKS, subject=_subject("redis-3"), proof=proof)
