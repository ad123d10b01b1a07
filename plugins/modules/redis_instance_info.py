#!/usr/bin/python
# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find out which server runs here and how to get in."""

from __future__ import annotations

DOCUMENTATION = r"""
module: redis_instance_info
short_description: Find out which Redis or Valkey server runs on a host, and how to get in
version_added: 0.1.0
author: The rampart.redis contributors (@rampart-redis)
description:
  - Reads the systemd unit, the process, the configuration file and, where a door opens, the running server.
  - The doors are tried in this order, TLS (if O(ca_certs) is given), plaintext, unix socket. At each, a bare C(PING)
    tells whether a login is needed. A login is only tried where the server asks for one, or where the user is known to
    exist, so right credentials never leave a failed login in the server's ACL log.
  - Nothing is an error that a host without a server, or a task without root, would show. What is not known is null.
extends_documentation_fragment:
  - rampart.redis.attributes.info
  - rampart.redis.connection
options:
  unit:
    description: Name of the systemd unit. Needed where several servers run.
    type: str
  config_file:
    description: Path of the configuration file. Default is the one on the unit's command line.
    type: path
  current_password:
    description:
      - Password of the default user on a server that is not hardened yet (C(requirepass)). Tried where the server asks
        for a login, and before O(login_user) unless an ACL file names that user.
    type: str
notes:
  - O(login_host) and O(login_port) only count where the host does not show the server's sockets; O(tls) and
    O(login_unix_socket) add to the doors that are tried.
"""

EXAMPLES = r"""
- name: Look
  rampart.redis.redis_instance_info:
    unit: redis-server.service
    login_user: operator
    login_password: "{{ operator_password }}"
    ca_certs: /etc/redis/tls/ca-cert.pem
    client_cert_file: /etc/redis/tls/operator-cert.pem
    client_key_file: /etc/redis/tls/operator-key.pem
  register: found

- name: Use the door that was found
  rampart.redis.redis_config:
    directives:
      maxclients: 10000
    login_host: "{{ found.instance.login.login_host }}"
    login_port: "{{ found.instance.login.login_port }}"
    tls: "{{ found.instance.login.tls }}"
"""

RETURN = r"""
instance:
  description: What was found; null where it is not known.
  returned: success
  type: dict
  contains:
    installed:
      description: Whether there is a server program.
      type: bool
    product:
      description: V(redis) or V(valkey).
      type: str
    version:
      description: Version of the running server, or else of the program.
      type: str
      sample: 7.0.15
    binary:
      description: Path of the program.
      type: str
    unit:
      description: Name of the systemd unit.
      type: str
    service_user:
      description: Account of the unit.
      type: str
    service_group:
      description: Group of the unit.
      type: str
    config_file:
      description: Path of the configuration file.
      type: str
    data_dir:
      description: Directory of the data.
      type: str
    running:
      description: Whether there is a process.
      type: bool
    pid:
      description: Its number.
      type: int
    started_at:
      description: When it was started, in seconds since 1970.
      type: float
    role:
      description: V(master) or V(slave), as the server says it.
      type: str
    connected_replicas:
      description: Number of replicas.
      type: int
    primary:
      description: Host and port of the server it replicates from.
      type: str
    mode:
      description: V(standalone), V(cluster) or V(sentinel).
      type: str
    cluster_enabled:
      description: Whether it is a cluster node.
      type: bool
    loading:
      description: Whether it still reads its data.
      type: bool
    key_count:
      description: Number of keys in all databases.
      type: int
    used_memory:
      description: Bytes the server uses.
      type: int
    config_free:
      description: Bytes that may still be written in the folder of the configuration file.
      type: int
    read_only:
      description: Those of the folders of configuration, data and unit drop-ins whose file system is mounted read-only.
      type: list
      elements: str
    data_free:
      description: Bytes that the service account may still write in the directory of the data.
      type: int
    other_clients:
      description: Number of connections besides the module's.
      type: int
    sentinel_clients:
      description: How many of these are of a Sentinel.
      type: int
    other_servers:
      description: Further servers of this host, by process and unit.
      type: list
      elements: str
    containers:
      description: Servers in containers of this host, by process.
      type: list
      elements: str
    port:
      description: Plaintext port, 0 for none.
      type: int
    tls_port:
      description: TLS port, 0 for none.
      type: int
    bind:
      description: Addresses.
      type: list
      elements: str
    unix_socket:
      description: Path of the unix socket.
      type: str
    aclfile:
      description: Path of the ACL file that the running server uses.
      type: str
    renamed_commands:
      description: Commands that the configuration file renames.
      type: list
      elements: str
    users:
      description: Names of the users of the running server.
      type: list
      elements: str
    library:
      description: Whether the Python library is there with which a server can be asked.
      type: bool
    requirepass:
      description: Whether the configuration file sets a password for the default user.
      type: bool
    default_user_open:
      description: Whether the server serves clients that do not log in.
      type: bool
    default_user_on:
      description: Whether the user C(default) can be used at all, with a password or without.
      type: bool
    login:
      description: The door that lets the module in, as options of the other modules; never with a password.
      type: dict
      sample: {login_host: 127.0.0.1, login_port: 6379, login_user: operator, tls: true}
reasons:
  description: What was said at the doors that did not open.
  returned: success
  type: list
  elements: str
"""

from typing import Any

from ..module_utils.collect import instance
from ..module_utils.glue import CONNECTION_SPEC, Request, Spec, run

SPEC: Spec = {
    **CONNECTION_SPEC,
    "unit": {"type": "str"},
    "config_file": {"type": "path"},
    "current_password": {"type": "str", "no_log": True},
}


def work(request: Request) -> dict[str, Any]:
    """Look at the host, then at the server."""
    site = instance.look(request.params["unit"], request.params["config_file"])
    with instance.door(site, request.params) as way:
        return {
            "changed": False,
            "instance": instance.facts(site, way),
            "reasons": way.reasons,
            "warnings": site.warnings,
        }


def main() -> None:
    """Run the module."""
    run(SPEC, work)


if __name__ == "__main__":
    main()
