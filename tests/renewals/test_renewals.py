"""A server under load is renewed again and again: no handshake fails, no command fails, and no restart.

In CI three times by force. ``make soak`` (``RAMPART_RENEWALS=20``) lets certificates of four minutes come to their last
three twenty times.
"""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.attacks.forged import CLIENT, genuine_issuer, issue
from tests.attacks.model import Authority
from tests.attacks.shell import inside, main_pid
from tests.renewals.load import load
from tests.renewals.site import NAME

if TYPE_CHECKING:
    from tests.renewals.site import Scheduled

pytestmark = pytest.mark.docker

RENEWALS = int(os.environ.get("RAMPART_RENEWALS", "0"))
FORCED = 3
SHORT_LIVED = {"redis_tls_valid_for": "4m", "redis_tls_renew_before": "3m"}
CHECK_EVERY = 10.0  # seconds
PATIENCE = 180.0  # seconds within which a certificate has to come up for renewal, and be renewed
FILES = "cd /etc/redis/tls && sha256sum * && stat -c '%n %a %U %G' *"


def renewed_by_force(site: Scheduled) -> int:
    """Renew a few times, and see that nothing is due afterwards."""
    for _time in range(FORCED):
        assert site.renew(redis_tls_force=True) > 0
    assert site.renew() == 0
    return FORCED


def renewed_in_time(site: Scheduled) -> int:
    """Let certificates of four minutes come to their last three, as often as asked for."""
    site.renew(redis_tls_force=True, **SHORT_LIVED)
    for _time in range(RENEWALS):
        deadline = time.monotonic() + PATIENCE
        while not site.renew(**SHORT_LIVED):
            assert time.monotonic() < deadline, "the certificate was not renewed in time"
            time.sleep(CHECK_EVERY)
    site.renew(redis_tls_force=True)
    return RENEWALS + 2


def test_clients_notice_nothing(site: Scheduled) -> None:
    authority = Authority(site.controller / "ca" / "ca-cert.pem", site.controller / "ca" / "ca-key.pem")
    pair = issue(genuine_issuer(authority), CLIENT, site.host.home, "steady")
    pid = main_pid(NAME, "redis-server.service")
    with load(site.address, 6380, authority.cert, pair) as seen:
        renewals = renewed_in_time(site) if RENEWALS else renewed_by_force(site)
    sys.stdout.write(
        f"{renewals} renewals: {seen.handshakes} handshakes, {seen.commands} commands, {len(seen.errors)} errors\n"
    )
    assert seen.errors[:5] == []
    assert len(seen.certificates) == renewals + 1
    assert seen.handshakes > renewals
    assert main_pid(NAME, "redis-server.service") == pid


def test_a_pair_the_server_cannot_read_changes_nothing(site: Scheduled) -> None:
    before = inside(NAME, FILES).stdout
    status, said = site.run(redis_tls_force=True, redis_tls_group="root")
    assert status != 0
    assert "a server does not load it" in said, said[-3000:]
    assert "the old certificate is in place and serving" in said
    assert inside(NAME, FILES).stdout == before
    site.renew()  # the folder's group is right again
    assert inside(NAME, FILES).stdout == before


def test_the_ends_are_published(site: Scheduled) -> None:
    site.renew(redis_tls_metrics_dir="/srv")
    assert site.renew(redis_tls_metrics_dir="/srv") == 0
    lines = inside(NAME, "cat /srv/rampart_redis_tls.prom").stdout.splitlines()
    assert [line for line in lines if line.startswith("#")] == lines[:2]
    ends = dict(line.rsplit(" ", 1) for line in lines[2:])
    assert len(ends) == 4  # the authority, the server, the operator, the client
    file = "/etc/redis/tls/redis-server-cert.pem"
    said = inside(NAME, f'date -d "$(openssl x509 -noout -enddate -in {file} | cut -d= -f2)" +%s').stdout.strip()
    assert ends[f'rampart_certificate_not_after_seconds{{name="redis-server",file="{file}"}}'] == said


def test_without_its_authority_nothing_is_renewed_and_none_is_made(site: Scheduled) -> None:
    before = inside(NAME, FILES).stdout
    status, said = site.run(redis_server_controller_dir=site.host.home / "elsewhere")
    assert status != 0
    assert "redis_tls_ca makes an authority" in said
    assert inside(NAME, FILES).stdout == before


def test_an_empty_inventory_is_an_error(site: Scheduled) -> None:
    status, said = site.run(redis_group="nobody")
    assert status != 0
    assert "so there is nothing to renew" in said
