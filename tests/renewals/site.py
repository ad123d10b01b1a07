"""A server with a TLS port in a container, its controller, and the playbook that is scheduled daily."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from tests.attacks import baselines
from tests.attacks.targets import place_of
from tests.site import Site, site

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

NAME = "rampart-renewals"
CLIENT = "shop"


class Scheduled(NamedTuple):
    """A server with a TLS port, and renew_certs.yml."""

    host: Site
    address: str

    @property
    def controller(self) -> Path:
        return self.host.home / "controller"

    def run(self, **variables: object) -> tuple[int, str]:
        """Run the playbook that is scheduled daily; return its status and its output, on one line."""
        status, output = self.host.run("renew_certs", *_extra(variables))
        return status, " ".join(output.split())

    def renew(self, **variables: object) -> int:
        """Run it with success; return how many tasks changed something on the server."""
        return self.host.changed(self.host.play("renew_certs", *_extra(variables)))


def _extra(variables: Mapping[str, object]) -> list[str]:
    return [word for name, value in variables.items() for word in ("-e", f"{name}={value}")]


@contextmanager
def with_tls(home: Path) -> Iterator[Scheduled]:
    """Start a server that has a TLS port and certificates, and a client's pair on the controller."""
    with site(NAME, home) as started:
        baselines.install(NAME)
        address = place_of(NAME).address
        host = started.at(home, redis_tls_clients=[CLIENT], redis_server_address=address)
        host.play("tests/renewals/tls.yml")
        yield Scheduled(host, address)
