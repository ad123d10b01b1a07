#!/usr/bin/python
# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Save the state of a server and its host, and put it back."""

from __future__ import annotations

DOCUMENTATION = r"""
module: redis_undo
short_description: Save the state of a Redis or Valkey server before it is changed, and put it back
version_added: 0.1.0
author: The rampart.redis contributors (@rampart-redis)
description:
  - With O(state=saved) it saves, once and on the host, the files in O(paths) with modes and owners, or the fact that
    they are not there, mode and owner of what lies in O(modes), the running values and users, and a snapshot of the
    data that was checked by the server's own program. A checkpoint is complete or not there at all.
  - With O(state=restored) it puts all of it back, restarts the server without losing a key, sets once more what had
    been set at run time only, and files the checkpoint away, together with the files it replaced.
  - Nothing is put back from a damaged checkpoint, and where the server cannot be restarted safely the files stay.
extends_documentation_fragment:
  - rampart.redis.attributes
  - rampart.redis.connection
options:
  state:
    description: V(saved) makes a checkpoint unless there is one; V(restored) puts it back if there is one.
    type: str
    choices: [saved, restored]
    required: true
  path:
    description: The folder of the checkpoint. It is made for root only, for the checkpoint holds secrets and data.
    type: path
    required: true
  unit:
    description: Name of the systemd unit.
    type: str
    default: redis-server.service
  config_file:
    description: Path of the configuration file, which is always saved. Default is the one on the unit's command line.
    type: path
  paths:
    description: Files, and folders with all that is in them, that are saved or that are not there yet.
    type: list
    elements: path
    default: []
  modes:
    description: Folders of which, and of what lies directly in them, mode and owner are saved.
    type: list
    elements: path
    default: []
  kernel:
    description: Names of kernel values whose running value is saved.
    type: list
    elements: str
    default: []
  policy:
    description:
      - V(safe) restarts only if no key is lost, as in M(rampart.redis.redis_restart).
      - V(force) restarts without this condition.
    type: str
    choices: [safe, force]
    default: safe
  data:
    description:
      - Whether the data, too, becomes what it was. All keys written since are then gone from the server; their snapshot
        is kept in the archive.
    type: bool
    default: false
  timeout:
    description: Seconds to wait for a snapshot, for a restart, and for the server to read its data, each.
    type: float
    default: 600.0
seealso:
  - module: rampart.redis.redis_restart
"""

EXAMPLES = r"""
- name: Save what there is before the first change
  rampart.redis.redis_undo:
    state: saved
    path: /var/lib/rampart/undo/redis-server
    paths:
      - /etc/redis/users.acl
      - /etc/redis/tls
    modes:
      - /etc/redis
    tls: false

- name: Put it back
  rampart.redis.redis_undo:
    state: restored
    path: /var/lib/rampart/undo/redis-server
    login_user: operator
    login_password: "{{ operator_password }}"
    ca_certs: /etc/redis/tls/ca-cert.pem
    client_cert_file: /etc/redis/tls/operator-cert.pem
    client_key_file: /etc/redis/tls/operator-key.pem
"""

RETURN = r"""
checkpoint:
  description: The folder of the checkpoint.
  returned: success
  type: str
reason:
  description: Why nothing was done; null if something was.
  returned: success
  type: str
  sample: there is a checkpoint already
plan:
  description: What is put back, by path.
  returned: O(state=restored), and there is a checkpoint
  type: list
  elements: str
  sample: ["/etc/redis/users.acl: is removed", "/etc/redis/redis.conf: the file as it was"]
archive:
  description: Where the checkpoint, and the files that were replaced, lie now.
  returned: O(state=restored), when it was put back
  type: str
keys_before:
  description: Number of keys before the restart; null if the server did not run.
  returned: O(state=restored), when it was put back
  type: int
keys_after:
  description: Number of keys after the restart.
  returned: O(state=restored), when it was put back
  type: int
"""

from typing import Any

from ..module_utils.collect.checkpoints import save
from ..module_utils.collect.undoing import restore
from ..module_utils.glue import CONNECTION_SPEC, Request, Spec, run

PATHS: Spec = {"type": "list", "elements": "path", "default": []}
SPEC: Spec = {
    **CONNECTION_SPEC,
    "state": {"type": "str", "choices": ["saved", "restored"], "required": True},
    "path": {"type": "path", "required": True},
    "unit": {"type": "str", "default": "redis-server.service"},
    "config_file": {"type": "path"},
    "paths": PATHS,
    "modes": PATHS,
    "kernel": {"type": "list", "elements": "str", "default": []},
    "policy": {"type": "str", "choices": ["safe", "force"], "default": "safe"},
    "data": {"type": "bool", "default": False},
    "timeout": {"type": "float", "default": 600.0},
}


def work(request: Request) -> dict[str, Any]:
    """Save or put back."""
    do = save if request.params["state"] == "saved" else restore
    return do(request.params, check_mode=request.check_mode)


def main() -> None:
    """Run the module."""
    run(SPEC, work)


if __name__ == "__main__":
    main()
