"""Documentation of the options by which a module reaches DigitalOcean's API."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  api_token:
    description:
      - Token of the API. Without this option, the environment variable E(DIGITALOCEAN_ACCESS_TOKEN),
        E(DIGITALOCEAN_TOKEN) or E(DO_API_TOKEN) is used, the first that is set.
      - A custom token needs the scopes C(firewall), C(tag:read) and C(droplet:read), and C(tag:create) to make tags.
    type: str
    required: true
  api_url:
    description: Address of the API. Plain C(http) is taken for this machine only.
    type: str
    default: https://api.digitalocean.com
  ca_certs:
    description: File with the authorities that may sign the API's certificate. Default are those of the system.
    type: path
  timeout:
    description: Seconds to wait for each step of a request.
    type: float
    default: 30.0
  retries:
    description:
      - How often a request is repeated when the answer is lost, the API has a fault, or its limit of requests is used
        up.
      - A request that creates something is only repeated after the last of these.
    type: int
    default: 4
notes:
  - Runs on the controller, with C(delegate_to) V(localhost) or in a play on V(localhost).
  - This collection was never run against the live API by its makers. It is tested against a stand-in that is checked
    against DigitalOcean's published reference.
"""
