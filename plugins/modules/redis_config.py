#!/usr/bin/python
# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Set directives in the file and in the running server."""

from __future__ import annotations

DOCUMENTATION = r"""
module: redis_config
short_description: Set directives of a Redis or Valkey server, in its file and while it runs
version_added: 0.1.0
author: The rampart.redis contributors (@rampart-redis)
description:
  - Merges the named directives into the configuration file. Comments, order, includes and everything not named stay; a
    directive that C(CONFIG REWRITE) has spelt differently counts as the same.
  - The staged file is judged by a shadow server, the host's own binary on a private socket, before anything changes.
  - What can be changed while the server runs is set by C(CONFIG SET); for the rest RV(restart_required) says what
    differs, also when the file has been right for long. The module never restarts.
  - If a C(CONFIG SET) is refused, those before it are taken back and the file stays as it was.
extends_documentation_fragment:
  - rampart.redis.attributes
  - rampart.redis.connection
options:
  config_file:
    description: Path of the configuration file.
    type: path
    default: /etc/redis/redis.conf
  directives:
    description:
      - Name and value of each directive. A list gives the words of one line (C(bind)), or the lines of a directive that
        may have several (C(save), C(client-output-buffer-limit)).
      - C(rename-command), C(include), C(loadmodule) and C(user) are refused, and so are more C(io-threads) than
        processors less one; the message says what to do instead.
      - If C(aclfile) is among them, C(user) lines are removed from the file, since no server starts with both.
    type: dict
    default: {}
  secret_directives:
    description: The same for credentials, such as C(masterauth). Their values are shown nowhere.
    type: dict
    default: {}
  absent:
    description:
      - Directives to remove from the file. While the server runs, they get their default value, except C(requirepass),
        which only a restart removes. It is not removed unless C(aclfile) is set.
    type: list
    elements: str
    default: []
  apply:
    description: Whether to change the running server, the file, or both. A server that does not run is no error.
    type: str
    choices: [live, file, both]
    default: both
  binary:
    description: Server program that judges the staged file. Default is the C(redis-server) or C(valkey-server) found.
    type: path
  service_user:
    description: Account of the server. Certificates and ACL file must be readable by it; it owns a new file.
    type: str
    default: redis
  service_group:
    description: Group of the file.
    type: str
    default: redis
  mode:
    description: Mode of the file, in quotes. The owner of an existing file stays.
    type: str
    default: "0640"
seealso:
  - module: rampart.redis.redis_restart
"""

EXAMPLES = r"""
- name: Limits and refusal of dangerous features
  rampart.redis.redis_config:
    directives:
      maxclients: 10000
      enable-debug-command: "no"
      save: ["900 1", "300 10"]
    login_user: operator
    login_password: "{{ operator_password }}"
    tls: true
    ca_certs: /etc/redis/tls/ca-cert.pem
  register: configured

- name: Say what only a restart will do
  ansible.builtin.debug:
    var: configured.restart_required

- name: Go back to the names that commands were born with
  rampart.redis.redis_config:
    absent: [rename-command]
    apply: file
"""

RETURN = r"""
live:
  description: Directives set, or that would be set, in the running server, in order.
  returned: success
  type: list
  elements: str
  sample: [maxclients]
closed:
  description:
    - Connections that were closed because they came through the plaintext port, which O(directives) sets to V(0).
      A server that closes a port goes on serving the connections made through it before.
  returned: success
  type: list
  elements: str
  sample: ["10.10.1.7:53022 as default"]
restart_required:
  description: One sentence for each difference that only a restart mends.
  returned: success
  type: list
  elements: str
  sample: ["aclfile: running with none, wished is /etc/redis/users.acl"]
validated:
  description: Whether a shadow server has accepted the file.
  returned: success
  type: bool
reason:
  description: Why the file was not validated, such as a package that is not installed yet.
  returned: success
  type: str
"""

from typing import Any

from ..module_utils.collect.configuration import configure
from ..module_utils.glue import CONNECTION_SPEC, Request, Spec, run

SPEC: Spec = {
    **CONNECTION_SPEC,
    "config_file": {"type": "path", "default": "/etc/redis/redis.conf"},
    "directives": {"type": "dict", "default": {}},
    "secret_directives": {"type": "dict", "default": {}, "no_log": True},
    "absent": {"type": "list", "elements": "str", "default": []},
    "apply": {"type": "str", "choices": ["live", "file", "both"], "default": "both"},
    "binary": {"type": "path"},
    "service_user": {"type": "str", "default": "redis"},
    "service_group": {"type": "str", "default": "redis"},
    "mode": {"type": "str", "default": "0640"},
}


def work(request: Request) -> dict[str, Any]:
    """Look, compare, validate, apply."""
    return configure(request.params, check_mode=request.check_mode)


def main() -> None:
    """Run the module."""
    run(SPEC, work)


if __name__ == "__main__":
    main()
