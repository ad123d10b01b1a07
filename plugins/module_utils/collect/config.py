"""Running values of named directives. Passwords are asked for only to learn whether there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .session import Session

NAMES = (
    "aclfile",
    "acl-pubsub-default",
    "acllog-max-len",
    "appenddirname",
    "appendonly",
    "bind",
    "client-output-buffer-limit",
    "client-query-buffer-limit",
    "cluster-bus-port-protected-mode",
    "cluster-enabled",
    "cluster-port",
    "dbfilename",
    "dir",
    "enable-debug-command",
    "enable-module-command",
    "enable-protected-configs",
    "gopher-enabled",
    "hide-user-data-from-log",
    "ignore-warnings",
    "import-mode",
    "logfile",
    "loglevel",
    "lua-enable-deprecated-api",
    "lua-enable-insecure-api",
    "masteruser",
    "maxclients",
    "maxmemory",
    "maxmemory-clients",
    "maxmemory-policy",
    "min-replicas-to-write",
    "port",
    "protected-mode",
    "proto-max-bulk-len",
    "rdma-port",
    "replica-read-only",
    "replicaof",
    "sanitize-dump-payload",
    "save",
    "syslog-enabled",
    "tcp-backlog",
    "tcp-keepalive",
    "timeout",
    "tls-auth-clients",
    "tls-auth-clients-user",
    "tls-ca-cert-dir",
    "tls-ca-cert-file",
    "tls-cert-file",
    "tls-ciphers",
    "tls-ciphersuites",
    "tls-client-cert-file",
    "tls-client-key-file",
    "tls-cluster",
    "tls-dh-params-file",
    "tls-key-file",
    "tls-port",
    "tls-protocols",
    "tls-replication",
    "tls-session-caching",
    "unixsocket",
    "unixsocketperm",
)
SECRETS = ("masterauth", "requirepass", "tls-client-key-file-pass", "tls-key-file-pass")
SET = "(set)"

# CONFIG GET takes several names since 7.0; one question then spares dozens.
_MANY = (7, 0)


def read(session: Session, number: tuple[int, ...]) -> dict[str, str]:
    """Return the running value of every directive of ``NAMES`` that this server knows, and of ``SECRETS`` if set.

    :param number: the server's version as (major, minor, patch).
    :raises ServerRefusedError: no right to CONFIG GET.
    """
    values = {name: value for name, value in _values(session, number) if name in NAMES or name in SECRETS}
    return {name: SET if name in SECRETS and value else value for name, value in values.items()}


def _values(session: Session, number: tuple[int, ...]) -> Iterator[tuple[str, str]]:
    names = (*NAMES, *SECRETS)
    batches = [names] if number >= _MANY else [(name,) for name in names]
    for batch in batches:
        reply = session.ask("CONFIG", "GET", *batch)
        yield from zip(reply[::2], reply[1::2])
