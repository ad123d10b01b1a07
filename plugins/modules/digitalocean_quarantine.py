#!/usr/bin/python
# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Put a droplet into quarantine, and bring it back."""

from __future__ import annotations

DOCUMENTATION = r"""
module: digitalocean_quarantine
short_description: Put a DigitalOcean droplet into quarantine, and bring it back as it was
version_added: 0.1.0
author: The rampart.redis contributors (@rampart-redis)
description:
  - Cloud firewalls add up and cannot forbid. A droplet is isolated when the quarantine's firewall is its only one, and
    when it has no tags that other firewalls trust.
  - Isolating saves its tags and firewalls, adds the quarantine's tag, waits until that is in force, and only then lets
    go of the other firewalls and tags. Restoring goes the other way. The droplet is never behind nothing.
  - A run that died is finished by the next one.
  - Connections that exist may live on in the cloud's firewall. Cut them on the host.
extends_documentation_fragment:
  - rampart.redis.attributes
  - rampart.redis.digitalocean
options:
  droplet_id:
    description: Number of the droplet.
    type: int
    required: true
  state:
    description: Whether it shall be in quarantine, or back where O(snapshot) says it was.
    type: str
    choices: [isolated, restored]
    required: true
  tag:
    description:
      - Tag of the quarantine. A firewall must be attached to it, M(rampart.redis.digitalocean_firewall) makes one, and
        it must not be open to the internet.
    type: str
    required: true
  snapshot:
    description: File on the controller for what the droplet had. It gets mode 0600; its folder must be there.
    type: path
    required: true
  allow_exposure:
    description: Whether a droplet that was behind no firewall before may be so again.
    type: bool
    default: false
  wait_timeout:
    description: Seconds to wait until firewalls are in force.
    type: float
    default: 120.0
seealso:
  - module: rampart.redis.digitalocean_firewall
"""

EXAMPLES = r"""
- name: Isolate
  rampart.redis.digitalocean_quarantine:
    droplet_id: 3164494
    state: isolated
    tag: shop-quarantine
    snapshot: ~/.rampart/shop/incidents/redis-1.json
  delegate_to: localhost
"""

RETURN = r"""
changes:
  description: One sentence for each step.
  returned: success
  type: list
  elements: str
  sample: ["give it the tag shop-quarantine", "take away the tag redis"]
droplet:
  description: Its C(id), C(name) and C(tags) as they are now.
  returned: success
  type: dict
firewalls:
  description: Names of the firewalls it is behind; in check mode, of those it would be behind.
  returned: success
  type: list
  elements: str
"""

from typing import Any

from ..module_utils.collect.cloud_quarantine import reconcile
from ..module_utils.glue import CLOUD_SPEC, Request, Spec, run

SPEC: Spec = {
    **CLOUD_SPEC,
    "droplet_id": {"type": "int", "required": True},
    "state": {"type": "str", "choices": ["isolated", "restored"], "required": True},
    "tag": {"type": "str", "required": True},
    "snapshot": {"type": "path", "required": True},
    "allow_exposure": {"type": "bool", "default": False},
    "wait_timeout": {"type": "float", "default": 120.0},
}


def work(request: Request) -> dict[str, Any]:
    """Look, plan, save, and walk."""
    return reconcile(request.params, check_mode=request.check_mode)


def main() -> None:
    """Run the module."""
    run(SPEC, work)


if __name__ == "__main__":
    main()
