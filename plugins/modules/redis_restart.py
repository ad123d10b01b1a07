#!/usr/bin/python
# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Restart a server when it is needed, and only without losing data."""

from __future__ import annotations

DOCUMENTATION = r"""
module: redis_restart
short_description: Restart a Redis or Valkey server when needed, without losing data
version_added: 0.1.0
author: The rampart.redis contributors (@rampart-redis)
description:
  - Restarts the unit when there is a reason, given in O(reasons), or found by comparing O(files) and the unit with the
    process. The decision compares states, so a run that died is made up for by the next.
  - Before, the configuration is judged by a shadow server, and with O(policy=safe) the data is brought to disk.
  - Afterwards it waits until the server has read its data, logs in, and compares the number of keys.
extends_documentation_fragment:
  - rampart.redis.attributes
  - rampart.redis.connection
options:
  unit:
    description: Name of the systemd unit.
    type: str
    default: redis-server.service
  policy:
    description:
      - V(safe) restarts only with a healthy append-only file, or after a C(BGSAVE) that succeeded now, and if the next
        start will look for the data where it is. Otherwise the task fails with the reason and nothing is touched.
      - V(force) restarts without these conditions.
      - V(never) only warns.
    type: str
    choices: [safe, never, force]
    default: safe
  config_file:
    description: Path of the configuration file. Default is the one on the unit's command line.
    type: path
  files:
    description: A restart is needed when one of these is newer than the process. A file that is not there is ignored.
    type: list
    elements: path
    default: []
  reasons:
    description: Why a restart is needed, such as C(restart_required) of M(rampart.redis.redis_config).
    type: list
    elements: str
    default: []
  timeout:
    description: Seconds to wait for the snapshot, for the restart, and for the server to read its data, each.
    type: float
    default: 300.0
  login_after:
    description:
      - How to log in after the restart, where it differs. The door is found as M(rampart.redis.redis_instance_info)
        finds it.
    type: dict
    suboptions:
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
        description: File with the certificates of trusted authorities.
        type: path
      client_cert_file:
        description: Certificate shown to the server.
        type: path
      client_key_file:
        description: Private key of the certificate.
        type: path
seealso:
  - module: rampart.redis.redis_config
"""

EXAMPLES = r"""
- name: Restart if the running server differs from its file
  rampart.redis.redis_restart:
    reasons: "{{ configured.restart_required }}"
    files:
      - /etc/systemd/system/redis-server.service.d/50-rampart.conf
    tls: false
    login_after:
      login_user: operator
      login_password: "{{ operator_password }}"
      ca_certs: /etc/redis/tls/ca-cert.pem
"""

RETURN = r"""
restarted:
  description: Whether the server was restarted. False in check mode.
  returned: success
  type: bool
reasons:
  description: Why a restart was, or would be, needed.
  returned: success
  type: list
  elements: str
  sample: ["aclfile: running with none, wished is /etc/redis/users.acl"]
keys_before:
  description: Number of keys before the restart; null if it could not be asked.
  returned: success
  type: int
keys_after:
  description: Number of keys after the restart.
  returned: success
  type: int
"""

from typing import Any

from ..module_utils.collect.restarting import restart
from ..module_utils.glue import CONNECTION_SPEC, Request, Spec, run

SPEC: Spec = {
    **CONNECTION_SPEC,
    "unit": {"type": "str", "default": "redis-server.service"},
    "policy": {"type": "str", "choices": ["safe", "never", "force"], "default": "safe"},
    "config_file": {"type": "path"},
    "files": {"type": "list", "elements": "path", "default": []},
    "reasons": {"type": "list", "elements": "str", "default": []},
    "timeout": {"type": "float", "default": 300.0},
    "login_after": {
        "type": "dict",
        "options": {
            name: {key: value for key, value in option.items() if key != "default"}
            for name, option in CONNECTION_SPEC.items()
        },
    },
}


def work(request: Request) -> dict[str, Any]:
    """Decide, make the data safe, restart, compare."""
    return restart(request.params, check_mode=request.check_mode)


def main() -> None:
    """Run the module."""
    run(SPEC, work)


if __name__ == "__main__":
    main()
