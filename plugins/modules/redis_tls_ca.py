#!/usr/bin/python
# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the certificate authority of a Redis deployment."""

from __future__ import annotations

DOCUMENTATION = r"""
module: redis_tls_ca
short_description: Makes the certificate authority of a Redis deployment
version_added: 0.1.0
author: The rampart.redis contributors (@rampart-redis)
description:
  - Makes a key and a self-signed certificate that may sign the certificates of servers and clients, and nothing else.
    Run it on the controller, with C(delegate_to) V(localhost).
  - Redis servers verify the chain of their peers and not their names, so give every deployment its own authority.
  - An authority that is there is verified and left as it is. It is replaced with O(force) only.
extends_documentation_fragment:
  - rampart.redis.attributes
requirements:
  - cryptography (Python library) >= 38
options:
  cert_file:
    description: File of the certificate. Its folder must be there.
    type: path
    required: true
  key_file:
    description: File of the key. It gets mode 0600 and belongs to the account the task runs as.
    type: path
    required: true
  passphrase:
    description: Passphrase by which the key is encrypted. Without it, the mode of the file is its only protection.
    type: str
  common_name:
    description: Name of a new authority.
    type: str
    default: Redis CA
  valid_for:
    description: How long a new authority lives, in minutes (C(m)), hours (C(h)) or days (C(d)), at most ten years.
    type: str
    default: 1825d
  warn_before:
    description: How long before the end of the authority the task begins to warn.
    type: str
    default: 180d
  force:
    description: Make a new authority. Everything the old one signed has to be replaced then.
    type: bool
    default: false
seealso:
  - module: rampart.redis.redis_tls_cert
"""

EXAMPLES = r"""
- name: Make the authority on the controller
  rampart.redis.redis_tls_ca:
    cert_file: ~/.rampart/redis/ca/ca-cert.pem
    key_file: ~/.rampart/redis/ca/ca-key.pem
    common_name: Redis production CA
  delegate_to: localhost
  throttle: 1
"""

RETURN = r"""
reasons:
  description: What was not as wished, in sentences.
  returned: success
  type: list
  elements: str
cert_file:
  description: File of the certificate.
  returned: success
  type: str
authority:
  description: The certificate. In check mode, one as it would be made.
  returned: when RV(validated) is true
  type: dict
  contains:
    fingerprint:
      description: SHA-256 of the certificate, in hexadecimal digits.
      returned: always
      type: str
    serial:
      description: Serial number, in hexadecimal digits.
      returned: always
      type: str
    subject:
      description: Its name.
      returned: always
      type: str
      sample: CN=Redis CA
    not_after:
      description: End of its life, in UTC.
      returned: always
      type: str
      sample: "2031-11-23T12:00:00Z"
validated:
  description: Whether the files could be looked at. In check mode the library may not be there yet.
  returned: success
  type: bool
validation:
  description: Why not.
  returned: when RV(validated) is false
  type: str
"""

import secrets
from datetime import datetime, timezone
from typing import Any

from ..module_utils.collect.authority import survey
from ..module_utils.glue import Request, run
from ..module_utils.host import replace
from ..module_utils.tls import library
from ..module_utils.tls.issue import Moment
from ..module_utils.tls.report import NO_LIBRARY

SPEC: dict[str, Any] = {
    "cert_file": {"type": "path", "required": True},
    "key_file": {"type": "path", "required": True},
    "passphrase": {"type": "str", "no_log": True},
    "common_name": {"type": "str", "default": "Redis CA"},
    "valid_for": {"type": "str", "default": "1825d"},
    "warn_before": {"type": "str", "default": "180d"},
    "force": {"type": "bool", "default": False},
}
FACTS = ("fingerprint", "serial", "subject", "not_after")


def work(request: Request) -> dict[str, Any]:
    """Look at the authority, and write what is not as wished."""
    path = request.params["cert_file"]
    if request.check_mode and not library.is_there():
        return {
            "changed": True,
            "cert_file": path,
            "reasons": [NO_LIBRARY],
            "validated": False,
            "validation": NO_LIBRARY,
        }
    library.require()
    found = survey(request.params, Moment(datetime.now(timezone.utc), secrets.randbits(128)))
    if not request.check_mode:
        replace(found.files)
    facts = found.certificate.facts
    return {
        "changed": bool(found.reasons),
        "cert_file": path,
        "reasons": list(found.reasons),
        "authority": {name: facts[name] for name in FACTS},
        "diff": {"before": "", "after": "".join(f"{reason}\n" for reason in found.reasons)},
        "validated": True,
        "warnings": list(found.warnings),
    }


def main() -> None:
    """Run the module."""
    run(SPEC, work)


if __name__ == "__main__":
    main()
