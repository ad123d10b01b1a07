#!/usr/bin/python
# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prepare the host of a server: account, modes, files, kernel values."""

from __future__ import annotations

DOCUMENTATION = r"""
module: redis_host
short_description: Prepare the host of a Redis or Valkey server in one task
version_added: 0.1.0
author: The rampart.redis contributors (@rampart-redis)
description:
  - Takes the shell from the service account, closes folders to other accounts, writes files such as a systemd drop-in,
    and sets kernel values. What is as wished is not touched.
  - One task instead of one for each of these, since most runs find nothing to do.
  - Never restarts or reloads anything.
extends_documentation_fragment:
  - rampart.redis.attributes
options:
  account:
    description: Account that gets the shell C(/usr/sbin/nologin). A system account is made if there is none.
    type: str
  private:
    description:
      - Folders that are closed to other accounts, and so is what lies directly in them. Owners and groups keep what
        they may. Links are not followed. A folder that is not there is no error.
    type: list
    elements: path
    default: []
  files:
    description:
      - Files with the mode 0644. A folder that is missing is made; one that others own or may write is taken back,
        since they would decide what is in the file.
    type: list
    elements: dict
    default: []
    suboptions:
      path:
        description: Where.
        type: path
        required: true
      content:
        description: What.
        type: str
        required: true
      owner:
        description: Owner of the file and of its folder.
        type: str
        default: root
      group:
        description: Group of the file and of its folder.
        type: str
        default: root
  kernel:
    description:
      - Running kernel values by their sysctl name. Values that this kernel does not have are ignored; those that cannot
        be set here are in RV(kernel_left).
    type: dict
    default: {}
seealso:
  - module: rampart.redis.redis_undo
"""

EXAMPLES = r"""
- name: Prepare the host
  rampart.redis.redis_host:
    account: redis
    private: [/etc/redis, /var/lib/redis, /var/log/redis]
    files:
      - path: /etc/systemd/system/redis-server.service.d/50-local.conf
        content: |
          [Service]
          LimitCORE=0
    kernel:
      vm.overcommit_memory: 1
"""

RETURN = r"""
plan:
  description: What was, or would be, changed.
  returned: success
  type: list
  elements: str
  sample: [account redis, /var/log/redis, vm.overcommit_memory]
kernel_left:
  description: Kernel values that differ and cannot be set here, as in a container.
  returned: success
  type: list
  elements: str
  sample: [vm.overcommit_memory]
"""

from typing import Any

from ..module_utils.collect.preparing import prepare
from ..module_utils.glue import Request, Spec, run

SPEC: Spec = {
    "account": {"type": "str"},
    "private": {"type": "list", "elements": "path", "default": []},
    "files": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "path": {"type": "path", "required": True},
            "content": {"type": "str", "required": True},
            "owner": {"type": "str", "default": "root"},
            "group": {"type": "str", "default": "root"},
        },
    },
    "kernel": {"type": "dict", "default": {}},
}


def work(request: Request) -> dict[str, Any]:
    """Compare everything, change what differs."""
    return prepare(request.params, check_mode=request.check_mode)


def main() -> None:
    """Run the module."""
    run(SPEC, work)


if __name__ == "__main__":
    main()
