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
  - Certificates that M(rampart.redis.redis_tls_cert) staged are tried by a shadow server first, the server's own
    program under its own account, and then put in place. When the server does not load them, presents another
    certificate or cannot be shaken hands with, the old files are put back and loaded again, and the task fails.
  - Connections that are open stay open. No restart.
  - Compares states, so a reload that was missed because a run broke off is made up for by the next run.
  - Logs in only when there is something to do. Needs the right to C(CONFIG GET) and C(CONFIG SET) then.
  - A server whose certificate has expired is logged in to over TLS nevertheless, when its chain and names are right.
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
  staged:
    description:
      - RV(rampart.redis.redis_tls_cert#module:staged) of the task that renewed. These files are put in place, each from
        C(<file>.staged), also when nothing listens on O(port).
    type: list
    elements: path
    default: []
  binary:
    description: The server's program, for the shadow server. Without it, the first one in the system's folders.
    type: path
  service_user:
    description: The server's account, for the shadow server. Without it, the one the task runs as.
    type: str
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
    staged: "{{ renewed.staged }}"
    service_user: redis
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
  description: Fingerprint (SHA-256) of the certificate in the file, or staged for it.
  returned: when something listens
  type: str
"""

from typing import Any

from ..module_utils.collect.handshake import Listener, presented
from ..module_utils.collect.reload import Pair, entered, exchange, judge
from ..module_utils.collect.waiting import read
from ..module_utils.connection import Endpoint
from ..module_utils.glue import CONNECTION_SPEC, Request, run

SPEC: dict[str, Any] = {
    **CONNECTION_SPEC,
    "cert_file": {"type": "path", "required": True},
    "key_file": {"type": "path", "required": True},
    "address": {"type": "str", "default": "127.0.0.1"},
    "port": {"type": "int", "required": True},
    "staged": {"type": "list", "elements": "path", "default": []},
    "binary": {"type": "path"},
    "service_user": {"type": "str"},
}


def work(request: Request) -> dict[str, Any]:
    """Compare; put in place, reload and compare again, or leave everything as it was."""
    params = request.params
    pair = Pair(params["cert_file"], params["key_file"], tuple(map(read, params["staged"])))
    listener = Listener.beside(Endpoint.from_params(params), params["address"], params["port"])
    try:
        return compare(request, pair, listener)
    finally:
        if not request.check_mode:
            pair.discard()


def compare(request: Request, pair: Pair, listener: Listener) -> dict[str, Any]:
    """Find out what there is to do, and do it."""
    served = presented(listener) if listener.port else None
    if served is None:
        return in_place(request, pair, f"nothing listens on {listener}")
    facts = {"presented": served, "fingerprint": pair.fingerprint}
    if served == pair.fingerprint and not pair.waiting:
        return {"changed": False, "reason": "the port presents the certificate in the file", **facts}
    with entered(Endpoint.from_params(request.params), listener, pair) as server:
        used = server.config("tls-cert-file")["tls-cert-file"]
        if used != pair.cert_file:
            return {**in_place(request, pair, f"the server is configured with {used}"), **facts}
        if pair.waiting:
            judge(server, pair, request.params["binary"], request.params["service_user"])
        if not request.check_mode:
            exchange(server, listener, pair, served)
    diff = {"before": f"{served}\n", "after": f"{facts['fingerprint']}\n"}
    what = "new files were staged" if pair.waiting else "the port presents another certificate than the one in the file"
    return {"changed": True, "reason": what, "diff": diff, **facts}


def in_place(request: Request, pair: Pair, reason: str) -> dict[str, Any]:
    """Put in place what no server uses."""
    if pair.waiting and not request.check_mode:
        pair.put_in_place()
    return {"changed": bool(pair.waiting), "reason": reason}


def main() -> None:
    """Run the module."""
    run(SPEC, work)


if __name__ == "__main__":
    main()
