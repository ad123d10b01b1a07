#!/usr/bin/python
# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Issue and renew certificates whose keys never leave the host."""

from __future__ import annotations

DOCUMENTATION = r"""
module: redis_tls_cert
short_description: Issues and renews certificates for Redis servers and their clients
version_added: 0.1.0
author: The rampart.redis contributors (@rampart-redis)
description:
  - Makes key pairs on the host where the task runs and has them signed on the controller. A private key never leaves
    the host, the key of the authority never leaves the controller.
  - Renews a pair when it expires, when the wish changed, and when certificate, key or authority do not belong together.
    Says why.
  - Takes one connection to the host when nothing is due, two otherwise, however many certificates are listed.
  - All files of a task are replaced together or not at all, with their modes from the first byte on.
  - A new pair always has a new key. A key that is there and cannot be read is never replaced without O(force).
extends_documentation_fragment:
  - rampart.redis.attributes
requirements:
  - cryptography (Python library) >= 38 on the host and on the controller
options:
  certificates:
    description: The key pairs as they shall be.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Name of the pair, and common name in its certificate.
        type: str
        required: true
      state:
        description: Whether the pair shall be there.
        type: str
        choices: [present, absent]
        default: present
      cert_file:
        description: File of the certificate. Without it, C(<name>-cert.pem) in O(directory).
        type: path
      key_file:
        description: File of the private key. Without it, C(<name>-key.pem) in O(directory).
        type: path
      subject_alt_names:
        description:
          - DNS names and addresses the certificate is good for, with or without C(DNS:) and C(IP:) before them.
            Wildcards and international names are possible.
          - Required when O(certificates[].usages) contains V(server).
        type: list
        elements: str
        default: []
      usages:
        description:
          - What the certificate is good for. Servers that replicate or are watched by Sentinel are clients of each
            other, so nodes need both.
        type: list
        elements: str
        choices: [server, client]
        default: [server, client]
      key_type:
        description: Kind of the private key.
        type: str
        choices: [ecdsa-p256, ecdsa-p384, ed25519, rsa-3072, rsa-4096]
        default: ecdsa-p256
      valid_for:
        description:
          - How long a new certificate lives, in minutes (C(m)), hours (C(h)) or days (C(d)).
          - It never outlives its authority.
        type: str
        default: 90d
      owner:
        description: Owner of both files. Without it, whoever has them, or runs the task.
        type: str
      group:
        description: Group of both files. Without it, whichever they have, or the task runs with.
        type: str
      key_mode:
        description: Octal mode of the key file. The group may read it at most.
        type: raw
        default: "0600"
      cert_mode:
        description: Octal mode of the certificate file.
        type: raw
        default: "0644"
  directory:
    description: Folder of the files whose paths are not given. It must be there.
    type: path
  renew_before:
    description: How long before its end a certificate is renewed, in the units of O(certificates[].valid_for).
    type: str
    default: 30d
  force:
    description: Make all pairs anew, also those whose key cannot be read.
    type: bool
    default: false
  stage:
    description:
      - Leave files in use as they are, and put the new ones beside them as C(<file>.staged), owner and mode right.
        M(rampart.redis.redis_tls_reload) with RV(staged) puts them in place and proves them, or leaves the old ones.
      - Where none of the files is there yet, they are put in place at once.
    type: bool
    default: false
  ca_cert:
    description:
      - Certificate of the authority, a file on the controller or the PEM text itself. Vault-encrypted files are
        decrypted.
      - It may hold several authorities. The one that belongs to O(ca_key) signs.
      - Required unless all certificates are V(absent).
    type: str
  ca_key:
    description:
      - Key of the authority, a file on the controller or the PEM text itself. Vault-encrypted files are decrypted.
      - Stays on the controller. Required unless all certificates are V(absent).
    type: str
  ca_passphrase:
    description: Passphrase of O(ca_key). Stays on the controller.
    type: str
  ca_file:
    description: File on the host that gets the text of O(ca_cert), so that the other side can be verified.
    type: path
  exchange:
    description: What the controller hands to the host. The action plugin of this module fills it in, leave it out.
    type: dict
    suboptions:
      authority:
        description: Certificate of the authority that signs.
        type: str
      trust:
        description: Content of O(ca_file).
        type: str
      answers:
        description: Certificates by name of the pair.
        type: dict
seealso:
  - module: rampart.redis.redis_tls_ca
  - module: rampart.redis.redis_tls_reload
"""

EXAMPLES = r"""
- name: Certify a node, and its operator
  rampart.redis.redis_tls_cert:
    directory: /etc/redis/tls
    ca_cert: ~/.rampart/redis/ca/ca-cert.pem
    ca_key: ~/.rampart/redis/ca/ca-key.pem
    ca_file: /etc/redis/tls/ca-cert.pem
    certificates:
      - name: redis-server
        subject_alt_names: [redis.example.com, 10.0.0.5]
        group: redis
        key_mode: "0640"
      - name: operator
        usages: [client]

- name: Make a client's pair on the controller
  rampart.redis.redis_tls_cert:
    directory: ~/.rampart/redis/clients
    ca_cert: ~/.rampart/redis/ca/ca-cert.pem
    ca_key: ~/.rampart/redis/ca/ca-key.pem
    certificates:
      - name: webshop
        usages: [client]
  delegate_to: localhost
"""

RETURN = r"""
certificates:
  description: Every pair as it is now, or in check mode as it was found.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name of the pair.
      returned: always
      type: str
    changed:
      description: Whether its files were changed, or would be.
      returned: always
      type: bool
    reasons:
      description: Why, in sentences.
      returned: always
      type: list
      elements: str
      sample: ["it expires on 2027-02-22T12:00:00Z"]
    cert_file:
      description: File of the certificate.
      returned: always
      type: str
    key_file:
      description: File of the private key.
      returned: always
      type: str
    verified:
      description: Whether the certificate belongs to its key and was signed by the authority.
      returned: always
      type: bool
    fingerprint:
      description: SHA-256 of the certificate, in hexadecimal digits.
      returned: when there is a certificate
      type: str
    serial:
      description: Serial number, in hexadecimal digits.
      returned: when there is a certificate
      type: str
    subject:
      description: Whom it names.
      returned: when there is a certificate
      type: str
    issuer:
      description: Who signed it.
      returned: when there is a certificate
      type: str
    not_before:
      description: Begin of its life, in UTC.
      returned: when there is a certificate
      type: str
    not_after:
      description: End of its life, in UTC.
      returned: when there is a certificate
      type: str
      sample: "2027-02-22T12:00:00Z"
    subject_alt_names:
      description: Names it is good for.
      returned: when there is a certificate
      type: list
      elements: str
      sample: ["DNS:redis.example.com", "IP:10.0.0.5"]
    usages:
      description: What it is good for.
      returned: when there is a certificate
      type: list
      elements: str
    key_type:
      description: Kind of its key.
      returned: when there is a certificate
      type: str
authority:
  description: Who signs. A warning is given when its end is nearer than twice the life of the certificates.
  returned: when there is one
  type: dict
  contains:
    fingerprint:
      description: SHA-256 of its certificate, in hexadecimal digits.
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
staged:
  description: Files whose new content waits in C(<file>.staged), because of O(stage). In check mode none.
  returned: success
  type: list
  elements: str
trust_changed:
  description: Whether O(ca_file) was written, or would be.
  returned: success
  type: bool
validated:
  description:
    - Whether what is there could be looked at. In check mode the library or the authority may not be there yet.
  returned: success
  type: bool
validation:
  description: Why not.
  returned: when RV(validated) is false
  type: str
"""

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from ..module_utils.collect import pairs
from ..module_utils.errors import InputError
from ..module_utils.glue import Request, run
from ..module_utils.tls import library, report
from ..module_utils.tls.wish import TASK_OPTIONS, parse_wishes

if TYPE_CHECKING:
    from collections.abc import Sequence


def work(request: Request) -> dict[str, Any]:
    """Look, then ask for signatures, or install the answers to what was asked."""
    exchange = request.params["exchange"]
    if exchange is None:
        raise InputError("the module was called without its action plugin", where="exchange")
    if request.check_mode and not library.is_there():
        return report.unseen(parse_wishes(request.params))
    library.require()
    before = pairs.survey(request.params, now(), check_mode=request.check_mode)
    if request.check_mode or not before.changes:
        return result(before, None, ())
    asked = {} if exchange["answers"] else pairs.requests(before)
    if asked:
        return {"changed": False, "requests": asked, "clock": int(now().timestamp())}
    return result(before, *pairs.install(before, exchange["answers"] or {}, request.params, now()))


def result(before: pairs.Scene, after: pairs.Scene | None, staged: Sequence[str]) -> dict[str, Any]:
    """Say what was not as wished, what is there now, and what is staged."""
    changed = {"changed": before.changes, "trust_changed": before.trust is not None, "staged": list(staged)}
    return {**changed, **report.result(before.entries, after.entries if after else None, before.problem)}


def now() -> datetime:
    """Return the time of this host."""
    return datetime.now(timezone.utc)


def main() -> None:
    """Run the module."""
    run(TASK_OPTIONS, work)


if __name__ == "__main__":
    main()
