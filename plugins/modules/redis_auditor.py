#!/usr/bin/python
# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Install the auditor as a program that runs without Ansible."""

from __future__ import annotations

DOCUMENTATION = r"""
module: redis_auditor
short_description: Installs the audit as a program that runs without Ansible
version_added: 0.1.0
author: The rampart.redis contributors (@rampart-redis)
description:
  - Writes the code of M(rampart.redis.redis_config_audit) as one executable archive, for a timer on the host.
  - The program takes the name of a file with options in JSON, shows the report, and writes it as text, JSON or metrics
    for Prometheus. Its exit status is 1 if the audit failed, and 2 if it could not be made.
  - It needs Python and the library C(redis) on the host, as the module does.
extends_documentation_fragment:
  - rampart.redis.attributes
options:
  path:
    description: The program. Its folder must be there.
    type: path
    default: /usr/local/lib/rampart/redis-audit.pyz
  owner:
    description: Owner and group of the program.
    type: str
    default: root
seealso:
  - module: rampart.redis.redis_config_audit
"""

EXAMPLES = r"""
- name: Install the auditor
  rampart.redis.redis_auditor:

- name: Run it
  ansible.builtin.command: /usr/local/lib/rampart/redis-audit.pyz /etc/rampart/redis-audit.json
  changed_when: false
"""

RETURN = r"""
path:
  description: The program.
  returned: success
  type: str
"""

from typing import Any

from ..module_utils.collect import scheduled
from ..module_utils.collect.archive import build, sources
from ..module_utils.glue import Request, run
from ..module_utils.host import FileWish, replace

_MODE = 0o755
SPEC: dict[str, Any] = {
    "path": {"type": "path", "default": "/usr/local/lib/rampart/redis-audit.pyz"},
    "owner": {"type": "str", "default": "root"},
}


def work(request: Request) -> dict[str, Any]:
    """Compare, and write what differs."""
    path, owner = request.params["path"], request.params["owner"]
    wish = FileWish(path, build(sources(), scheduled.__name__), _MODE, owner, owner)
    changed = not wish.is_met()
    if changed and not request.check_mode:
        replace([wish])
    shown = {"before_header": path, "after_header": path, "before": "", "after": "the auditor of this release\n"}
    return {"changed": changed, "path": path, "diff": shown if changed else {}}


def main() -> None:
    """Run the module."""
    run(SPEC, work)


if __name__ == "__main__":
    main()
