#!/usr/bin/python
# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judge the security of a server and its host, without changing either."""

from __future__ import annotations

DOCUMENTATION = r"""
module: redis_config_audit
short_description: Judges the security of a Redis or Valkey server and its host
version_added: 0.1.0
author: The rampart.redis contributors (@rampart-redis)
description:
  - Collects evidence from the server (configuration, users, connections, modules) and from the host it runs on
    (process, sockets, files, certificates, package), and judges it by the checks of the collection.
  - It reads only, and never tries out whether a command is allowed. What it sent, and what changed on the server
    meanwhile, is part of the report.
  - What cannot be looked at, for want of rights, network or a running server, is C(not_evaluated) with the reason and
    never counts as passed.
  - A server that is open is audited without a login; O(login_user) is only used if the server knows it.
  - Findings do not make the task fail. The role P(rampart.redis.redis_audit#role) does that after all hosts have
    reported.
extends_documentation_fragment:
  - rampart.redis.attributes.info
  - rampart.redis.connection
options:
  name:
    description: Name of the host in the report. Without it, the host's own name.
    type: str
  config_file:
    description: The server's configuration file. Without it, the one that the server names, or the distribution's.
    type: path
  sections:
    description:
      - Where evidence is taken from.
      - Leave V(host) out when the module does not run on the server's own host.
    type: list
    elements: str
    choices: [server, host]
    default: [server, host]
  ages_dir:
    description:
      - Folder of the record of since when each password is known, from the option
        O(rampart.redis.redis_acl#module:ages_dir) of M(rampart.redis.redis_acl).
    type: path
    default: /var/lib/rampart/passwords
  include:
    description:
      - Checks to run, by id (V(RDS-NET-005), V(NET-005)) or family (V(NET), V(ACL), V(TLS), V(CFG), V(SEN), V(HOST),
        V(PKG)).
      - An empty list runs all.
    type: list
    elements: str
    default: []
  exclude:
    description: Checks not to run, named as in O(include).
    type: list
    elements: str
    default: []
  expected:
    description: What is meant to be as it is. A list that is given replaces the default.
    type: dict
    suboptions:
      listen_cidrs:
        description: Networks in which the server may listen. By default loopback and all private networks.
        type: list
        elements: str
      admins:
        description: Users that may administer. By default V(operator).
        type: list
        elements: str
      auditors:
        description: Users that may read configuration and users. By default V(auditor).
        type: list
        elements: str
      monitors:
        description: Users that may list connections and the slow log. By default V(monitoring-readonly).
        type: list
        elements: str
      replicas:
        description: Users as which replicas log in. By default V(replica).
        type: list
        elements: str
      sentinels:
        description: Users as which Sentinels log in. By default V(sentinel).
        type: list
        elements: str
      scripters:
        description: Users that may run scripts and functions.
        type: list
        elements: str
      all_keys:
        description: Users that may touch every key.
        type: list
        elements: str
      modules:
        description: Names of modules that may be loaded.
        type: list
        elements: str
      data_dirs:
        description: Directories in which data may be kept. By default C(/var/lib/redis) and C(/var/lib/valkey).
        type: list
        elements: str
      service_accounts:
        description: Accounts, and groups of the same name, that the server's files may belong to besides root.
        type: list
        elements: str
      password_days:
        description: Days after which a password is too old. By default V(90).
        type: int
      primary:
        description: The primary this server shall replicate from, as C(address:port).
        type: str
seealso:
  - name: The checks
    description: Every check with its rationale and remedy.
    link: https://example.com/rampart/redis/docs/checks.md
"""

EXAMPLES = r"""
- name: Audit a server as its auditor
  rampart.redis.redis_config_audit:
    login_user: auditor
    login_password: "{{ auditor_password }}"
    ca_certs: /etc/redis/tls/ca-cert.pem
    client_cert_file: /etc/redis/tls/operator-cert.pem
    client_key_file: /etc/redis/tls/operator-key.pem
  register: audit

- name: Show what to repair
  ansible.builtin.debug:
    msg: "{{ [audit.report] | rampart.redis.redis_report('text') }}"

- name: Audit what the network shows of a server, from the controller
  rampart.redis.redis_config_audit:
    login_host: 10.0.0.5
    tls: false
    sections: [server]
    include: [NET, ACL]
  delegate_to: localhost
"""

RETURN = r"""
report:
  description: The whole report, for the filter P(rampart.redis.redis_report#filter).
  returned: success
  type: dict
  contains:
    schema:
      description: Name and version of this structure.
      returned: always
      type: str
      sample: rampart.redis/audit/1
    results:
      description:
        - One entry for each check, the worst findings first, with C(id), C(family), C(title), C(status), C(severity),
          C(evidence), C(rationale) and C(fix).
      returned: always
      type: list
      elements: dict
    facts:
      description: Tables of configuration, connections, users, dangerous commands, TLS and memory.
      returned: always
      type: list
      elements: dict
    missing:
      description: Why a section of evidence is missing.
      returned: always
      type: dict
    proof:
      description:
        - What the audit did to the server. C(sent) counts its commands, C(commandstats) everybody's meanwhile,
          C(denials) the refused commands and logins that the server counted, C(keys_before) and C(keys_after) its keys.
      returned: always
      type: dict
summary:
  description: Failed checks by severity, and all checks by status.
  returned: success
  type: dict
  sample: {critical: 0, high: 1, medium: 2, low: 0, fail: 3, info: 1, pass: 40, not_applicable: 3, not_evaluated: 1}
findings:
  description: Ids of the failed checks, the worst first.
  returned: success
  type: list
  elements: str
  sample: [RDS-NET-005, RDS-CFG-009]
"""

import time
from datetime import datetime, timezone
from typing import Any

from ..module_utils.audit.addresses import require_cidrs
from ..module_utils.audit.registry import select
from ..module_utils.audit.report import build
from ..module_utils.collect.snapshot import AGES_DIR, collect, host_name
from ..module_utils.connection import Endpoint
from ..module_utils.glue import CONNECTION_SPEC, Request, run

LISTS = (
    "listen_cidrs",
    "admins",
    "auditors",
    "monitors",
    "replicas",
    "sentinels",
    "scripters",
    "modules",
    "data_dirs",
    "service_accounts",
)
NAMES = {"type": "list", "elements": "str"}
SPEC: dict[str, Any] = {
    **CONNECTION_SPEC,
    "name": {"type": "str"},
    "config_file": {"type": "path"},
    "sections": {**NAMES, "choices": ["server", "host"], "default": ["server", "host"]},
    "ages_dir": {"type": "path", "default": AGES_DIR},
    "include": {**NAMES, "default": []},
    "exclude": {**NAMES, "default": []},
    "expected": {
        "type": "dict",
        "options": {
            **dict.fromkeys(LISTS, NAMES),
            # Names of users, not keys.
            "all_keys": {**NAMES, "no_log": False},
            "password_days": {"type": "int", "no_log": False},
            "primary": {"type": "str"},
        },
    },
}


def work(request: Request) -> dict[str, Any]:
    """Collect, judge, report."""
    params = request.params
    expected = params["expected"] or {}
    checks = select(params["include"], params["exclude"])
    require_cidrs(expected.get("listen_cidrs") or (), "expected.listen_cidrs")
    endpoint = Endpoint.from_params(params)
    wanted = {name: name in params["sections"] for name in ("server", "host")}
    found = collect(endpoint, config_file=params["config_file"], ages_dir=params["ages_dir"], **wanted)
    now = time.time()
    moment = datetime.fromtimestamp(now, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    subject = {"host": params["name"] or host_name(), "endpoint": str(endpoint), "collected_at": moment}
    sections = {**found.sections, "expected": expected, "now": now}
    report = build(sections, found.missing, checks, subject=subject, proof=found.proof)
    failed = [row["id"] for row in report["results"] if row["status"] == "fail"]
    return {"changed": False, "report": report, "summary": report["summary"], "findings": failed}


def main() -> None:
    """Run the module."""
    run(SPEC, work)


if __name__ == "__main__":
    main()
