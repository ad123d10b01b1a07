#!/usr/bin/python
# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make a running server present the certificate in its file."""

from __future__ import annotations

DOCUMENTATION = r"""
module: redis_tls_reload
short_description: Makes a running Redis server present the certificate in its file
version_added: 0.1.0
author: The rampart.redis contributors (@rampart-redis)
description:
  - Shakes hands with the TLS port and compares the certificate it presents with the one in the file. If they differ,
    tells the server to load its files again, and shakes hands once more to prove it.
  - Connections that are open stay open. No restart.
  - Compares states, so a reload that was missed because a run broke off is made up for by the next run.
  - Logs in only when there is something to do. Needs the right to C(CONFIG GET) and C(CONFIG SET) then.
extends_documentation_fragment:
  - rampart.redis.attributes
  - rampart.redis.connection
options:
  cert_file:
    description: File of the certificate, at the path the server is configured with.
    type: path
    required: true
  key_file:
    description: File of its private key, at the path the server is configured with.
    type: path
    required: true
  address:
    description: Address of the TLS port. It is one of the names in the certificate.
    type: str
    default: 127.0.0.1
  port:
    description: The TLS port. With V(0) there is nothing to do.
    type: int
    required: true
seealso:
  - module: rampart.redis.redis_tls_cert
"""

EXAMPLES = r"""
- name: Present the renewed certificate
  rampart.redis.redis_tls_reload:
    cert_file: /etc/redis/tls/redis-server-cert.pem
    key_file: /etc/redis/tls/redis-server-key.pem
    port: 6379
    login_user: operator
    login_password: "{{ operator_password }}"
    ca_certs: /etc/redis/tls/ca-cert.pem
    client_cert_file: /etc/redis/tls/operator-cert.pem
    client_key_file: /etc/redis/tls/operator-key.pem
"""

RETURN = r"""
reason:
  description: Why the server loaded its files again, or why not.
  returned: success
  type: str
  sample: the port presents another certificate than the one in the file
presented:
  description: Fingerprint (SHA-256) of the certificate the port presented at first.
  returned: when something listens
  type: str
fingerprint:
  description: Fingerprint (SHA-256) of the certificate in the file.
  returned: when something listens
  type: str
"""

from typing import Any

from ..module_utils.collect.handshake import Listener, confirm, fingerprint_of, presented
from ..module_utils.connection import Endpoint, Server, connect
from ..module_utils.glue import CONNECTION_SPEC, Request, run

SPEC: dict[str, Any] = {
    **CONNECTION_SPEC,
    "cert_file": {"type": "path", "required": True},
    "key_file": {"type": "path", "required": True},
    "address": {"type": "str", "default": "127.0.0.1"},
    "port": {"type": "int", "required": True},
}
# Since then CONFIG SET takes several directives. Before, any one of them makes the server read all files.
TOGETHER = (7, 0)


def work(request: Request) -> dict[str, Any]:
    """Compare, reload, compare again."""
    params = request.params
    endpoint = Endpoint.from_params(params)
    listener = Listener.beside(endpoint, params["address"], params["port"])
    served = presented(listener) if listener.port else None
    if served is None:
        return {"changed": False, "reason": f"nothing listens on {listener}"}
    facts = {"presented": served, "fingerprint": fingerprint_of(params["cert_file"])}
    if served == facts["fingerprint"]:
        return {"changed": False, "reason": "the port presents the certificate in the file", **facts}
    with connect(endpoint) as server:
        used = server.config("tls-cert-file")["tls-cert-file"]
        if used != params["cert_file"]:
            return {"changed": False, "reason": f"the server is configured with {used}", **facts}
        if not request.check_mode:
            load(server, params["cert_file"], params["key_file"])
            confirm(listener, facts["fingerprint"])
    diff = {"before": f"{served}\n", "after": f"{facts['fingerprint']}\n"}
    reason = "the port presents another certificate than the one in the file"
    return {"changed": True, "reason": reason, "diff": diff, **facts}


def load(server: Server, cert_file: str, key_file: str) -> None:
    """Set the paths the server has already, which makes it read the files."""
    key = ("tls-key-file", key_file) if server.version.since(TOGETHER) else ()
    server.command("CONFIG", "SET", "tls-cert-file", cert_file, *key)


def main() -> None:
    """Run the module."""
    run(SPEC, work)


if __name__ == "__main__":
    main()
