# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Audit reports for people and programs."""

from __future__ import annotations

DOCUMENTATION = r"""
name: redis_report
short_description: Renders audit reports
version_added: 0.1.0
author: The rampart.redis contributors (@rampart-redis)
description:
  - Turns reports of M(rampart.redis.redis_config_audit) into text for a terminal, a JSON document, one self-contained
    HTML page, SARIF 2.1.0 for code scanning, JUnit XML for CI, or a file for the textfile collector of Prometheus' node
    exporter.
positional: format
options:
  _input:
    description: One report, or a list of them.
    type: raw
    required: true
  format:
    description: What to make of them.
    type: str
    choices: [text, json, html, sarif, junit, prometheus]
    default: text
"""

EXAMPLES = r"""
- name: Write one page for all hosts
  ansible.builtin.copy:
    content: "{{ audits | map(attribute='report') | rampart.redis.redis_report('html') }}"
    dest: report.html
    mode: "0600"
  delegate_to: localhost
"""

RETURN = r"""
_value:
  description: The rendered text.
  type: str
"""

from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleFilterError

from ..module_utils.audit.baseline import SCHEMA
from ..module_utils.audit.brief import full
from ..module_utils.errors import InputError
from ..module_utils.render import json, prometheus, text
from ..plugin_utils.render import html, junit, sarif

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FORMATS: dict[str, Callable[[list[Mapping[str, Any]]], str]] = {
    "text": text.render,
    "json": json.render,
    "html": html.render,
    "sarif": sarif.render,
    "junit": junit.render,
    "prometheus": prometheus.render,
}


def redis_report(reports: Any, format: str = "text") -> str:  # noqa: A002, ANN401 - the option's name; what users pass
    """Render one report or several."""
    if format not in FORMATS:
        raise AnsibleFilterError(f"redis_report: unknown format {format!r}, known are {', '.join(FORMATS)}")
    found = [reports] if isinstance(reports, dict) else list(reports)
    strange = next((row for row in found if not isinstance(row, dict) or row.get("schema") != SCHEMA), None)
    if strange is not None:
        raise AnsibleFilterError(f"redis_report: not a report with the schema {SCHEMA}")
    try:
        return FORMATS[format]([full(report) for report in found])
    except InputError as error:
        raise AnsibleFilterError(f"redis_report: {error}") from error


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., str]]:
        """Return them by name."""
        return {"redis_report": redis_report}
