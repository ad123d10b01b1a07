"""Whether servers are where a private network is wanted: all in one VPC, reached at an address of it."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def vpc_faults(
    addresses: Mapping[str, str], droplets: Iterable[Mapping[str, Any]], vpcs: Iterable[Mapping[str, Any]]
) -> list[str]:
    """Return one sentence for everything that is wrong; ``addresses``: by name of the server."""
    owners = {address: droplet for droplet in droplets for address in droplet["private_addresses"]}
    ranges = {str(vpc["id"]): vpc for vpc in vpcs}
    found = []
    members: dict[str, list[str]] = {}
    for server, address in sorted(addresses.items()):
        droplet = owners.get(address)
        if droplet is None:
            found.append(f"{server}: {address} is no private address of a droplet with the tags of the deployment")
            continue
        vpc = ranges.get(str(droplet["vpc"]))
        if vpc is None:
            found.append(f"{server}: its droplet {droplet['name']} is in no VPC")
            continue
        members.setdefault(str(vpc["name"]), []).append(server)
        if ip_address(address) not in ip_network(str(vpc["ip_range"])):
            found.append(f"{server}: {address} is outside of {vpc['ip_range']}, the range of its VPC {vpc['name']}")
    if len(members) > 1:
        places = "; ".join(f"{name}: {', '.join(servers)}" for name, servers in sorted(members.items()))
        found.append(f"the servers are in {len(members)} VPCs ({places})")
    return found
