"""The module against the fake: its options, its runs, and a clock that does not make anybody wait."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ansible_collections.rampart.redis.plugins.module_utils.collect import cloud
from ansible_collections.rampart.redis.plugins.module_utils.digitalocean import client
from ansible_collections.rampart.redis.plugins.modules import digitalocean_firewall
from ansible_collections.rampart.redis.tests.digitalocean.fake.server import TOKEN
from ansible_collections.rampart.redis.tests.runner import fail, succeed

if TYPE_CHECKING:
    import pytest
    from ansible_collections.rampart.redis.tests.digitalocean.fake.server import Fake

Options = dict[str, Any]
ANYWHERE = ["0.0.0.0/0", "::/0"]
WISH: Options = {
    "name": "shop-redis",
    "tags": ["redis"],
    "inbound_rules": [
        {"protocol": "tcp", "ports": "22", "sources": {"addresses": ["203.0.113.7"], "tags": ["bastion"]}},
        {"protocol": "tcp", "ports": 6379, "sources": {"tags": ["web", "redis"], "addresses": ["10.10.0.0/16"]}},
        {"protocol": "icmp", "sources": {"addresses": ANYWHERE}},
    ],
    "outbound_rules": [
        {"protocol": "udp", "ports": "all", "destinations": {"addresses": ANYWHERE}},
        {"protocol": "tcp", "ports": "443", "destinations": {"addresses": ["2001:db8::1/128", "0.0.0.0/0"]}},
    ],
}


@dataclass
class Clock:
    """Stands in for the module ``time``: sleeping costs nothing and is written down."""

    now: float = 1_000_000_000.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        """Let the time pass."""
        self.slept.append(seconds)
        self.now += seconds

    def monotonic(self) -> float:
        """Return the time."""
        return self.now

    time = monotonic

    def install(self, patch: pytest.MonkeyPatch) -> Clock:
        """Put it where the collection looks at the time; the fake goes on with the real one."""
        patch.setattr(client, "time", self)
        patch.setattr(cloud, "time", self)
        assert time.sleep is not self.sleep
        return self


def options(fake: Fake, **changes: Any) -> Options:  # noqa: ANN401
    """Return the options of the module; None takes one away."""
    given = {**WISH, "api_url": fake.url, "api_token": TOKEN, "ca_certs": fake.ca, **changes}
    return {name: value for name, value in given.items() if value is not None}


def apply(fake: Fake, *, check_mode: bool = False, **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    """Run the module, which must succeed."""
    return succeed(digitalocean_firewall, options(fake, **changes), check_mode=check_mode)


def refused(fake: Fake, *, check_mode: bool = False, **changes: Any) -> str:  # noqa: ANN401
    """Run the module, which must fail, and return why; the token is never told."""
    message = fail(digitalocean_firewall, options(fake, **changes), check_mode=check_mode)
    assert TOKEN not in message
    return message


def furnish(fake: Fake) -> None:
    """Give the account what the wish speaks of: tags, and two droplets behind nothing."""
    fake.account.tags += ["redis", "web", "bastion"]
    fake.account.droplet(101, "redis")
    fake.account.droplet(102, "redis", "web")
