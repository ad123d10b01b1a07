"""The server of this host: its package, unit, process, file, and what it says of itself."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .. import host
from ..conf.merge import settings
from ..conf.syntax import Document, parse
from ..connection import IMPORT_ERROR, Endpoint
from ..errors import HostError, RampartError
from ..shadow import find_binary
from ..versions import ServerVersion, from_banner
from . import doors, process, surroundings, unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..connection import Server

_DIRECTIVES = ("port", "tls-port", "bind", "unixsocket", "aclfile", "dir")
# Where drop-ins of units go.
_UNITS = "/etc/systemd/system"
_SECTIONS = ("server", "replication", "persistence", "cluster", "keyspace", "memory")


@dataclass(frozen=True)
class Site:
    """What the host shows without asking the server. ``document`` is None when there is no readable file."""

    unit: unit.Unit
    binary: str | None = None
    version: ServerVersion | None = None
    config_file: str | None = None
    document: Document | None = None
    pid: int | None = None
    warnings: list[str] = field(default_factory=list)

    @property
    def values(self) -> dict[str, str]:
        """Directives of the file as one text each; of several lines the last."""
        found = settings(self.document) if self.document else {}
        return {name: " ".join(lines[-1]) for name, lines in found.items()}

    @property
    def facade(self) -> doors.Facade:
        """Where the server listens, or should."""
        return doors.settings_facade(self.values, _sockets(self.pid))


def look(unit_name: str | None, config_file: str | None) -> Site:
    """Read unit, binary, file and process.

    :raises InputError: several servers run and none was named.
    """
    found = unit.find(unit_name)
    binary = found.binary or find_binary()
    if binary is None or not os.access(binary, os.X_OK):
        return Site(found)
    path = config_file or found.config_file or None
    document, warnings = _document(path)
    return Site(found, binary, _version(binary), path, document, _pid(found, binary, warnings), warnings)


@contextmanager
def door(site: Site, params: Mapping[str, Any]) -> Iterator[doors.Way]:
    """Find the door that lets us in with the ``login_*`` options, if the server runs.

    ``params["current_password"]``, where a module has it, is that of the default user of a server not hardened yet.
    """
    wish = Endpoint.from_params(params)
    logins = _logins(site, wish, params.get("current_password"))
    with doors.entered(site.facade, wish, logins) if site.pid else _nobody() as way:
        yield way


def facts(site: Site, way: doors.Way) -> dict[str, Any]:
    """Return the module's ``instance``."""
    values, version = site.values, site.version
    about: dict[str, Any] = {
        "installed": site.binary is not None,
        "binary": site.binary,
        "unit": site.unit.name or None,
        "service_user": site.unit.user or None,
        "service_group": site.unit.group or None,
        "config_file": site.config_file,
        "running": site.pid is not None,
        "pid": site.pid,
        "started_at": process.started_at(site.pid) if site.pid else None,
        "renamed_commands": _renamed(site.document),
        "requirepass": site.values.get("requirepass", "") != "" if site.document else None,
        "default_user_open": way.default_open,
        "default_user_on": _default_on(way.server),
        "login": doors.as_login(way),
        "library": IMPORT_ERROR is None,
        "users": _users(way.server),
    }
    info = _info(way.server)
    values.update(_running(way.server))
    version = way.server.version if way.server else version
    about.update(product=version.product if version else None)
    about.update(version=".".join(map(str, version.number)) if version else None)
    about.update(_configured(values) if site.binary else _configured({}))
    about.update(_said(info, site.values), **_clients(way.server))
    around = surroundings.neighbours(site.pid)
    about.update(other_servers=around.here, containers=around.containers)
    config_dir = os.path.dirname(site.config_file) if site.config_file else None  # noqa: PTH120 - a text as it is
    about.update(data_free=surroundings.free(about["data_dir"]), config_free=surroundings.free(config_dir))
    about.update(read_only=surroundings.read_only([config_dir, about["data_dir"], _UNITS]))
    return about


@contextmanager
def _nobody() -> Iterator[doors.Way]:
    yield doors.Way()


def _sockets(pid: int | None) -> list[tuple[str, int]]:
    """Return where the process listens; nothing where there is none, or without the right to look."""
    if pid is None:
        return []
    with suppress(HostError):
        return process.listening(pid)
    return []


def _version(binary: str) -> ServerVersion | None:
    try:
        return from_banner(host.run_ok([binary, "--version"]))
    except RampartError:
        return None


def _document(path: str | None) -> tuple[Document | None, list[str]]:
    if path is None:
        return None, []
    try:
        text = host.read_text(path)
        return (None if text is None else parse(text, path)), []
    except HostError as error:
        return None, [f"{error}. Run with become: true to learn what is in it"]
    except RampartError as error:
        return None, [str(error)]


def _pid(found: unit.Unit, binary: str, warnings: list[str]) -> int | None:
    if found.name:
        return found.pid or None
    pids = process.running_from(binary)
    if len(pids) > 1:
        warnings.append(f"{len(pids)} processes run {binary} without a unit that was named; none was looked at")
    return pids[0] if len(pids) == 1 else None


def _renamed(document: Document | None) -> list[str] | None:
    if document is None:
        return None
    return [line.arguments[0].upper() for line in document.directives("rename-command") if line.arguments]


def _info(server: Server | None) -> dict[str, str]:
    found: dict[str, str] = {}
    for section in _SECTIONS if server else ():
        found.update(_quietly(server, "INFO", section))
    return found


def _running(server: Server | None) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in _DIRECTIVES if server else ():
        found.update(_quietly(server, "CONFIG", "GET", name))
    return found


def _quietly(server: Server | None, *words: str) -> dict[str, str]:
    """Ask for pairs (CONFIG) or fields (INFO); a user without the right gets none."""
    reply = server.pipeline([words])[0] if server else []
    if isinstance(reply, Exception):
        return {}
    if isinstance(reply, list):
        return dict(zip(reply[::2], reply[1::2]))
    return dict(line.split(":", 1) for line in str(reply).splitlines() if ":" in line)


def _configured(values: Mapping[str, str]) -> dict[str, Any]:
    port, tls_port = values.get("port", "6379" if values else ""), values.get("tls-port", "0" if values else "")
    return {
        "port": int(port) if port else None,
        "tls_port": int(tls_port) if tls_port else None,
        "bind": values.get("bind", "").split(),
        "unix_socket": values.get("unixsocket") or None,
        "aclfile": values.get("aclfile") or None,
        "data_dir": values.get("dir") or None,
    }


def _said(info: Mapping[str, str], values: Mapping[str, str]) -> dict[str, Any]:
    """Return what INFO says; where nobody could ask, what the file says of replication and cluster."""
    keyspace = [value for name, value in info.items() if name.startswith("db") and value.startswith("keys=")]
    known = bool(info)
    return {
        "role": info.get("role"),
        "connected_replicas": int(info["connected_slaves"]) if "connected_slaves" in info else None,
        "primary": _primary(info, values),
        "mode": info.get("server_mode") or info.get("redis_mode"),
        "cluster_enabled": _is_cluster(info, values),
        "loading": info["loading"] != "0" if "loading" in info else None,
        "key_count": sum(int(value[len("keys=") :].split(",")[0]) for value in keyspace) if known else None,
        "used_memory": int(info["used_memory"]) if "used_memory" in info else None,
    }


def _primary(info: Mapping[str, str], values: Mapping[str, str]) -> str | None:
    if info:
        return f"{info['master_host']} {info['master_port']}" if "master_host" in info else None
    named = values.get("replicaof") or values.get("slaveof")
    return None if named == "no one" else named


def _is_cluster(info: Mapping[str, str], values: Mapping[str, str]) -> bool | None:
    if "cluster_enabled" in info:
        return info["cluster_enabled"] == "1"
    return values["cluster-enabled"] == "yes" if "cluster-enabled" in values else None


def _clients(server: Server | None) -> dict[str, Any]:
    reply = server.pipeline([("CLIENT", "LIST")])[0] if server else None
    if not isinstance(reply, str):
        return {"other_clients": None, "sentinel_clients": None}
    lines = reply.splitlines()
    # A Sentinel gives its two connections names of this kind.
    return {"other_clients": len(lines) - 1, "sentinel_clients": sum(" name=sentinel-" in line for line in lines)}


def _users(server: Server | None) -> list[str] | None:
    reply = server.pipeline([("ACL", "USERS")])[0] if server else None
    return list(map(str, reply)) if isinstance(reply, list) else None


def _default_on(server: Server | None) -> bool | None:
    reply = server.pipeline([("ACL", "GETUSER", doors.DEFAULT)])[0] if server else None
    return "on" in reply[1] if isinstance(reply, list) else None


def _logins(site: Site, wish: Endpoint, current_password: str | None) -> list[doors.Login]:
    """Return who may log in, the one who is known to exist first: a refused login would stay in the ACL log."""
    ours = [doors.Login(wish.user or doors.DEFAULT, wish.password)] if wish.password else []
    theirs = [doors.Login(doors.DEFAULT, current_password)] if current_password else []
    return ours + theirs if wish.user in _users_in_files(site) else theirs + ours


def _users_in_files(site: Site) -> set[str]:
    lines = [line.words[1] for line in site.document.directives("user") if len(line.words) > 1] if site.document else []
    with suppress(HostError):
        text = host.read_text(site.values.get("aclfile") or os.devnull) or ""
        lines += [line.split()[1] for line in text.splitlines() if line.startswith("user ") and len(line.split()) > 1]
    return set(lines)
