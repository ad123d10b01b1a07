"""Reports for CI: JUnit XML, a suite for each host and a test case for each check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from ...module_utils.render.text import printable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Statuses that a test report calls skipped.
_SKIPPED = ("waived", "not_applicable", "not_evaluated")


def render(reports: Sequence[Mapping[str, Any]]) -> str:
    """Return all reports as one XML document."""
    root = ET.Element("testsuites", _counts([row for report in reports for row in report["results"]]))
    root.set("name", "rampart.redis audit")
    for report in reports:
        _suite(root, report)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=False) + "\n"


def _suite(root: ET.Element, report: Mapping[str, Any]) -> None:
    suite = ET.SubElement(root, "testsuite", _counts(report["results"]))
    suite.set("name", printable(str(report["host"])))
    suite.set("hostname", printable(str(report["host"])))
    suite.set("timestamp", str(report["collected_at"]).removesuffix("Z"))
    properties = ET.SubElement(suite, "properties")
    for name, value in (("endpoint", report["endpoint"]), *report["server"].items()):
        ET.SubElement(properties, "property", name=name, value=printable(str(value)))
    for row in report["results"]:
        _case(suite, report, row)


def _case(suite: ET.Element, report: Mapping[str, Any], row: Mapping[str, Any]) -> None:
    host = printable(str(report["host"]))
    case = ET.SubElement(suite, "testcase", classname=f"{host}.{row['family']}", name=f"{row['id']} {row['title']}")
    case.set("time", "0")
    text = "\n".join(printable(line) for line in row["evidence"])
    if row["status"] == "fail":
        failure = ET.SubElement(case, "failure", type=row["severity"], message=text.partition("\n")[0])
        failure.text = f"{text}\n\n{row['rationale']}\n\nFix: {row['fix']}"
    elif row["status"] in _SKIPPED:
        ET.SubElement(case, "skipped", message=f"{row['status'].replace('_', ' ')}: {text}")
    else:
        ET.SubElement(case, "system-out").text = text


def _counts(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    counts = {
        "tests": len(rows),
        "failures": sum(row["status"] == "fail" for row in rows),
        "errors": 0,
        "skipped": sum(row["status"] in _SKIPPED for row in rows),
        "time": 0,
    }
    return {name: str(count) for name, count in counts.items()}
