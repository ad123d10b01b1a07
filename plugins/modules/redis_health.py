#!/usr/bin/python
# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prove that users can work."""

from __future__ import annotations

DOCUMENTATION = r"""
module: redis_health
short_description: Prove that users of a Redis or Valkey server can log in, write and read
version_added: 0.1.0
author: The rampart.redis contributors (@rampart-redis)
description:
  - Connects once for each of O(users) through the door of the login options, with certificates verified, and logs in.
  - Where a prefix is given, the user writes a key of its own below it, reads it back and deletes it. The key has a time
    to live of 30 seconds, should the deletion fail.
  - Fails with what each user met. In check mode nothing is written.
extends_documentation_fragment:
  - rampart.redis.attributes
  - rampart.redis.connection
options:
  users:
    description: Who must be able to log in. A user with two passwords is listed twice.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Name of the user.
        type: str
        required: true
      password:
        description: Its password.
        type: str
        required: true
      prefix:
        description: Below this prefix the user must be able to write and read.
        type: str
notes:
  - O(login_user) and O(login_password) are not used; O(users) takes their place.
"""

EXAMPLES = r"""
- name: The application can work
  rampart.redis.redis_health:
    users:
      - name: shop-app
        password: "{{ shop_password }}"
        prefix: "app:"
    login_port: 6380
    ca_certs: /etc/redis/tls/ca-cert.pem
    client_cert_file: /etc/redis/tls/operator-cert.pem
    client_key_file: /etc/redis/tls/operator-key.pem
"""

RETURN = r"""
door:
  description: Where they logged in.
  returned: success
  type: str
  sample: 127.0.0.1:6380 (TLS)
logged_in:
  description: Who logged in.
  returned: success
  type: list
  elements: str
wrote:
  description: Who wrote and read.
  returned: success
  type: list
  elements: str
"""

from typing import Any

from ..module_utils.collect import health
from ..module_utils.glue import CONNECTION_SPEC, Request, Spec, run

SPEC: Spec = {
    **CONNECTION_SPEC,
    "users": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": {
            "name": {"type": "str", "required": True},
            "password": {"type": "str", "required": True, "no_log": True},
            "prefix": {"type": "str"},
        },
    },
}


def work(request: Request) -> dict[str, Any]:
    """Log in as each user."""
    return health.prove(request.params, check_mode=request.check_mode)


def main() -> None:
    """Run the module."""
    run(SPEC, work)


if __name__ == "__main__":
    main()
