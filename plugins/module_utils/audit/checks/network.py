"""Who can reach the server at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..addresses import PRIVATE_CIDRS, bind_words, is_inside, is_loopback, is_wildcard, port
from ..check import CRITICAL, HIGH, MEDIUM, Family, Verdict, failed, not_applicable, not_evaluated, passed, verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ...acl.user import AclUser

NETWORK = Family("NET", "Network exposure")


def _listens(config: Mapping[str, str]) -> bool:
    return bool(port(config, "port") or port(config, "tls-port"))


def _open_default(users: Sequence[AclUser] | None) -> bool:
    return any(user.name == "default" and user.enabled and user.nopass for user in users or ())


@NETWORK.check(
    1,
    "A socket listens outside the allowed networks",
    severity=HIGH,
    needs=("sockets", "expected"),
    wants=("users",),
    fix="redis_server_bind: list the private address of the host and 127.0.0.1, nothing else",
)
def listening_sockets(
    sockets: Sequence[Mapping[str, Any]], expected: Mapping[str, Any], users: Sequence[AclUser] | None
) -> Verdict:
    """Whoever can open a connection can try passwords, exploit parser bugs and fill the connection table.

    The sockets of the process are judged, not the configuration: they are what the network sees.
    """
    if not sockets:
        return not_applicable("the process has no TCP socket")
    cidrs = expected.get("listen_cidrs") or PRIVATE_CIDRS
    outside = [f"{row['address']} port {row['port']}" for row in sockets if not is_inside(row["address"], cidrs)]
    fine = f"{len(sockets)} sockets, all inside {', '.join(cidrs)}"
    return verdict(outside, fine, CRITICAL if _open_default(users) else None)


@NETWORK.check(
    2,
    "bind means every interface",
    severity=HIGH,
    needs=("config",),
    fix="redis_server_bind: list the private address of the host and 127.0.0.1, nothing else",
)
def wildcard_bind(config: Mapping[str, str]) -> Verdict:
    """A wildcard also takes in every interface that is added later: a public address, a VPN, a container bridge."""
    if not _listens(config):
        return not_applicable("no TCP port is enabled")
    if any(is_wildcard(word) for word in bind_words(config)):
        return failed(f'bind is "{config.get("bind", "")}"')
    return passed(f'bind is "{config["bind"]}"')


@NETWORK.check(
    3,
    "Protected mode is off and nothing asks for a password",
    severity=CRITICAL,
    needs=("config", "users", "server"),
    fix="redis_server_protected_mode: true, and let redis_acl switch the default user off",
)
def protected_mode(config: Mapping[str, str], users: Sequence[AclUser], server: Mapping[str, Any]) -> Verdict:
    """Protected mode is the last net under a server whose default user needs no password.

    Without both, everybody who reaches the port owns the data and, through CONFIG and modules, often the host.
    """
    if server["mode"] == "sentinel":
        return not_applicable("Sentinel switches protected mode off by itself")
    mode = f"protected-mode is {config.get('protected-mode', 'unknown')}"
    if not _open_default(users):
        return passed(mode, "the default user is off or needs a password")
    if config.get("protected-mode") == "yes":
        return passed(mode, "it refuses commands from other hosts while the default user has no password")
    return failed(mode, "the default user is on and needs no password")


@NETWORK.check(
    4,
    "A plaintext port is open beyond this host",
    severity=HIGH,
    needs=("config",),
    fix="redis_server_port: 0, with redis_server_tls_port for the clients",
)
def plaintext_port(config: Mapping[str, str]) -> Verdict:
    """Passwords and data cross the network readable, and anyone on the path can change them."""
    number = port(config, "port")
    if not number:
        return passed("port is 0: no plaintext listener") if _listens(config) else not_applicable("no TCP port")
    beyond = [word for word in bind_words(config) if not is_loopback(word)]
    return verdict(
        [f"port {number} speaks plaintext on {word}" for word in beyond],
        f"port {number} speaks plaintext on the loopback interface only",
    )


@NETWORK.check(
    5,
    "The server answers commands before authentication",
    severity=CRITICAL,
    needs=("doors",),
    fix="run the playbook harden: it switches the default user off; until then redis_server_protected_mode: true",
)
def open_doors(doors: Sequence[Mapping[str, Any]]) -> Verdict:
    """The one question that matters to an attacker, asked as an attacker would: a bare PING on a fresh connection.

    A connection or TLS error proves nothing about passwords and is never taken for "authentication required".
    """
    answers = [f"{door['door']} answered {door['answer']}" for door in doors]
    opened = [text for door, text in zip(doors, answers) if door["result"] == "open"]
    closed = [text for door, text in zip(doors, answers) if door["result"] == "closed"]
    if opened:
        return failed(*opened)
    return passed(*closed) if closed else not_evaluated(*answers)


@NETWORK.check(
    9,
    "The unix socket is open to every local account",
    severity=MEDIUM,
    needs=("config", "files"),
    fix="redis_server_extra_directives: unixsocketperm 770 for clients in the socket's group, or no unixsocket",
)
def unix_socket(config: Mapping[str, str], files: Sequence[Mapping[str, Any]]) -> Verdict:
    """A socket that everybody may write to lets every process of the host talk to the server, whatever the firewall."""
    path = config.get("unixsocket", "")
    if not path:
        return not_applicable("no unix socket is configured")
    found = next((row for row in files if row["path"] == path), None)
    if found is None:
        return not_evaluated(f"files: {path} was not found")
    said = f"{path} has mode {found['mode']:04o}"
    if not found["mode"] & 0o007:
        return passed(said)
    return failed(said, "a directory above keeps others out") if found["sheltered"] else failed(said, severity=HIGH)
