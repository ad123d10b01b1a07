#!/usr/bin/python
# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find out who is connected, and wait until a door can be closed."""

from __future__ import annotations

DOCUMENTATION = r"""
module: redis_clients_info
short_description: Find out who is connected to a Redis or Valkey server, and who would be cut off
version_added: 0.1.0
author: The rampart.redis contributors (@rampart-redis)
description:
  - Lists the connections with address, ACL user, door (plaintext, TLS, unix socket), name, library, last command and
    idle time, and says which of them closing a door would cut off. Changes nothing.
  - With O(drain_timeout) it waits until those have gone. A connection that idles in a pool counts as a client.
  - The module's own connection and replication links are listed, but never counted as clients to be cut off.
  - A door is known by the port of the connection, which servers tell from 6.2 on; before, only the user counts.
extends_documentation_fragment:
  - rampart.redis.attributes.info
  - rampart.redis.connection
options:
  closing:
    description:
      - What is going to be closed. V(plaintext) is every connection by TCP that did not come in through the TLS port,
        V(default_user) every connection of the user C(default), through whatever door.
    type: list
    elements: str
    choices: [plaintext, default_user]
    default: [plaintext, default_user]
  drain_timeout:
    description:
      - Seconds to wait until nobody is left who would be cut off. The module then returns; it does not fail when some
        remain, see RV(cut_off).
      - Nobody must be seen four times within a second, since a client without a pool connects for each request.
      - With V(0) there is one look.
    type: float
    default: 0.0
"""

EXAMPLES = r"""
- name: See who would lose the server
  rampart.redis.redis_clients_info:
    tls: false
  register: seen

- name: Wait up to a minute until nobody works as default
  rampart.redis.redis_clients_info:
    closing: [default_user]
    drain_timeout: 60
    login_user: operator
    login_password: "{{ operator_password }}"
    ca_certs: /etc/redis/tls/ca-cert.pem
    client_cert_file: /etc/redis/tls/operator-cert.pem
    client_key_file: /etc/redis/tls/operator-key.pem
  register: seen
  failed_when: seen.cut_off | length > 0
"""

RETURN = r"""
clients:
  description: One entry for each connection.
  returned: success
  type: list
  elements: dict
  contains:
    ident:
      description: The server's number of the connection.
      type: str
    address:
      description: Address and port of the client, or the path of the unix socket.
      type: str
    user:
      description: ACL user.
      type: str
    transport:
      description: V(plaintext), V(TLS), V(unix socket), or V(unknown) before 6.2.
      type: str
    name:
      description: What the client calls itself.
      type: str
    library:
      description: Name and version of the client library, from 7.2 on.
      type: str
    command:
      description: The latest command.
      type: str
    idle:
      description: Seconds since the latest command.
      type: int
    age:
      description: Seconds since the connection was made.
      type: int
    is_own:
      description: Whether it is the module's own.
      type: bool
    is_link:
      description: Whether it is a replication link.
      type: bool
    is_cut_off:
      description: Whether O(closing) would cut it off.
      type: bool
groups:
  description: >-
    The connections that differ only in their port, put together, with the number of them in C(connections) and
    C(command) and C(idle) of the latest.
  returned: success
  type: list
  elements: dict
  sample:
    - host: 10.0.0.7
      user: default
      transport: plaintext
      name: web
      library: ""
      connections: 5
      command: get
      idle: 2
      is_own: false
      is_link: false
      is_cut_off: true
cut_off:
  description: A sentence for each group that would be cut off.
  returned: success
  type: list
  elements: str
  sample: ["10.0.0.7 as default in plaintext, name web, 5 connections, last command get 2 s ago"]
table:
  description: The groups as lines of a table.
  returned: success
  type: list
  elements: str
"""

from typing import Any

from ..module_utils.clients.connections import DEFAULT_USER, PLAINTEXT
from ..module_utils.collect.connected import look
from ..module_utils.glue import CONNECTION_SPEC, Request, Spec, run

SPEC: Spec = {
    **CONNECTION_SPEC,
    "closing": {
        "type": "list",
        "elements": "str",
        "choices": [PLAINTEXT, DEFAULT_USER],
        "default": [PLAINTEXT, DEFAULT_USER],
    },
    "drain_timeout": {"type": "float", "default": 0.0},
}


def work(request: Request) -> dict[str, Any]:
    """Look, and look again until the time is over."""
    return look(request.params)


def main() -> None:
    """Run the module."""
    run(SPEC, work)


if __name__ == "__main__":
    main()
