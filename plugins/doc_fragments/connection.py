"""Documentation of the options by which a module reaches a server."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  login_host:
    description: Host name or address of the server.
    type: str
    default: 127.0.0.1
  login_port:
    description: Port of the server.
    type: int
    default: 6379
  login_user:
    description:
      - ACL user to log in as. Without it, V(default) is used when O(login_password) is given.
    type: str
  login_password:
    description:
      - Password of O(login_user). Without it, no login is attempted.
    type: str
  login_unix_socket:
    description: Path of a unix socket. When given, O(login_host), O(login_port) and O(tls) are not used.
    type: path
  login_timeout:
    description: Seconds to wait for the connection and for each reply.
    type: float
    default: 5.0
  tls:
    description: Whether to speak TLS.
    type: bool
    default: true
  validate_certs:
    description: Whether to verify the server's certificate and its name.
    type: bool
    default: true
  ca_certs:
    description: File with the certificates of the authorities that are trusted to sign the server's certificate.
    type: path
  client_cert_file:
    description: Certificate shown to the server.
    type: path
  client_key_file:
    description: Private key of O(client_cert_file).
    type: path
notes:
  - The module sends no handshake of its own (no C(HELLO), no C(CLIENT SETINFO)), so a user with few rights leaves no
    trace in the ACL log.
requirements:
  - redis (Python library) >= 4.3
"""
