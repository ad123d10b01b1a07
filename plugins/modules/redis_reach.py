#!/usr/bin/python
# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which ports can be reached from here."""

from __future__ import annotations

DOCUMENTATION = r"""
module: redis_reach
short_description: Try which ports can be reached from this host
version_added: 0.1.0
author: The rampart.redis contributors (@rampart-redis)
description:
  - Opens a TCP connection to each of the targets, all at the same time, and closes it again. Nothing is sent.
  - That a port cannot be reached is an outcome and no error.
extends_documentation_fragment:
  - rampart.redis.attributes.info
options:
  targets:
    description: What to try.
    type: list
    elements: dict
    required: true
    suboptions:
      address:
        description: An address; names are not looked up.
        type: str
        required: true
      port:
        description: A port.
        type: int
        required: true
  timeout:
    description: Seconds to wait for an answer. A lost packet is sent again after one second, by the system.
    type: float
    default: 3.0
seealso:
  - module: rampart.redis.redis_firewall
"""

EXAMPLES = r"""
- name: See what a stranger reaches
  rampart.redis.redis_reach:
    targets:
      - address: 10.10.1.10
        port: 6379
  register: seen
"""

RETURN = r"""
outcomes:
  description:
    - For each target its C(address), C(port) and C(outcome), and C(source), the address from which it was tried; empty
      when there was none.
    - An outcome is C(open), C(refused) (an answer came that nobody listens), C(timeout) (no answer came) or
      C(unreachable) (there is no way, or a rule on this host forbids it).
  returned: success
  type: list
  elements: dict
  sample: [{address: 10.10.1.10, port: 6379, outcome: timeout, source: 10.10.1.99}]
"""

from typing import Any

from ..module_utils.collect.reaching import reach
from ..module_utils.glue import Request, Spec, run

SPEC: Spec = {
    "targets": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": {"address": {"type": "str", "required": True}, "port": {"type": "int", "required": True}},
    },
    "timeout": {"type": "float", "default": 3.0},
}


def work(request: Request) -> dict[str, Any]:
    """Try."""
    return reach(request.params)


def main() -> None:
    """Run the module."""
    run(SPEC, work)


if __name__ == "__main__":
    main()
