# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Attack 13: TLS without the right client certificate."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from .doors import Door, attempt, careless_context
from .forged import CLIENT, SERVER, foreign_issuer, genuine_issuer, issue
from .model import CannotRunError

if TYPE_CHECKING:
    import ssl

    from cryptography import x509

    from .forged import Issuer
    from .model import Outcome, Target
    from .resp import Connection


def wrong_certificate(target: Target) -> Outcome:
    """Try no certificate, one of a foreign CA, and a serverAuth-only one of the genuine CA: any answer is a success."""
    with tempfile.TemporaryDirectory(prefix="rampart-attack-") as folder:
        foreign = foreign_issuer()
        contexts = {
            "no client certificate": careless_context(),
            "certificate of a foreign CA": _context(foreign, CLIENT, folder, "foreign"),
            "serverAuth-only certificate": _context(_server_issuer(target, foreign), SERVER, folder, "server"),
        }
        doors = [Door(name, target.address, target.tls_port, context) for name, context in contexts.items()]
        return attempt(doors, _answered, thorough=True)


def _context(issuer: Issuer, usage: x509.ObjectIdentifier, folder: str, stem: str) -> ssl.SSLContext:
    return careless_context(*issue(issuer, usage, Path(folder), stem))


def _server_issuer(target: Target, foreign: Issuer) -> Issuer:
    """Before hardening there is no CA of ours, and the weak server does not look at the issuer anyway."""
    if target.phase == "before":
        return foreign
    if target.authority is None:
        raise CannotRunError("no CA key to sign a serverAuth-only certificate with")
    return genuine_issuer(target.authority)


def _answered(connection: Connection) -> str:
    # Even NOAUTH is an answer: the certificate was not what stopped us.
    return f"answered {connection.call('PING')}"
