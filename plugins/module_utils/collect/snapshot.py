"""All collectors in order. One that cannot bring its section home leaves the reason instead, and the next goes on."""

from __future__ import annotations

import platform
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ..audit.addresses import port
from ..errors import RampartError
from ..host import read_text
from . import (
    certificates,
    clients,
    config,
    exporter,
    files,
    info,
    packages,
    password_ages,
    sockets,
    surroundings,
    system,
    traces,
    users,
)
from .handshake import Listener
from .handshake import presented as presented_at
from .session import knock, session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..connection import Endpoint
    from .session import Session

_FROM_INFO = ("server", "replication", "memory", "persistence", "stats")
_ASKED = ("config", "users", "commands", "modules", "clients", "functions", "monitored")
SERVER_SECTIONS = (*_FROM_INFO, *_ASKED, "login", "presented")
_PROCESS_SECTIONS = ("process", "sockets", "account", "package", "limits", "unit")
_HOST_SECTIONS = (
    *_PROCESS_SECTIONS,
    *("directives", "files", "certificates", "private_keys", "pairs", "acl_file", "passwords"),
    *("kernel", "firewall", "exporter", "log", "backups", "neighbours", "cloud"),
)
_SENTINEL = "sentinel"
_FUNCTIONS_SINCE = (7, 0, 0)
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


@dataclass(frozen=True)
class Places:
    """Where the host keeps things; ``config_file`` and ``backup_dir`` may be unknown.

    ``ages_dir`` is the folder of the record of since when passwords are known.
    """

    config_file: str | None = None
    ages_dir: str = AGES_DIR
    backup_dir: str | None = None


def collect(endpoint: Endpoint, places: Places | None = None, *, server: bool, host: bool) -> Snapshot:
    """Collect from the server and from this host, which must be the server's own."""
    found = Snapshot()
    sent: Counter[str] = Counter()
    if server:
        with found.attempt(*SERVER_SECTIONS, "doors"), session(endpoint, sent) as (talk, door):
            found.sections["doors"] = [door]
            _from_server(found, talk)
            found.sections["login"] = endpoint.user if "AUTH" in sent else "default"
        found.sections["presented"] = _presented(endpoint)
        if "doors" not in found.sections:
            found.sections["doors"] = [knock(endpoint)]
        found.sections["doors"] += [knock(other) for other in _other_doors(found, endpoint, host=host)]
    else:
        found.missing.update(dict.fromkeys((*SERVER_SECTIONS, "doors"), "not asked for (option sections)"))
    if host:
        _from_host(found, places or Places())
    else:
        found.missing.update(dict.fromkeys(_HOST_SECTIONS, "not asked for (option sections)"))
    found.proof["sent"] = dict(sorted(sent.items()))
    found.proof.setdefault("refused", [])
    return found


def host_name() -> str:
    """Return the name this host gives itself."""
    return platform.node()


def _from_server(found: Snapshot, talk: Session) -> None:
    try:
        before = talk.info()
        found.sections["server"] = about = info.server(before)
        for name, read in (
            *(("replication", info.replication), ("memory", info.memory)),
            *(("persistence", info.persistence), ("stats", info.stats)),
        ):
            found.sections[name] = read(before)
        _ask(found, talk, about["mode"] == _SENTINEL, tuple(map(int, about["version"].split("."))))
        found.proof.update(info.proof(before, talk.info()))
    finally:
        found.proof["refused"] = talk.denied


def _ask(found: Snapshot, talk: Session, is_sentinel: bool, number: tuple[int, ...]) -> None:  # noqa: FBT001 - private
    questions: dict[str, Callable[[], Any]] = {
        "config": lambda: config.read(talk, number),
        "users": lambda: users.read(talk),
        "commands": lambda: users.read_commands(talk),
        "modules": lambda: clients.read_modules(talk),
        "clients": lambda: clients.read(talk),
        "functions": lambda: clients.read_functions(talk),
        "monitored": lambda: clients.read_monitored(talk),
    }
    # A command that does not exist is not asked for: what it would list, there is not.
    absent = {"modules", "functions"} if is_sentinel else {"monitored"}
    if number < _FUNCTIONS_SINCE:
        absent.add("functions")
    found.sections.update({name: [] for name in absent})
    if is_sentinel:
        found.missing["config"] = "a Sentinel does not tell its configuration; its file was not read"
    for name, ask in questions.items():
        if name not in found.sections and name not in found.missing:
            with found.attempt(name):
                found.sections[name] = ask()


def _presented(endpoint: Endpoint) -> list[dict[str, str]]:
    if not endpoint.tls or endpoint.unix_socket:
        return []
    row = {"door": str(endpoint), "fingerprint": "", "error": ""}
    try:
        row["fingerprint"] = presented_at(Listener.beside(endpoint, endpoint.host, endpoint.port)) or ""
    except RampartError as error:
        row["error"] = error.what
    return [row]


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


def _from_host(found: Snapshot, places: Places) -> None:
    about = found.sections.get("server", {})
    with found.attempt(*_PROCESS_SECTIONS):
        _from_process(found, sockets.find_pid(about))
    path = places.config_file or (about["config_file"] if "config_file" in about else _present(_DEFAULT_FILES))
    with found.attempt("directives"):
        found.sections["directives"] = files.read_directives(path) if path else {}
    directives = found.sections.get("directives", {})
    if about.get("mode") == _SENTINEL and directives:
        # A Sentinel does not tell its configuration: the file is all there is.
        found.sections["config"] = {name: lines[-1] for name, lines in directives.items() if name in config.NAMES}
        found.missing.pop("config", None)
    running = found.sections.get("config", {})
    values = {**{name: lines[-1] for name, lines in directives.items()}, **running}
    acl_file, pid = values.get("aclfile", ""), found.sections.get("process", {}).get("pid")
    unit = found.sections.get("unit", {}).get("name", "")
    readers: dict[str, Callable[[], Any]] = {
        "files": lambda: files.read_files(path, directives, running),
        "certificates": lambda: certificates.read(values),
        "private_keys": lambda: certificates.read_keys(values),
        "pairs": lambda: certificates.read_pairs(values),
        "passwords": lambda: password_ages.present(places.ages_dir, acl_file),
        "acl_file": lambda: _acl_lines(acl_file),
        "kernel": system.read_kernel,
        "firewall": system.read_firewall,
        "cloud": system.read_cloud,
        "exporter": exporter.read,
        "log": lambda: traces.read_log(values.get("logfile", ""), unit),
        "neighbours": lambda: surroundings.neighbours(pid)._asdict(),
        "backups": lambda: traces.read_backups(places.backup_dir) if places.backup_dir else [],
    }
    for name, read in readers.items():
        with found.attempt(name):
            found.sections[name] = read()


def _from_process(found: Snapshot, pid: int) -> None:
    with found.attempt("sockets"):
        found.sections["sockets"] = sockets.read_sockets(pid)
    with found.attempt("limits"):
        found.sections["limits"] = system.read_limits(pid)
    with found.attempt("unit"):
        found.sections["unit"] = system.read_unit(pid)
    found.sections["process"] = process = sockets.read_process(pid)
    with found.attempt("account"):
        found.sections["account"] = sockets.read_account(process["uid"])
    with found.attempt("package"):
        found.sections["package"] = packages.read(process["exe"])


def _acl_lines(path: str) -> list[str] | None:
    text = read_text(path) if path else None
    return None if text is None else [line for line in text.splitlines() if line.strip()]


def _present(paths: tuple[str, ...]) -> str:
    return next((path for path in paths if files.exists(path)), paths[0])
