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
  - Findings only make the task fail when O(fail_on) says so, and then the report is still returned. The role
    P(rampart.redis.redis_audit#role) fails after all hosts have reported.
  - With O(endpoints) many servers are audited at once from where the task runs, each in its own time; one that is
    slow, dead, or no Redis at all holds up nobody else and gets a report that says so.
extends_documentation_fragment:
  - rampart.redis.attributes.info
  - rampart.redis.connection
options:
  name:
    description: Name of the host in the report. Without it, the host's own name.
    type: str
  endpoints:
    description:
      - Servers to audit in this one call, by what the network shows; O(sections) is V(server) then.
      - What is not given for an endpoint is as in the module's option of the same name.
    type: list
    elements: dict
    suboptions:
      name:
        description: Name of the host in the report. Without it, address and port.
        type: str
      deployment:
        description: Name of the deployment that the server is a node of.
        type: str
      login_host:
        description: Host name or address of the server.
        type: str
      login_port:
        description: Port of the server.
        type: int
      login_user:
        description: ACL user to log in as.
        type: str
      login_password:
        description: Password of the user.
        type: str
      login_unix_socket:
        description: Path of a unix socket.
        type: path
      login_timeout:
        description: Seconds to wait for the connection and for each reply.
        type: float
      tls:
        description: Whether to speak TLS.
        type: bool
      validate_certs:
        description: Whether to verify the server's certificate and its name.
        type: bool
      ca_certs:
        description: File with the certificates of the authorities that are trusted.
        type: path
      client_cert_file:
        description: Certificate shown to the server.
        type: path
      client_key_file:
        description: Private key of the certificate.
        type: path
  deployment:
    description:
      - Name of the deployment that the server is a node of, as a primary and its replicas are.
      - Nodes of one deployment are compared, version, users, configuration and certificates; what differs stands in
        the reports as C(peers) and is no finding. With O(endpoints) that is done here, with passwords; otherwise
        P(rampart.redis.redis_audit_compared#filter) does it when all nodes have been audited.
    type: str
  time_limit:
    description: Seconds after which the conversation with one server ends, with what was learnt until then.
    type: float
    default: 60.0
  profile:
    description:
      - V(guide-production) runs all checks.
      - V(baseline) runs those whose failure is critical or high.
      - V(strict) runs all checks, and one that could not be evaluated counts like a failure for O(fail_on).
    type: str
    choices: [baseline, guide-production, strict]
    default: guide-production
  waivers:
    description:
      - Findings that are accepted for a while. Each has C(id) (of one check), C(reason), C(owner), C(expires) (the last
        day on which it holds, as C(2027-03-31)) and may have C(host) (a pattern of names, by default all).
      - A waived finding is shown as C(waived) and does not count. One whose waiver has expired fails.
      - P(rampart.redis.redis_waivers#filter) reads them from a file and names the line of what is wrong.
    type: list
    elements: raw
    default: []
  baseline:
    description:
      - An earlier report, or the document with reports of several hosts in C(report.json).
      - Given, the report says which findings are new, fixed and unchanged since then.
    type: dict
  fail_on:
    description:
      - Fail when a finding is at least as severe, or when a server could not be reached or logged in to.
      - Whatever it is, the report is returned.
    type: str
    choices: [critical, high, medium, low, never]
    default: never
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
  words:
    description:
      - Passwords that nobody may have, besides those that everybody tries first.
      - They are compared with the hashes that the server keeps. None is sent to it.
    type: list
    elements: str
    default: []
  cve_data:
    description:
      - Known bugs that are newer than this release of the collection, by id, each with C(title), C(severity),
        C(affected_from), C(fixed_in), C(unfixed), C(component), C(deny), C(precondition), C(packages).
      - An entry replaces the one of the same id.
      - As in V({"CVE-2099-1":{"title":"...","affected_from":{"redis":"8.0.0"},"fixed_in":{"redis":{"8.2":"8.2.99"}}}}).
    type: dict
  distro_data:
    description:
      - In which revision a distribution repaired a bug, by package and id, or V(not affected).
      - As in V({"debian:bookworm:redis":{"CVE-2099-1":"5:7.0.15-1~deb12u99"}}).
    type: dict
  earlier:
    description:
      - Earlier snapshots of this server, from O(return_snapshot).
      - Only with them can the audit tell which users nobody uses, and whether more logins failed than before.
    type: list
    elements: dict
    default: []
  snapshot:
    description:
      - A snapshot from O(return_snapshot) that is judged once more. Nothing is collected, and no server is asked.
    type: dict
  return_snapshot:
    description:
      - Whether to return what was collected, as RV(snapshot), to be saved and judged again later.
      - It holds no password, and hashes of none. It holds names and addresses, so keep it like a report.
    type: bool
    default: false
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
      declared:
        description:
          - What people did, for the points of the guide's checklists that no machine can answer.
          - Points are C(monitoring), C(backups), C(audits), C(incidents), C(contacts), and for the monthly review
            C(access_logs), C(acl_review), C(restore_test), C(alert_test), C(firewall_review), C(penetration_test),
            C(documentation), C(training); those of the monthly review are forgotten after 31 days.
        type: list
        elements: dict
        suboptions:
          point:
            description: The point it is about.
            type: str
          by:
            description: Who says so.
            type: str
          day:
            description: Day on which it was done, as V(2027-03-31).
            type: str
          where:
            description: Where it can be seen.
            type: str
      client_cidrs:
        description: Networks in which clients live. Without them, where clients are is only told.
        type: list
        elements: str
      subscribers:
        description: Users that may use every channel.
        type: list
        elements: str
      module_users:
        description: Users that may run commands of modules.
        type: list
        elements: str
      break_glass:
        description: Users for emergencies, which are off otherwise. By default V(admin).
        type: list
        elements: str
      functions:
        description: Names of libraries of server-side functions that may be loaded.
        type: list
        elements: str
      replica_addresses:
        description: Addresses of the replicas. Without them, which are attached is only told.
        type: list
        elements: str
      monitored:
        description: What a Sentinel watches, each as C(name address:port).
        type: list
        elements: str
      neighbours:
        description: Units of other servers that may run on the host; V(containers) stands for servers in containers.
        type: list
        elements: str
      tls_names:
        description: Names and addresses that the server's certificate must carry.
        type: list
        elements: str
      certificate_days:
        description: Days for which a certificate may be valid. By default V(397).
        type: int
      idle_seconds:
        description: Seconds after which an idle client is a forgotten one. By default V(3600).
        type: int
      rpo_seconds:
        description: Seconds of changes that may be lost. By default V(86400), a day.
        type: int
      exposure:
        description: The highest score of C(systemd-analyze security) that is accepted. By default V(2.0).
        type: float
      cache:
        description: Whether all data may be lost, so that neither saving nor backups are asked for.
        type: bool
      eviction_policy:
        description: The C(maxmemory-policy) that this server should have.
        type: str
      backup_dir:
        description: Folder in which backups lie. Without it a server counts as one without backups.
        type: path
      backup_hours:
        description: Hours after which the newest backup is too old. By default V(26).
        type: int
      backup_required:
        description: V(false) for a server that needs no backup.
        type: bool
      backup_encrypted:
        description: Whether backups must be encrypted.
        type: bool
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

- name: Audit many servers in one call, and say what changed since last time
  rampart.redis.redis_config_audit:
    login_user: auditor
    login_password: "{{ auditor_password }}"
    ca_certs: ca/ca-cert.pem
    endpoints:
      - {name: cache-1, login_host: 10.0.0.5}
      - {name: cache-2, login_host: 10.0.0.6}
    baseline: "{{ lookup('ansible.builtin.file', 'last/report.json') | from_json }}"
    waivers:
      - id: NET-004
        host: cache-2
        reason: The plaintext port is kept until the old shop is switched off
        owner: ann@example.com
        expires: 2027-03-31
    fail_on: high
  delegate_to: localhost
"""

RETURN = r"""
report:
  description: The whole report, for the filter P(rampart.redis.redis_report#filter).
  returned: without O(endpoints)
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
          C(evidence), C(rationale), C(fix), C(versions) and C(references).
      returned: always
      type: list
      elements: dict
    checklists:
      description: The guide's two checklists, each point with C(answer), C(checks) and C(evidence).
      returned: always
      type: list
      elements: dict
    changes:
      description: Ids of findings that are C(new), C(fixed), C(unchanged) or C(unseen) C(since) the baseline.
      returned: with O(baseline)
      type: dict
    facts:
      description: Tables of configuration, connections, users, dangerous commands, TLS and memory.
      returned: always
      type: list
      elements: dict
    missing:
      description: Why a section of evidence is missing.
      returned: always
      type: dict
    traits:
      description: What P(rampart.redis.redis_audit_compared#filter) compares. No hash of a password is in it.
      returned: with O(deployment)
      type: dict
    proof:
      description:
        - What the audit did to the server. C(sent) counts its commands, C(commandstats) everybody's meanwhile,
          C(denials) the refused commands and logins that the server counted, C(keys_before) and C(keys_after) its keys.
        - C(refused) are those of our own commands that were refused; each is an entry in the server's ACL log. Like
          C(sent) it is there also when the login fails.
      returned: always
      type: dict
reports:
  description:
    - The reports of all O(endpoints), in their order. Their rows have only what differs between servers (C(id),
      C(status), C(severity), C(evidence)); P(rampart.redis.redis_report#filter) adds the rest.
    - With O(deployment) each has C(peers), with C(compared_with), C(nodes), C(differences) and C(unseen).
  returned: with O(endpoints)
  type: list
  elements: dict
snapshot:
  description: What was collected, for O(snapshot) and O(earlier).
  returned: with O(return_snapshot), of a single server
  type: dict
summary:
  description: Failed checks by severity, and all checks by status, of all reports.
  returned: always
  type: dict
  sample: {critical: 0, high: 1, medium: 2, low: 0, fail: 3, info: 1, pass: 40, not_applicable: 3, not_evaluated: 1}
findings:
  description: Ids of the failed checks, the worst first.
  returned: always
  type: list
  elements: str
  sample: [RDS-NET-005, RDS-CFG-009]
failed:
  description: Whether the audit failed by O(fail_on).
  returned: always
  type: bool
new:
  description: Findings that are not in O(baseline), as C(host) and C(id).
  returned: with O(baseline)
  type: list
  elements: dict
fixed:
  description: Findings of O(baseline) that were looked at again and are none any more, as C(host) and C(id).
  returned: with O(baseline)
  type: list
  elements: dict
"""

from typing import Any

from ..module_utils.audit.brief import brief
from ..module_utils.audit.outcome import outcome
from ..module_utils.audit.profiles import DEFAULT, LEVELS, NEVER, PROFILES
from ..module_utils.collect.auditing import audit_all, audited, job, targets
from ..module_utils.collect.snapshot import AGES_DIR
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
    *("client_cidrs", "subscribers", "module_users", "break_glass", "functions", "replica_addresses"),
    *("monitored", "neighbours", "tls_names"),
)
NAMES = {"type": "list", "elements": "str"}
# What is not given for an endpoint is as for the module, so nothing has a default there.
ENDPOINT_SPEC = {
    name: {key: value for key, value in option.items() if key != "default"} for name, option in CONNECTION_SPEC.items()
}
SPEC: dict[str, Any] = {
    **CONNECTION_SPEC,
    "name": {"type": "str"},
    "deployment": {"type": "str"},
    "endpoints": {
        "type": "list",
        "elements": "dict",
        "options": {"name": {"type": "str"}, "deployment": {"type": "str"}, **ENDPOINT_SPEC},
    },
    "time_limit": {"type": "float", "default": 60.0},
    "profile": {"type": "str", "choices": sorted(PROFILES), "default": DEFAULT},
    "waivers": {"type": "list", "elements": "raw", "default": []},
    "baseline": {"type": "dict"},
    "fail_on": {"type": "str", "choices": list(LEVELS), "default": NEVER},
    "config_file": {"type": "path"},
    "sections": {**NAMES, "choices": ["server", "host"], "default": ["server", "host"]},
    "ages_dir": {"type": "path", "default": AGES_DIR},
    "include": {**NAMES, "default": []},
    "exclude": {**NAMES, "default": []},
    "words": {**NAMES, "no_log": True, "default": []},
    "cve_data": {"type": "dict"},
    "distro_data": {"type": "dict"},
    "earlier": {"type": "list", "elements": "dict", "default": []},
    "snapshot": {"type": "dict"},
    "return_snapshot": {"type": "bool", "default": False},
    "expected": {
        "type": "dict",
        "options": {
            **dict.fromkeys(LISTS, NAMES),
            # Names of users, not keys.
            "all_keys": {**NAMES, "no_log": False},
            "password_days": {"type": "int", "no_log": False},
            **{name: {"type": "int"} for name in ("certificate_days", "idle_seconds", "rpo_seconds", "backup_hours")},
            **{name: {"type": "bool"} for name in ("cache", "backup_required", "backup_encrypted")},
            "exposure": {"type": "float"},
            "eviction_policy": {"type": "str"},
            "backup_dir": {"type": "path"},
            "primary": {"type": "str"},
            "declared": {
                "type": "list",
                "elements": "dict",
                "options": {name: {"type": "str"} for name in ("point", "by", "day", "where")},
            },
        },
    },
}


def work(request: Request) -> dict[str, Any]:
    """Collect, judge, report."""
    params = request.params
    asked = job(params)
    alone = params["endpoints"] is None
    found: dict[str, Any] = audited(asked, params) if alone else {"reports": audit_all(asked, targets(params))}
    reports = [found["report"]] if alone else found["reports"]
    shown = {} if alone else {"reports": [brief(report) for report in reports]}
    return {"changed": False, **found, **shown, **outcome(reports, params["fail_on"])}


def main() -> None:
    """Run the module."""
    run(SPEC, work)


if __name__ == "__main__":
    main()
