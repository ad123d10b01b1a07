"""Why a server hangs up: told by its alert, whether it is there before we ask or only after."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.connection import Endpoint, open_connection
from ansible_collections.rampart.redis.plugins.module_utils.errors import UnreachableError
from ansible_collections.rampart.redis.tests.live.servers import distributions_own, running
from ansible_collections.rampart.redis.tests.live.tls.pairs import Pairs, free_port, role_directives

if TYPE_CHECKING:
    from pathlib import Path


def _asked(endpoint: Endpoint, seconds: float) -> None:
    """Open a connection, wait, ask. With TLS 1.3 a refusal may be told in any of the three."""
    server = open_connection(endpoint)
    time.sleep(seconds)
    server.command("PING")


@pytest.mark.parametrize("seconds", [0.0, 0.3])
def test_an_expired_certificate_is_named(tmp_path: Path, seconds: float) -> None:
    pairs, port = Pairs(tmp_path), free_port()
    key, certificate = pairs.renew("operator", usages=["client"], valid_for="2d", age=timedelta(days=3))
    endpoint = Endpoint(
        port=port, tls=True, ca_certs=str(tmp_path / "ca.pem"), client_cert_file=certificate, client_key_file=key
    )
    with (
        running(distributions_own(), f"tls-port {port}\n{role_directives(pairs)}"),
        pytest.raises(UnreachableError, match="certificate expired"),
    ):
        _asked(endpoint, seconds)
