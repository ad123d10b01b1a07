"""The report as a whole, and the facts in it."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.rampart.redis.plugins.module_utils.audit.baseline import SCHEMA
from ansible_collections.rampart.redis.plugins.module_utils.audit.registry import CHECKS
from ansible_collections.rampart.redis.plugins.module_utils.audit.report import build
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.audit.cases import COMMANDS, SECRET, SECTIONS

# As ACL GETUSER of 7.0 answers.
RAW_USERS = {
    "default": ["flags", ["on", "nopass"], "passwords", [], "commands", "+@all", "keys", "~*", "channels", "&*"],
    "app": ["flags", ["on"], "passwords", [SECRET], "commands", "-@all +get", "keys", "~app:*", "channels", ""],
}
RAW = {**SECTIONS, "users": {**RAW_USERS}, "commands": COMMANDS}
SUBJECT = {"host": "db1", "endpoint": "10.1.2.3:6379 (TLS)", "collected_at": "2026-11-24T10:00:00Z"}


def _report(sections: dict[str, Any], missing: dict[str, str] | None = None) -> dict[str, Any]:
    return build(sections, missing or {}, CHECKS, subject=SUBJECT, proof={"sent": {"ping": 1}})


def test_the_report_names_its_subject_and_schema() -> None:
    report = _report(RAW)
    assert report["schema"] == SCHEMA == "rampart.redis/audit/1"
    assert report["host"] == "db1"
    assert report["server"] == {"product": "redis", "version": "8.2.10", "mode": "standalone", "role": "primary"}
    assert report["proof"] == {"sent": {"ping": 1}}


def test_summary_counts_failures_by_severity_and_all_by_status() -> None:
    report = _report(RAW)
    failed = [row for row in report["results"] if row["status"] == "fail"]
    for severity in ("critical", "high", "medium", "low"):
        assert report["summary"][severity] == sum(row["severity"] == severity for row in failed)
    assert report["summary"]["fail"] == len(failed) > 0
    statuses = ("fail", "waived", "info", "pass", "not_applicable", "not_evaluated")
    assert sum(report["summary"][status] for status in statuses) == len(CHECKS)


def test_the_worst_finding_is_first() -> None:
    results = _report(RAW)["results"]
    assert results[0]["severity"] == "critical"
    order = [(row["status"], row["severity"]) for row in results]
    assert order == sorted(order, key=lambda pair: (_STATUS[pair[0]], _SEVERITY[pair[1]]))


_STATUS = {name: place for place, name in enumerate(("fail", "info", "pass", "not_applicable", "not_evaluated"))}
_SEVERITY = {name: place for place, name in enumerate(("critical", "high", "medium", "low"))}


def test_it_is_json_and_holds_no_hash() -> None:
    text = json.dumps(_report(RAW))
    assert SECRET not in text
    assert SECRET[:16] not in text


def test_facts_are_the_six_sections() -> None:
    facts = {table["title"]: table for table in _report(RAW)["facts"]}
    assert list(facts) == ["Configuration", "Connections", "Users", "Dangerous commands", "TLS", "Memory"]
    assert ["bind", "10.1.2.3 127.0.0.1"] in facts["Configuration"]["rows"]
    assert facts["Connections"]["rows"] == [["app", "1", "10.1.2.9"]]
    assert facts["Users"]["rows"][1] == ["app", "on", "1 set", "~app:*", "-@all +get"]
    assert ["FLUSHALL", "default"] in facts["Dangerous commands"]["rows"]
    assert facts["TLS"]["rows"][-2][0] == "/etc/redis/tls/redis-server-cert.pem"
    assert facts["Memory"]["rows"] == [["used_memory_human", "1M"]]


def test_rights_need_the_command_table() -> None:
    sections = {name: value for name, value in RAW.items() if name not in ("commands", "rights")}
    report = _report(sections, {"commands": "no right to COMMAND"})
    results = {row["id"]: row for row in report["results"]}
    assert results["RDS-ACL-002"]["status"] == "fail"
    assert results["RDS-ACL-010"]["evidence"] == ["rights: no right to COMMAND"]
    assert report["facts"][3]["missing"] == "no right to COMMAND"


def test_facts_say_why_they_are_empty() -> None:
    report = _report({"expected": {}, "now": 0.0}, {"config": "server is down"})
    assert report["facts"][0]["missing"] == "server is down"
    assert report["facts"][5]["missing"] == "not collected"
    assert report["server"] == {"product": "", "version": "", "mode": "", "role": ""}
    assert report["summary"]["not_evaluated"] == len(CHECKS)
