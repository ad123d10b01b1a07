# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter ``redis_environment``: how to get in, as environment variables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleFilterError

from ..module_utils.clients.environment import Access, render
from ..module_utils.errors import RampartError

if TYPE_CHECKING:
    from collections.abc import Callable

DOCUMENTATION = r"""
name: redis_environment
author: The rampart.redis contributors (@rampart-redis)
version_added: 0.1.0
short_description: How a client gets in to a Redis server, as environment variables
description:
  - Returns lines that a shell can source and systemd can read as C(EnvironmentFile). Values of letters, digits and
    V([]_@%+=:,./-) stand without quotes, so that readers that know no quotes take them too.
  - The result holds the password. Use it with C(no_log).
positional: _input
options:
  _input:
    description: Name of the ACL user.
    type: str
    required: true
  password:
    description: Its password.
    type: str
    required: true
  host:
    description: Address or name of the server, one of the names in its certificate.
    type: str
    required: true
  port:
    description: Port of the server.
    type: int
    default: 6379
  prefix:
    description: How the names of the variables begin.
    type: str
    default: REDIS
  ca:
    description: Path of the authority's certificate. Without it the server is reached in plaintext.
    type: str
    default: ""
  cert:
    description: Path of the client's certificate.
    type: str
    default: ""
  key:
    description: Path of the client's private key.
    type: str
    default: ""
"""

EXAMPLES = r"""
- name: Tell the shop how to get in
  ansible.builtin.copy:
    content: "{{ 'shop' | rampart.redis.redis_environment(password=shop_password, host='10.0.0.5', ca=shop_ca) }}"
    dest: /etc/shop/redis.env
    mode: "0600"
  no_log: true
"""

RETURN = r"""
_value:
  description: >-
    Lines such as C(REDIS_HOST=10.0.0.5), for C(HOST), C(PORT), C(USERNAME), C(PASSWORD), C(TLS_CA), C(TLS_CERT),
    C(TLS_KEY) and C(URL).
  type: str
"""


def redis_environment(
    user: str,
    *,
    password: str,
    host: str,
    port: Any = 6379,  # noqa: ANN401 - a variable of the inventory may be a text
    prefix: str = "REDIS",
    ca: str = "",
    cert: str = "",
    key: str = "",
) -> str:
    """Return the lines; errors become those of a filter, and never hold the password."""
    try:
        return render(Access(host, int(port), user, password, prefix, ca, cert, key))
    except RampartError as error:
        raise AnsibleFilterError(f"redis_environment: {error}") from error


class FilterModule:
    """What Ansible asks a filter file for."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"redis_environment": redis_environment}
