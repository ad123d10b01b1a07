#!/usr/bin/python
# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hand secrets over to a client program, in files."""

from __future__ import annotations

DOCUMENTATION = r"""
module: redis_handover
short_description: Write files with secrets for a client program, all or none
version_added: 0.1.0
author: The rampart.redis contributors (@rampart-redis)
description:
  - Writes several files at once, each atomically and with its mode from the first byte on. If one cannot be written,
    those already written are as they were.
  - Missing folders are made with mode 0700 and belong to O(owner).
  - No content is in the result or in the diff, which tell modes, owners, and whether the content is another.
extends_documentation_fragment:
  - rampart.redis.attributes
options:
  files:
    description: The files.
    type: list
    elements: dict
    required: true
    suboptions:
      path:
        description: Where.
        type: path
        required: true
      content:
        description: What.
        type: str
        required: true
      mode:
        description: Octal mode; nothing for others.
        type: str
        default: "0600"
  owner:
    description: Owner of the files, a name or a number. Default is the account that the task runs as.
    type: str
  group:
    description: Group of the files, a name or a number. Default is the group that the task runs as.
    type: str
seealso:
  - plugin: rampart.redis.redis_environment
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Hand over to the shop
  rampart.redis.redis_handover:
    files:
      - path: /etc/shop/redis.env
        content: "{{ 'shop' | rampart.redis.redis_environment(password=shop_password, host='10.0.0.5') }}"
    owner: shop
    group: shop
  no_log: true
"""

RETURN = r"""
plan:
  description: What was, or would be, written.
  returned: success
  type: list
  elements: str
  sample: ["/etc/shop/redis.env: is written, mode 0600"]
"""

from typing import Any

from ..module_utils.collect.handover import hand_over
from ..module_utils.glue import Request, Spec, run

SPEC: Spec = {
    "files": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": {
            "path": {"type": "path", "required": True},
            "content": {"type": "str", "required": True, "no_log": True},
            "mode": {"type": "str", "default": "0600"},
        },
    },
    "owner": {"type": "str"},
    "group": {"type": "str"},
}


def work(request: Request) -> dict[str, Any]:
    """Compare, write what differs."""
    return hand_over(request.params, check_mode=request.check_mode)


def main() -> None:
    """Run the module."""
    run(SPEC, work)


if __name__ == "__main__":
    main()
