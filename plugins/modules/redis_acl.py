#!/usr/bin/python
# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users of a Redis or Valkey server as data."""

from __future__ import annotations

DOCUMENTATION = r"""
module: redis_acl
author: The rampart.redis contributors (@rampart-redis)
version_added: 0.1.0
short_description: Access control of a Redis or Valkey server, exact and explained
description:
  - Brings ACL users into the wished state, on the running server, in its ACL file, or both.
  - Compares permissions, not texts. Ordered rules of both sides are expanded with the server's own command table into
    the set of allowed commands, so a rule that the server renders in another way is no change, and check mode is true.
  - Before anything changes, the host's own server binary loads the staged users in a throwaway process and answers
    O(assertions).
  - Users that changed are set by one command each. C(ACL LOAD) and C(ACL SAVE) are never used. After it the users are
    read back and compared, and every changed user whose password is known logs in. On failure the old file and the old
    users come back.
  - Refuses to remove or cripple the user it is logged in as, and to leave nobody who can administer, unless
    O(force=true).
extends_documentation_fragment:
  - rampart.redis.attributes
  - rampart.redis.connection
options:
  users:
    description:
      - Users as they shall be. Those not listed stay as they are, see O(purge).
      - The user V(default) is switched off by listing it with O(users[].enabled=false).
      - A listed user has exactly the rights given here; without any it can do nothing.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Name, without blanks or quotes.
        type: str
        required: true
      enabled:
        description: Whether the user can log in.
        type: bool
        default: true
      passwords:
        description: Passwords, any of which lets the user in. Two of them are a rotation window. Only hashes are kept.
        type: list
        elements: str
      password_hashes:
        description: SHA-256 hashes of passwords, 64 lower case hex digits each.
        type: list
        elements: str
      nopass:
        description: Let anybody in as this user, with any password.
        type: bool
        default: false
      keys:
        description:
          - Patterns of keys, each a string or a dictionary with V(pattern) and V(access) (V(all), V(read) or V(write)).
          - Read and write patterns need Redis 7.0.
        type: list
        elements: raw
      channels:
        description: Patterns of channels.
        type: list
        elements: str
      commands:
        description: Rules for commands in order, such as V(+@read), V(-flushall), V(+config|get).
        type: list
        elements: str
      selectors:
        description:
          - Further sets of rights; a call is allowed if any of them, or the user itself, allows it. Needs Redis 7.0.
        type: list
        elements: dict
        suboptions:
          keys:
            description: Like O(users[].keys).
            type: list
            elements: raw
          channels:
            description: Like O(users[].channels).
            type: list
            elements: str
          commands:
            description: Like O(users[].commands).
            type: list
            elements: str
      rules:
        description:
          - Raw rules instead of O(users[].keys), O(users[].channels) and O(users[].commands), without passwords.
        type: str
      keep_rights:
        description:
          - Change the passwords only. Rights, and whether the user is on, stay as the server has them.
          - The user must exist.
        type: bool
        default: false
      trusted:
        description: The power of this user is intended; do not warn about it.
        type: bool
        default: false
      state:
        description: Whether the user shall be there. V(default) cannot be removed.
        type: str
        choices: [present, absent]
        default: present
  purge:
    description: Remove users that are not listed, except V(default) and the user the module is logged in as.
    type: bool
    default: false
  aclfile:
    description:
      - ACL file of the server, written when O(apply) is V(file) or V(both).
      - It always holds every user of the server, V(default) included, and hashes instead of passwords.
    type: path
    default: /etc/redis/users.acl
  apply:
    description:
      - Where to apply the users. With V(file) the running server is only read; users that are not listed come from it.
    type: str
    choices: [live, file, both]
    default: both
  assertions:
    description: What users must be able to do and must not; checked before anything changes.
    type: list
    elements: dict
    default: []
    suboptions:
      user:
        description: Name of a user that is listed or on the server.
        type: str
        required: true
      allow:
        description: Calls that must be allowed, with arguments, such as V(GET app:1).
        type: list
        elements: str
      deny:
        description: Calls that must be refused.
        type: list
        elements: str
  update_password:
    description: V(on_create) leaves the passwords of users that exist as they are.
    type: str
    choices: [always, on_create]
    default: always
  kill_clients:
    description:
      - Close open connections of users that lose rights or a password, or that are listed and switched off. What a
        connection may call changes at once in any case; but a server lets those live that came in by a password that is
        gone, or as a user that is switched off, and those that already watch (C(MONITOR)) go on watching.
      - Replication links and the module's own connection are left alone.
    type: bool
    default: false
  ages_dir:
    description:
      - Folder on the host for a record of since when each password is known, from which the audit tells its age. It is
        for the module's account only, and holds neither passwords nor their hashes, but digests of hashes.
      - Without it nothing is recorded.
    type: path
  force:
    description: Do it even if it locks the module out, or leaves nobody who can administer.
    type: bool
    default: false
  binary:
    description: Server binary that validates. By default C(redis-server) or C(valkey-server) of the host.
    type: path
  service_user:
    description: Account the validating process runs as, when the module runs as root.
    type: str
  owner:
    description: Owner of O(aclfile).
    type: str
    default: root
  group:
    description: Group of O(aclfile); the server must be able to read it.
    type: str
    default: redis
  mode:
    description: Mode of O(aclfile), octal.
    type: str
    default: '0640'
"""

EXAMPLES = r"""
- name: An application that reaches its own keys only, live and in the file
  rampart.redis.redis_acl:
    login_user: operator
    login_password: "{{ operator_password }}"
    ca_certs: /etc/redis/tls/ca-cert.pem
    users:
      - name: shop
        passwords: ["{{ shop_password }}"]
        keys: ['shop:*', {pattern: 'catalogue:*', access: read}]
        commands: ['+@string', '+@hash', '-@dangerous', '+ping']
    assertions:
      - user: shop
        allow: ['GET shop:1', 'GET catalogue:1']
        deny: ['SET catalogue:1 x', 'FLUSHALL', 'CONFIG GET requirepass']

- name: Nobody comes in without a login, and who is in goes out
  rampart.redis.redis_acl:
    login_user: operator
    login_password: "{{ operator_password }}"
    ca_certs: /etc/redis/tls/ca-cert.pem
    users:
      - name: default
        enabled: false
    kill_clients: true
"""

RETURN = r"""
plan:
  description: What changes, one sentence for each user. Passwords and hashes never appear.
  returned: always
  type: list
  elements: str
  sample:
    - >-
      shop: loses CONFIG SET, FLUSHALL, FLUSHDB, KEYS and 12 more of @dangerous; gains read on cache:*; password changed
      (1 added, 1 removed)
    - 'legacy: is removed'
diff:
  description:
    - The users of the running server, and those of the file, before and after; without hashes. A user who may do the
      same in other words is no difference.
    - The plan is shown below it.
  returned: always
  type: list
  elements: dict
users:
  description: All users as they are, or would be, in the form of an ACL file, with each hash shown as C(#********).
  returned: always
  type: list
  elements: str
validated:
  description:
    - Whether a server accepted the users; the binary of the host in a rehearsal, or the running server itself where
      nothing changes.
  returned: always
  type: bool
reason:
  description: Why RV(validated) is false.
  returned: always
  type: str
warnings:
  description:
    - What a careful reader should know, each with the reason. About the listed users that are on and not
      O(users[].trusted) it says who may escalate (C(CONFIG SET), C(ACL SETUSER), C(MODULE LOAD), C(REPLICAOF) ...), who
      reaches all keys, has rights by denying some of C(+@all), may run scripts, or has more than 10 patterns or 3
      selectors; and whose password is missing, weak, or that of another user too.
    - About the server it says whether it reads another ACL file, or none.
  returned: when there are any
  type: list
  elements: str
verified:
  description: Whether the users were read back from the running server and are as wished.
  returned: always
  type: bool
killed:
  description: Connections that were closed, as C(user (id)).
  returned: always
  type: list
  elements: str
"""

from typing import Any

from ..module_utils.collect.acl_job import carry_out
from ..module_utils.glue import CONNECTION_SPEC, Request, Spec, run

RIGHTS: Spec = {
    "keys": {"type": "list", "elements": "raw", "no_log": False},
    "channels": {"type": "list", "elements": "str"},
    "commands": {"type": "list", "elements": "str"},
}
USER: Spec = {
    "name": {"type": "str", "required": True},
    "enabled": {"type": "bool", "default": True},
    "passwords": {"type": "list", "elements": "str", "no_log": True},
    "password_hashes": {"type": "list", "elements": "str", "no_log": True},
    "nopass": {"type": "bool", "default": False},
    **RIGHTS,
    "selectors": {"type": "list", "elements": "dict", "options": RIGHTS},
    "rules": {"type": "str"},
    "keep_rights": {"type": "bool", "default": False},
    "trusted": {"type": "bool", "default": False},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}
CALLS: Spec = {"type": "list", "elements": "str"}
SPEC: Spec = {
    **CONNECTION_SPEC,
    "users": {"type": "list", "elements": "dict", "default": [], "options": USER},
    "purge": {"type": "bool", "default": False},
    "aclfile": {"type": "path", "default": "/etc/redis/users.acl"},
    "apply": {"type": "str", "choices": ["live", "file", "both"], "default": "both"},
    "assertions": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {"user": {"type": "str", "required": True}, "allow": CALLS, "deny": CALLS},
    },
    "update_password": {"type": "str", "choices": ["always", "on_create"], "default": "always", "no_log": False},
    "kill_clients": {"type": "bool", "default": False},
    "ages_dir": {"type": "path"},
    "force": {"type": "bool", "default": False},
    "binary": {"type": "path"},
    "service_user": {"type": "str"},
    "owner": {"type": "str", "default": "root"},
    "group": {"type": "str", "default": "redis"},
    "mode": {"type": "str", "default": "0640"},
}


def work(request: Request) -> dict[str, Any]:
    """Hand over to the job."""
    return carry_out(request.params, check_mode=request.check_mode)


def main() -> None:
    """Run the module."""
    run(SPEC, work)


if __name__ == "__main__":
    main()
