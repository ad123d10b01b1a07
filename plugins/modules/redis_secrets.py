#!/usr/bin/python
# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets of a deployment, made once and kept on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
module: redis_secrets
author: The rampart.redis contributors (@rampart-redis)
version_added: 0.1.0
short_description: Make secrets once and keep them in files of the controller
description:
  - Keeps one secret per name in a folder that only its owner can enter. A missing one is made, with 256 random bits.
  - Secrets that exist are read and checked. Empty ones, placeholders, variables that were never filled in and anything
    below 128 bits are refused.
  - Meant to run on the controller, delegated to localhost and with C(no_log), since RV(secrets) are returned in clear.
  - In check mode nothing is written; a secret that is missing is then a throwaway value.
extends_documentation_fragment:
  - rampart.redis.attributes
options:
  path:
    description: Folder of the secrets. It is made with mode 0700, and so are missing parents.
    type: path
    required: true
  names:
    description: Names of the secrets, which are also names of files.
    type: list
    elements: str
    default: []
  provided:
    description:
      - Secrets by name that come from elsewhere, such as Ansible Vault. Each is a text, or a list of texts while a
        password is rotated.
      - They are checked like all others and never written. They are not returned, since Ansible blots them out of every
        result; see the examples.
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: Make or read the secrets
  rampart.redis.redis_secrets:
    path: ~/.rampart/redis/secrets
    names: [operator, auditor, shop]
    provided: "{{ vaulted_passwords }}"
  delegate_to: localhost
  no_log: true
  register: made

- name: Show how to put both together
  ansible.builtin.set_fact:
    all_secrets: "{{ made.secrets | combine(vaulted_passwords) }}"
  no_log: true
"""

RETURN = r"""
secrets:
  description: Value by name, for each of O(names) that is not in O(provided).
  returned: always
  type: dict
plan:
  description: What was, or would be, made or corrected. No value is in it.
  returned: always
  type: list
  elements: str
  sample: ['/home/me/.rampart/redis/secrets/operator: is made, mode 0600']
"""

from typing import Any

from ..module_utils.collect.secret_files import check_provided, read_or_make
from ..module_utils.glue import Request, Spec, run

SPEC: Spec = {
    "path": {"type": "path", "required": True},
    "names": {"type": "list", "elements": "str", "default": []},
    "provided": {"type": "dict", "default": {}, "no_log": True},
}


def work(request: Request) -> dict[str, Any]:
    """Check what is provided, read or make the rest."""
    provided = request.params["provided"]
    check_provided(provided)
    wanted = [name for name in request.params["names"] if name not in provided]
    found = read_or_make(request.params["path"], wanted, check_mode=request.check_mode)
    return {"changed": bool(found.plan), "secrets": found.secrets, "plan": found.plan}


def main() -> None:
    """Run the module."""
    run(SPEC, work)


if __name__ == "__main__":
    main()
