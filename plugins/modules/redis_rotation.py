#!/usr/bin/python
# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The time between two passwords, on a server."""

from __future__ import annotations

DOCUMENTATION = r"""
module: redis_rotation
short_description: Tell who still works with an old password of a Redis or Valkey server, and end its time
version_added: 0.1.0
author: The rampart.redis contributors (@rampart-redis)
description:
  - Records when a new password is handed over to clients, tells who still came in with the old one, and closes those
    connections. It changes no password; M(rampart.redis.redis_acl) does that.
  - A server does not tell by which password of its user a connection came in. A connection that is older than the
    moment of handing over came in with the old one; of a newer one nothing is known. The comparison is to two seconds.
  - The moments are kept in the record that M(rampart.redis.redis_acl) makes with its option
    O(rampart.redis.redis_acl#module:ages_dir). The module runs on the server's own host.
extends_documentation_fragment:
  - rampart.redis.attributes
  - rampart.redis.connection
options:
  phase:
    description:
      - V(hand_over) records the moment. Run it just before clients get the password.
      - V(look) tells who came in with which one, and whose old password can go. It changes nothing.
      - V(close) closes the connections that came in with the old one. Run it when the server accepts that no longer.
    type: str
    choices: [hand_over, look, close]
    required: true
  users:
    description: The users in question.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Name of the user.
        type: str
        required: true
      password_hash:
        description: SHA-256 of the password for clients, with V(hand_over) of the one they are about to get.
        type: str
        required: true
      stage:
        description: How far the rotation is, from RV(rampart.redis.redis_secrets#module:stages).
        type: str
        choices: [none, made, open, retiring]
        default: open
  aclfile:
    description: ACL file of the server, which names the record.
    type: path
    default: /etc/redis/users.acl
  ages_dir:
    description: Folder of the record.
    type: path
    required: true
  drain_timeout:
    description: Seconds to wait with V(look) until every old password can go.
    type: float
    default: 0.0
  retire_after:
    description:
      - An old password can go so long after the handing over, whoever still works with it; such as V(24h) or V(7d).
      - Without it, it can go when no connection from before the handing over is left.
    type: str
    default: ""
  force:
    description: It can go in any case.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: See who still has the shop's old password
  rampart.redis.redis_rotation:
    phase: look
    users:
      - name: shop
        password_hash: "{{ shop_password | hash('sha256') }}"
    ages_dir: /var/lib/rampart/passwords
    login_user: operator
    login_password: "{{ operator_password }}"
    ca_certs: /etc/redis/tls/ca-cert.pem
  register: seen
"""

RETURN = r"""
users:
  description:
    - One entry for each user, with C(name), C(since) (when clients could first have the password, seconds since 1970),
      C(old) and C(either) (numbers of connections), C(due) and C(reason).
  returned: with phase look
  type: list
  elements: dict
  sample: [{name: shop, since: 1764000000.0, old: 2, either: 5, due: false, reason: '2 connections from before ...'}]
due:
  description: Users whose old password can go.
  returned: with phase look
  type: list
  elements: str
held:
  description: Users in whose rotation it cannot go yet.
  returned: with phase look
  type: list
  elements: str
reasons:
  description: A sentence for each of RV(held).
  returned: with phase look
  type: list
  elements: str
table:
  description: All of that as lines of a table.
  returned: with phase look
  type: list
  elements: str
closed:
  description: Connections that were, or would be, closed, as C(user (id)).
  returned: with phase close
  type: list
  elements: str
"""

from typing import Any

from ..module_utils.collect.rotating import PHASES, carry_out
from ..module_utils.glue import CONNECTION_SPEC, Request, Spec, run

SPEC: Spec = {
    **CONNECTION_SPEC,
    "phase": {"type": "str", "choices": list(PHASES), "required": True},
    "users": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": {
            "name": {"type": "str", "required": True},
            "password_hash": {"type": "str", "required": True, "no_log": True},
            "stage": {"type": "str", "choices": ["none", "made", "open", "retiring"], "default": "open"},
        },
    },
    "aclfile": {"type": "path", "default": "/etc/redis/users.acl"},
    "ages_dir": {"type": "path", "required": True},
    "drain_timeout": {"type": "float", "default": 0.0},
    "retire_after": {"type": "str", "default": ""},
    "force": {"type": "bool", "default": False},
}


def work(request: Request) -> dict[str, Any]:
    """Record, look or close."""
    return carry_out(request.params, check_mode=request.check_mode)


def main() -> None:
    """Run the module."""
    run(SPEC, work)


if __name__ == "__main__":
    main()
