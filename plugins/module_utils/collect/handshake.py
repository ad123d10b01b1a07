"""Which certificate a TLS port presents."""

from __future__ import annotations

import hashlib
import socket
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import HostError, UnreachableError
from ..host import read_text

if TYPE_CHECKING:
    from ..connection import Endpoint

_REPLY = 512
# X509_V_FLAG_NO_CHECK_TIME of OpenSSL, for which Python has no name.
_NO_CHECK_TIME = 0x200000


@dataclass(frozen=True)
class Listener:
    """A TLS port, and what to show to it. ``timeout`` in seconds is for the connection and for the handshake."""

    address: str
    port: int
    ca_certs: str | None
    client_cert_file: str | None
    client_key_file: str | None
    timeout: float

    @classmethod
    def beside(cls, endpoint: Endpoint, address: str, port: int) -> Listener:
        """Take everything but the place from the way by which we log in."""
        verify = endpoint.ca_certs if endpoint.validate_certs else None
        return cls(address, port, verify, endpoint.client_cert_file, endpoint.client_key_file, endpoint.timeout)

    def __str__(self) -> str:
        return f"{self.address}:{self.port} (TLS)"


def presented(listener: Listener) -> str | None:
    """Return the fingerprint (SHA-256 in hex) of the certificate a port presents; None when nobody listens.

    The certificate may be expired or a stranger's: nothing secret is sent, and whoever asks compares the fingerprint.
    """
    context = _context(listener)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        return _handshake(listener, context)
    except ConnectionRefusedError:
        return None
    except OSError as error:
        raise UnreachableError(f"no TLS handshake: {error}", where=str(listener)) from error


def proven(listener: Listener) -> str:
    """Return the fingerprint of a certificate whose chain and names are right, whether it has expired or not.

    :raises UnreachableError: the handshake failed, and why.
    """
    context = _context(listener)
    context.verify_flags |= _NO_CHECK_TIME
    context.load_verify_locations(listener.ca_certs)
    try:
        return _handshake(listener, context)
    except OSError as error:
        raise UnreachableError(f"no TLS handshake: {error}", where=str(listener)) from error


def confirm(listener: Listener, wished: str) -> None:
    """Shake hands like a client: the fingerprint has to be this one, and with a CA at hand chain and name right too.

    :raises UnreachableError: the handshake failed, and why.
    :raises HostError: another certificate was presented.
    """
    context = _context(listener)
    if listener.ca_certs:
        context.load_verify_locations(listener.ca_certs)
    else:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    try:
        now = _handshake(listener, context)
    except OSError as error:
        raise UnreachableError(f"no TLS handshake: {error}", where=str(listener)) from error
    if now != wished:
        raise HostError(f"presents the certificate {now} and not {wished}", where=str(listener))


def fingerprint_of(path: str) -> str:
    """Return the fingerprint of the first certificate in a file."""
    text = read_text(path)
    if text is None:
        raise HostError("there is no such file", where=path)
    begin, end = text.find(ssl.PEM_HEADER), text.find(ssl.PEM_FOOTER)
    try:
        der = ssl.PEM_cert_to_DER_cert(text[begin : end + len(ssl.PEM_FOOTER)])
    except ValueError as error:
        raise HostError("has no certificate in it", where=path) from error
    return hashlib.sha256(der).hexdigest()


def _context(listener: Listener) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if listener.client_cert_file:
        try:
            context.load_cert_chain(listener.client_cert_file, listener.client_key_file)
        except OSError as error:
            raise HostError(f"cannot be used as a client: {error}", where=listener.client_cert_file) from error
    return context


def _handshake(listener: Listener, context: ssl.SSLContext) -> str:
    with socket.create_connection((listener.address, listener.port), timeout=listener.timeout) as plain:
        return _fingerprint(plain, context, listener.address)


def _fingerprint(plain: socket.socket, context: ssl.SSLContext, name: str) -> str:
    with context.wrap_socket(plain, server_hostname=name) as link:
        fingerprint = hashlib.sha256(link.getpeercert(binary_form=True) or b"").hexdigest()
        try:
            # In TLS 1.3 the server judges our certificate after we think we are done. A PING needs no rights, and who
            # hangs up before the server has answered leaves an error in its log.
            link.sendall(b"PING\r\n")
            link.recv(_REPLY)
        except OSError:
            if context.verify_mode != ssl.CERT_NONE:
                raise
        return fingerprint
