#!/usr/bin/python
# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An administrator for some minutes."""

from __future__ import annotations

DOCUMENTATION = r"""
module: redis_break_glass
short_description: Switch an administrator of a Redis or Valkey server on for some minutes
version_added: 0.1.0
author: The rampart.redis contributors (@rampart-redis)
description:
  - Switches a user on with all rights and a new password that is made on the host, and lets a timer of the host switch
    it off again, exactly as it was. The reason goes to the journal.
  - Where the login options let it in, nothing is restarted. Where they do not, because the operator's password is lost,
    it uses the way that root of the host always has, the ACL file and one restart.
  - Such a restart needs evidence that the server saves its data when it stops. An append-only file that the process has
    open is evidence, and so is the answer to the witness, a user who may read the configuration. The configuration file
    is not, for values can be changed at run time.
  - The ACL file never keeps the user switched on, so any later start ends it, too.
extends_documentation_fragment:
  - rampart.redis.attributes
  - rampart.redis.connection
options:
  unit:
    description: Name of the systemd unit.
    type: str
    default: redis-server.service
  user:
    description: The user that is switched on. It need not exist.
    type: str
    default: admin
  reason:
    description: Why, for the journal of the host.
    type: str
    required: true
  minutes:
    description: How long. Another call begins anew.
    type: float
    default: 15.0
  witness_user:
    description: A user who may read the configuration, asked where the login options do not let us in.
    type: str
    default: auditor
  witness_password:
    description: The password of O(witness_user).
    type: str
  policy:
    description:
      - V(safe) restarts only with evidence that the data is saved.
      - V(force) restarts without.
    type: str
    choices: [safe, force]
    default: safe
  timeout:
    description: Seconds to wait for the restart, and for the server to read its data, each.
    type: float
    default: 600.0
seealso:
  - module: rampart.redis.redis_acl
"""

EXAMPLES = r"""
- name: Let root of the host administer the server for ten minutes
  rampart.redis.redis_break_glass:
    reason: the operator's password is lost (ticket 4711)
    minutes: 10
    ca_certs: /etc/redis/tls/ca-cert.pem
    client_cert_file: /etc/redis/tls/operator-cert.pem
    client_key_file: /etc/redis/tls/operator-key.pem
"""

RETURN = r"""
user:
  description: The user that is on.
  returned: success
  type: str
password_file:
  description: Where its password lies on the host, for root only, until it is off again.
  returned: success
  type: str
  sample: /run/rampart/break-glass/password
restarted:
  description: Whether the server was, or in check mode would be, restarted.
  returned: success
  type: bool
"""

from typing import Any

from ..module_utils.collect.breaking_glass import break_glass
from ..module_utils.glue import CONNECTION_SPEC, Request, Spec, run

SPEC: Spec = {
    **CONNECTION_SPEC,
    "unit": {"type": "str", "default": "redis-server.service"},
    "user": {"type": "str", "default": "admin"},
    "reason": {"type": "str", "required": True},
    "minutes": {"type": "float", "default": 15.0},
    "witness_user": {"type": "str", "default": "auditor"},
    "witness_password": {"type": "str", "no_log": True},
    "policy": {"type": "str", "choices": ["safe", "force"], "default": "safe"},
    "timeout": {"type": "float", "default": 600.0},
}


def work(request: Request) -> dict[str, Any]:
    """Break it."""
    return break_glass(request.params, check_mode=request.check_mode)


def main() -> None:
    """Run the module."""
    run(SPEC, work)


if __name__ == "__main__":
    main()
