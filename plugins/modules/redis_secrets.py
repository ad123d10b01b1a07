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
  - While a password is rotated it has a second file. The file C(NAME) always holds the one for clients, which servers
    accept. C(NAME.next) is made and not in use yet, C(NAME.old) is still accepted beside it, C(NAME.retired) is no
    longer accepted and about to be removed. Whatever a run dies at, the next one goes on from the files it finds.
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
  create:
    description: Make those that are missing. With V(false) a missing one is an error.
    type: bool
    default: true
  rotating:
    description: Names, out of O(names), for which O(step) is taken.
    type: list
    elements: str
    default: []
  step:
    description:
      - One step of a rotation. A step that was taken before is not taken again, one that would skip another is refused.
      - V(make) makes a second secret, unless there is one, old or new.
      - V(promote) puts the second one to use; the one before becomes the old one. All servers must accept it by then.
      - V(retire) ends the time of the old one. From then on it is not in RV(accepted).
      - V(forget) removes it. No server may accept it by then.
    type: str
    choices: [make, promote, retire, forget]
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

- name: Make a second password for the shop, beside the one in use
  rampart.redis.redis_secrets:
    path: ~/.rampart/redis/secrets
    names: [shop]
    create: false
    rotating: [shop]
    step: make
  delegate_to: localhost
  no_log: true
  register: rotated

- name: Show how to put both together
  ansible.builtin.set_fact:
    all_secrets: "{{ made.secrets | combine(vaulted_passwords) }}"
  no_log: true
"""

RETURN = r"""
secrets:
  description: Value by name, for each of O(names) that is not in O(provided). It is the one for clients.
  returned: always
  type: dict
accepted:
  description: List of all values that servers shall accept, by name; the one for clients comes first.
  returned: always
  type: dict
next:
  description: The second value, by name, where one was made and is not in use yet.
  returned: always
  type: dict
stages:
  description: How far the rotation is, by name. One of V(none), V(made), V(open), V(retiring).
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

from ..module_utils.acl.rotation import STEPS
from ..module_utils.collect.secret_files import Wish, check_provided, read_or_make
from ..module_utils.glue import Request, Spec, run

SPEC: Spec = {
    "path": {"type": "path", "required": True},
    "names": {"type": "list", "elements": "str", "default": []},
    "create": {"type": "bool", "default": True},
    "rotating": {"type": "list", "elements": "str", "default": []},
    "step": {"type": "str", "choices": list(STEPS)},
    "provided": {"type": "dict", "default": {}, "no_log": True},
}


def work(request: Request) -> dict[str, Any]:
    """Check what is provided, read or make the rest, take the step."""
    params = request.params
    check_provided(params["provided"])
    names = [name for name in params["names"] if name not in params["provided"]]
    wish = Wish(names, params["create"], params["step"], params["rotating"])
    found = read_or_make(params["path"], wish, check_mode=request.check_mode)
    diff = {"before": "", "after": "".join(f"{text}\n" for text in found.plan)}
    return {"changed": bool(found.plan), "diff": diff, **vars(found)}


def main() -> None:
    """Run the module."""
    run(SPEC, work)


if __name__ == "__main__":
    main()
