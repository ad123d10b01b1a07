"""All collectors in order. One that cannot bring its section home leaves the reason instead, and the next goes on."""

from __future__ import annotations

import platform
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ..audit.addresses import port
from ..errors import RampartError
from . import certificates, clients, config, files, info, packages, password_ages, sockets, users
from .session import knock, session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..connection import Endpoint
    from .session import Session

SERVER_SECTIONS = ("server", "replication", "memory", "config", "users", "commands", "modules", "clients")
_HOST_SECTIONS = (
    *("process", "sockets", "account", "package", "directives", "files", "certificates", "private_keys"),
    "passwords",
)
AGES_DIR = "/var/lib/rampart/passwords"  # where the role redis_acl keeps its record
_DEFAULT_FILES = ("/etc/redis/redis.conf", "/etc/valkey/valkey.conf")


@dataclass
class Snapshot:
    """What was found: ``sections`` of facts, ``missing`` with the reason for each that is not there, ``proof``."""

    sections: dict[str, Any] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    proof: dict[str, Any] = field(default_factory=dict)

    @contextmanager
    def attempt(self, *names: str) -> Iterator[None]:
        """Note why the sections ``names`` are missing when collecting them fails."""
        try:
            yield
        except RampartError as error:
            self.missing.update({name: str(error) for name in names if name not in self.sections})


def collect(
    endpoint: Endpoint, *, config_file: str | None, server: bool, host: bool, ages_dir: str = AGES_DIR
) -> Snapshot:
    """Collect from the server and from this host, which must be the server's own.

    :param ages_dir: folder of the record of since when passwords are known.
    """
    found = Snapshot()
    if server:
        with found.attempt(*SERVER_SECTIONS, "doors"), session(endpoint) as (talk, door):
            found.sections["doors"] = [door]
            _from_server(found, talk)
        if "doors" not in found.sections:
            found.sections["doors"] = [knock(endpoint)]
        found.sections["doors"] += [knock(other) for other in _other_doors(found, endpoint, host=host)]
    else:
        found.missing.update(dict.fromkeys((*SERVER_SECTIONS, "doors"), "not asked for (option sections)"))
    if host:
        _from_host(found, config_file, ages_dir)
    else:
        found.missing.update(dict.fromkeys(_HOST_SECTIONS, "not asked for (option sections)"))
    return found


def host_name() -> str:
    """Return the name this host gives itself."""
    return platform.node()


def _from_server(found: Snapshot, talk: Session) -> None:
    before = talk.info()
    found.sections["server"] = about = info.server(before)
    found.sections["replication"] = info.replication(before)
    found.sections["memory"] = info.memory(before)
    major, minor, patch = map(int, about["version"].split("."))
    with found.attempt("config"):
        found.sections["config"] = config.read(talk, (major, minor, patch))
    with found.attempt("users"):
        found.sections["users"] = users.read(talk)
    with found.attempt("commands"):
        found.sections["commands"] = users.read_commands(talk)
    with found.attempt("modules"):
        found.sections["modules"] = clients.read_modules(talk)
    with found.attempt("clients"):
        found.sections["clients"] = clients.read(talk)
    found.proof.update(info.proof(before, talk.info(), talk.sent))


def _other_doors(found: Snapshot, endpoint: Endpoint, *, host: bool) -> list[Endpoint]:
    """Return the further doors of the server that can be knocked at from here."""
    values = found.sections.get("config", {})
    doors = []
    plain, path = port(values, "port"), values.get("unixsocket", "")
    over_tcp = not endpoint.unix_socket
    if plain and not (over_tcp and plain == endpoint.port) and (host or over_tcp):
        doors.append(replace(endpoint, port=plain, tls=False, unix_socket=None))
    if path and host and path != endpoint.unix_socket:
        doors.append(replace(endpoint, unix_socket=path, tls=False))
    return doors


def _from_host(found: Snapshot, config_file: str | None, ages_dir: str) -> None:
    about = found.sections.get("server", {})
    running = found.sections.get("config", {})
    with found.attempt("process", "sockets", "account", "package"):
        pid = sockets.find_pid(about)
        with found.attempt("sockets"):
            found.sections["sockets"] = sockets.read_sockets(pid)
        found.sections["process"] = process = sockets.read_process(pid)
        with found.attempt("account"):
            found.sections["account"] = sockets.read_account(process["uid"])
        with found.attempt("package"):
            found.sections["package"] = packages.read(process["exe"])
    path = config_file or (about["config_file"] if "config_file" in about else _present(_DEFAULT_FILES))
    with found.attempt("directives"):
        found.sections["directives"] = files.read_directives(path) if path else {}
    directives = found.sections.get("directives", {})
    with found.attempt("files"):
        found.sections["files"] = files.read_files(path, directives, running)
    values = {**{name: lines[-1] for name, lines in directives.items()}, **running}
    with found.attempt("certificates"):
        found.sections["certificates"] = certificates.read(values)
    with found.attempt("private_keys"):
        found.sections["private_keys"] = certificates.read_keys(values)
    with found.attempt("passwords"):
        found.sections["passwords"] = password_ages.present(ages_dir, values.get("aclfile", ""))


def _present(paths: tuple[str, ...]) -> str:
    return next((path for path in paths if files.exists(path)), paths[0])
