#!/usr/bin/python
# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Collect what memory and host still know, before anybody isolates or restarts a server."""

from __future__ import annotations

DOCUMENTATION = r"""
module: redis_evidence
short_description: Collect what a Redis or Valkey server and its host still know into one encrypted bundle
version_added: 0.1.0
author: The rampart.redis contributors (@rampart-redis)
description:
  - Asks the server for all that a restart ends (connections, ACL log, slow log, running configuration, users,
    functions), the host for all that explains it (processes, sockets, journals, logins, packages, firewall, footholds),
    and adds the data by one BGSAVE, which is the only thing it changes.
  - Everything goes, as it is read, into one file that is encrypted for O(recipients). Nothing lies on the disk in
    clear.
  - What could not be had is told in the bundle's manifest with the reason, and the rest goes on.
  - The data saved before is part of the bundle too, for BGSAVE takes its place. It is also kept on the host until the
    bundle is whole.
  - A BGSAVE is refused where it could fail, starve the host, or write to a place that the configuration file does not
    name, as after an attacker's C(CONFIG SET dir).
  - Returns names, hashes and counts. Contents are in the bundle only.
extends_documentation_fragment:
  - rampart.redis.attributes
  - rampart.redis.connection
options:
  state:
    description:
      - V(collected) makes a new bundle, at each run.
      - V(removed) removes O(bundle) from the host after it was fetched.
    type: str
    choices: [collected, removed]
    default: collected
  recipients:
    description:
      - Certificates in PEM of those who can open the bundle, with keys of RSA or of an elliptic curve. Each of them
        can, alone.
      - Without one nothing is collected.
    type: list
    elements: str
    default: []
  name:
    description: What the host is called in the bundle. Default is its own name.
    type: str
  unit:
    description: Name of the systemd unit. Default is the one server unit there is.
    type: str
  config_file:
    description: Path of the configuration file. Default is the one on the unit's command line.
    type: path
  current_password:
    description: Password of the default user on a server that is not hardened.
    type: str
  path:
    description:
      - An existing folder on the host's disk, in which a folder for the bundle is made. It should not be a file system
        in memory.
    type: path
    default: /var/tmp
  owner:
    description: Account that may fetch the bundle from there. It cannot open it.
    type: str
    default: root
  hours:
    description: How far back journals are read.
    type: int
    default: 48
  rdb:
    description:
      - V(save) tells the server to save its data and adds it, with the end of its append-only files.
      - V(skip) leaves all data out.
    type: str
    choices: [save, skip]
    default: save
  timeout:
    description: Seconds to wait for the BGSAVE.
    type: float
    default: 300.0
  collected_by:
    description: Who collects, for the manifest.
    type: str
    default: ""
  incident:
    description: What it is about, such as the number of a ticket, for the manifest.
    type: str
    default: ""
  bundle:
    description: The bundle to remove.
    type: path
  sha256:
    description: Hash of what was fetched. Another file is not removed.
    type: str
requirements:
  - openssl (program) >= 3.0 on the host
seealso:
  - module: rampart.redis.redis_undo
"""

EXAMPLES = r"""
- name: Collect
  rampart.redis.redis_evidence:
    recipients:
      - "{{ lookup('ansible.builtin.file', 'security-team.pem') }}"
    incident: ticket 4711
    login_user: operator
    login_password: "{{ operator_password }}"
    ca_certs: /etc/redis/tls/ca-cert.pem
    client_cert_file: /etc/redis/tls/operator-cert.pem
    client_key_file: /etc/redis/tls/operator-key.pem
  register: collected

- name: Remove it after it was fetched
  rampart.redis.redis_evidence:
    state: removed
    bundle: "{{ collected.bundle }}"
    sha256: "{{ collected.sha256 }}"
"""

RETURN = r"""
bundle:
  description: The encrypted file on the host; null in check mode.
  returned: O(state=collected)
  type: str
sha256:
  description: Its hash.
  returned: O(state=collected), not in check mode
  type: str
size:
  description: Its size in bytes.
  returned: O(state=collected), not in check mode
  type: int
data:
  description: What became of the BGSAVE, as C(state) (saved, refused, failed, skipped) and C(reason).
  returned: O(state=collected), not in check mode
  type: dict
server_not_asked:
  description:
    - Why the server itself could not be asked anything, so that the bundle has the host's side only.
    - Empty if it was asked.
  returned: O(state=collected), not in check mode
  type: str
files:
  description: Name and SHA-256 of each file in the bundle, and whether its size limit cut it.
  returned: O(state=collected), not in check mode
  type: list
  elements: dict
missing:
  description: Name and reason of what could not be had.
  returned: O(state=collected), not in check mode
  type: list
  elements: dict
planned:
  description: Names of what would be collected.
  returned: O(state=collected), in check mode
  type: list
  elements: str
"""

from typing import Any

from ..module_utils.collect import evidence
from ..module_utils.glue import CONNECTION_SPEC, Request, Spec, run

SPEC: Spec = {
    **CONNECTION_SPEC,
    "state": {"type": "str", "choices": ["collected", "removed"], "default": "collected"},
    "recipients": {"type": "list", "elements": "str", "default": []},
    "name": {"type": "str"},
    "unit": {"type": "str"},
    "config_file": {"type": "path"},
    "current_password": {"type": "str", "no_log": True},
    "path": {"type": "path", "default": "/var/tmp"},  # noqa: S108 - a folder of our own is made in it
    "owner": {"type": "str", "default": "root"},
    "hours": {"type": "int", "default": 48},
    "rdb": {"type": "str", "choices": ["save", "skip"], "default": "save"},
    "timeout": {"type": "float", "default": 300.0},
    "collected_by": {"type": "str", "default": ""},
    "incident": {"type": "str", "default": ""},
    "bundle": {"type": "path"},
    "sha256": {"type": "str"},
}


def work(request: Request) -> dict[str, Any]:
    """Collect, or remove what was fetched."""
    do = evidence.collect if request.params["state"] == "collected" else evidence.remove
    return do(request.params, check_mode=request.check_mode)


def main() -> None:
    """Run the module."""
    run(SPEC, work, required_if=[("state", "removed", ["bundle", "sha256"])])


if __name__ == "__main__":
    main()
