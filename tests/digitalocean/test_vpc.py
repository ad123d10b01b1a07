"""verify_network.yml and the VPC: read only, told with everything else, and one line where there is no token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.rampart.redis.plugins.modules import digitalocean_firewall_info
from ansible_collections.rampart.redis.tests.digitalocean.fake.server import TOKEN, Fault
from ansible_collections.rampart.redis.tests.digitalocean.play import Done, ansible, reaching, told
from ansible_collections.rampart.redis.tests.digitalocean.site import options
from ansible_collections.rampart.redis.tests.runner import fail, succeed

if TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.rampart.redis.tests.digitalocean.fake.server import Fake

# The hosts are redis-1.invalid and redis-2.invalid.
NETWORK: dict[str, Any] = {
    # Nobody is reached by ssh here: every host is played by this one.
    "ansible_connection": "local",
    "redis_firewall_address": "10.10.1.1{{ inventory_hostname[6] }}",
    "redis_firewall_bastions": ["203.0.113.7"],
    "redis_firewall_allow_no_clients": True,
    "redis_firewall_reach_timeout": 0.2,
}


def verify(fake: Fake, folder: Path, *flags: str, token: str = TOKEN, **changes: Any) -> Done:  # noqa: ANN401
    variables = {**reaching(fake, folder), **NETWORK, **changes}
    connection = ("-e", "ansible_connection=local")
    return ansible(folder, "playbooks/verify_network.yml", *connection, *flags, token=token, **variables)


def asked(fake: Fake) -> dict[str, Any]:
    return {name: options(fake)[name] for name in ("api_url", "api_token", "ca_certs")} | {"tags": ["redis"]}


def test_the_module_tells_the_place_of_each_droplet(fake: Fake) -> None:
    fake.account.vpc("shop", "10.10.0.0/16", {101: "10.10.1.11", 102: "10.10.1.12"})
    seen = succeed(digitalocean_firewall_info, asked(fake) | {"vpcs": True})
    (number,) = fake.account.vpcs
    assert seen["vpcs"] == [{"id": number, "name": "shop", "ip_range": "10.10.0.0/16"}]
    assert [(one["vpc"], one["private_addresses"]) for one in seen["droplets"]] == [
        (number, ["10.10.1.11"]),
        (number, ["10.10.1.12"]),
    ]
    assert len([one for one in fake.seen if one.path.startswith("/v2/vpcs")]) == 1
    assert fake.writes() == []


def test_without_being_asked_it_needs_no_right_to_see_vpcs(fake: Fake) -> None:
    fake.account.vpc("shop", "10.10.0.0/16", {101: "10.10.1.11"})
    fake.account.hidden.add("vpcs")
    assert succeed(digitalocean_firewall_info, asked(fake))["vpcs"] == []
    assert "the token may not see VPCs. Give it the scope vpc:read" in fail(
        digitalocean_firewall_info, asked(fake) | {"vpcs": True}
    )


def test_a_server_outside_is_told(fake: Fake, tmp_path: Path) -> None:
    fake.account.vpc("shop", "10.10.0.0/16", {101: "10.10.1.11"})
    fake.account.vpc("other", "10.20.0.0/16", {102: "10.20.1.12"})
    done = verify(fake, tmp_path)
    assert done.returncode != 0
    assert "redis-2.invalid: 10.10.1.12 is no private address of a droplet with the tags of the deployment" in told(
        done
    )
    assert "redis-1.invalid: 10.10.1.11" not in told(done)
    assert fake.writes() == []
    assert TOKEN not in told(done)


@pytest.mark.parametrize("flags", [(), ("--check",)])
def test_servers_in_one_vpc_are_no_fault(fake: Fake, tmp_path: Path, flags: tuple[str, ...]) -> None:
    fake.account.vpc("shop", "10.10.0.0/16", {101: "10.10.1.11", 102: "10.10.1.12"})
    done = verify(fake, tmp_path, *flags)
    assert [one.path for one in fake.seen if one.path.startswith("/v2/vpcs")] != []
    assert "private address of" not in told(done)
    assert "could not be looked at" not in told(done)
    assert "changed=1" not in told(done)


def test_a_cloud_that_does_not_answer_does_not_hide_the_rest(fake: Fake, tmp_path: Path) -> None:
    fake.faults.append(Fault("before", path="/v2/droplets", times=9, status=403))
    done = verify(fake, tmp_path)
    assert done.returncode != 0
    assert "the VPC could not be looked at: " in told(done)
    assert "reaches" in told(done)


def test_without_a_token_one_line_says_so(fake: Fake, tmp_path: Path) -> None:
    done = verify(fake, tmp_path, token="")
    assert told(done).count("so the VPC is not looked at") == 1
    assert "could not be looked at" not in told(done)
    assert fake.seen == []
