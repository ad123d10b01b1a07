"""Switch an administrator on for some minutes as root of the host; the work of redis_break_glass.

While the operator can log in, nothing is restarted. Otherwise the way in is the one that root of a host always has: the
ACL file and a restart, with evidence that the stop saves the data.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import host
from ..acl import glass
from ..conf.syntax import quote
from ..connection import Endpoint
from ..errors import HostError, InputError
from . import doors, instance
from .checkpoints import make_private, write_private
from .restarting import restart

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..connection import Server
    from .instance import Site

# Memory: gone after a reboot, like the user's login, which no file keeps.
FOLDER = Path("/run/rampart/break-glass")
UNIT = "rampart-break-glass"
_MOST_MINUTES = 24 * 60
_OFF = """#!/bin/sh
# Written by rampart.redis: ends the break-glass. The commands are for a connection as {name} itself.
set -u
if grep -qs '{digest}' '{aclfile}'; then
  cp -p '{folder}/users.acl' '{aclfile}.rampart' && mv '{aclfile}.rampart' '{aclfile}'
fi
said=$({client} < '{folder}/commands' 2>&1)
case "$said" in
  OK*OK*|OK*1*|*WRONGPASS*) echo '{name} is off again'; rm -rf '{folder}' ;;
  *) echo "<3>{name} IS STILL ON: $said"; exit 1 ;;
esac
"""


@dataclass(frozen=True)
class Glass:
    """What is broken: the user, its rules before (None: there was none), the password of this time."""

    name: str
    before: tuple[str, ...] | None
    password: str
    aclfile: str

    @property
    def digest(self) -> str:
        """The password's hash, as ACL rules have it."""
        return hashlib.sha256(self.password.encode()).hexdigest()

    def rights(self, site: Site) -> tuple[str, ...]:
        """Return the rules while it is on."""
        return glass.rights(self.digest, channels=site.version is None or site.version.since((6, 2)))


def break_glass(params: Mapping[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """Switch the user on and arrange for its end; return the result of redis_break_glass.

    :raises HostError: the server would lose data by the restart that is needed, or does not run.
    """
    if not 0 < params["minutes"] <= _MOST_MINUTES:
        raise InputError(f"must be more than 0 and at most {_MOST_MINUTES}", where="minutes")
    if not params["reason"].strip():
        raise InputError("say why, for the journal", where="reason")
    site = instance.look(params["unit"], None)
    if site.pid is None:
        raise HostError("the server does not run, so there is nothing to log in to", where=params["unit"])
    _let_it_end()
    result = {"changed": True, "user": params["user"], "password_file": str(FOLDER / "password")}
    with instance.door(site, params) as way:
        if way.server is not None:
            restarted, warnings = False, [] if check_mode else _switch_on(site, way.server, params)
        else:
            restarted, warnings = True, _restart_open(site, params, check_mode=check_mode)
    return {**result, "restarted": restarted, "warnings": warnings}


def _let_it_end() -> None:
    """Wait for an ending that has begun: when it is done it removes the folder, the new one too."""
    state = host.run(["systemctl", "show", "--property=ActiveState", "--value", f"{UNIT}.service"]).stdout.strip()
    if state == b"activating":
        host.run(["systemctl", "start", f"{UNIT}.service"])  # joins the job that runs


def _switch_on(site: Site, server: Server, params: Mapping[str, Any]) -> list[str]:
    broken = _glass(params, site, server.command("ACL", "LIST"))
    _arm(site, broken, server.endpoint, params)
    server.command("ACL", "SETUSER", broken.name, *broken.rights(site))
    return []


def _restart_open(site: Site, params: Mapping[str, Any], *, check_mode: bool) -> list[str]:
    path = site.values.get("aclfile", "")
    text = host.read_text(path) if path else None
    if text is None:
        raise HostError("there is no ACL file, so there is no user to switch on by it", where=site.config_file or "")
    refused = None if params["policy"] == "force" else glass.refusal(appending=_appends(site), said=_said(site, params))
    if refused:
        raise HostError(
            f"the restart that is needed may lose data: {refused}",
            where=site.unit.name,
            hint=("Give witness_user and witness_password, or accept the risk with policy=force"),
        )
    broken = _glass(params, site, text.splitlines())
    staged = glass.opened(text, broken.name, broken.rights(site), path)
    if check_mode:
        return []
    dump = Path(site.values.get("dir", "."), site.values.get("dbfilename", "dump.rdb"))
    saved_at = dump.stat().st_mtime if dump.exists() else 0.0
    door = doors.candidates(site.facade, Endpoint.from_params(params))[0]
    _arm(site, broken, door, params)
    host.run_ok(["cp", "-p", path, str(FOLDER / "users.acl")])
    found = Path(path).stat()
    wish = host.FileWish(path, staged.encode(), found.st_mode & 0o7777, str(found.st_uid), str(found.st_gid))
    replaced = host.replace([wish])
    login = {"login_user": broken.name, "login_password": broken.password}
    try:
        options = {"config_file": None, "files": [], "reasons": ["break-glass"], "policy": "force"}
        restart({**params, **options, "login_after": login}, check_mode=False)
    finally:
        # The running server has read it; a later start shall not find the user switched on.
        replaced.undo()
    return (
        []
        if _appends(site) or (dump.exists() and dump.stat().st_mtime > saved_at)
        else [
            f"{dump} was not written when the server stopped: look whether data is missing before anything is written"
        ]
    )


def _glass(params: Mapping[str, Any], site: Site, lines: list[str]) -> Glass:
    """Return the glass; where it is broken already, the rules before are those before the first time."""
    name = params["user"]
    kept = host.read_text(str(FOLDER / "before"))
    before = glass.rules_of(lines if kept is None else kept.splitlines(), name)
    return Glass(name, before, secrets.token_urlsafe(32), site.values.get("aclfile", ""))


def _arm(site: Site, broken: Glass, door: Endpoint, params: Mapping[str, Any]) -> None:
    """Arrange the end before the beginning: a run that dies half-way leaves nothing on for ever."""
    make_private(FOLDER)
    commands = (("AUTH", broken.name, broken.password), *glass.closing(broken.name, broken.before))
    before = "" if broken.before is None else " ".join(["user", broken.name, *broken.before])
    script = _OFF.format(
        name=broken.name,
        digest=broken.digest,
        aclfile=broken.aclfile,
        folder=FOLDER,
        client=" ".join(map(_quoted, _client(site, door))),
    )
    for name, text in (
        ("password", broken.password),
        ("before", before),
        ("commands", "\n".join(" ".join(map(quote, words)) for words in commands)),
        ("off", script),
    ):
        write_private(FOLDER / name, f"{text}\n".encode())
    host.run(["systemctl", "stop", f"{UNIT}.timer"])
    host.run(["systemctl", "reset-failed", f"{UNIT}.service"])
    host.run_ok(
        [
            *("systemd-run", "--quiet", f"--unit={UNIT}", f"--on-active={params['minutes'] * 60:.0f}"),
            # As a oneshot, so that whoever starts it by hand is told when it is done.
            *("--timer-property=AccuracySec=1s", f"--property=SyslogIdentifier={UNIT}", "--service-type=oneshot"),
            *("/bin/sh", f"{FOLDER}/off"),
        ]
    )
    words = f"{broken.name} of {site.unit.name} is on for {params['minutes']:g} minutes: {params['reason']}"
    host.run(["systemd-cat", "--identifier", UNIT, "--priority", "warning"], stdin=words.encode())


def _client(site: Site, door: Endpoint) -> list[str]:
    product = site.version.product if site.version else "redis"
    program = str(Path(str(site.binary)).with_name(f"{product}-cli"))
    if door.unix_socket:
        return [program, "-s", door.unix_socket]
    files = (("--cacert", door.ca_certs), ("--cert", door.client_cert_file), ("--key", door.client_key_file))
    tls = ["--tls", *(word for option, path in files if path for word in (option, path))] if door.tls else []
    return [program, "-h", door.host, "-p", str(door.port), *tls]


def _quoted(word: str) -> str:
    return "'" + word.replace("'", "'\\''") + "'"


def _appends(site: Site) -> bool:
    """Tell whether the process has an append-only file open, whatever its configuration says."""
    folder = Path("/proc", str(site.pid), "fd")
    try:
        return any(str(handle.readlink()).endswith(".aof") for handle in folder.iterdir())
    except OSError:
        return False


def _said(site: Site, params: Mapping[str, Any]) -> dict[str, str] | None:
    """Ask the server as the witness, who may read but not change it."""
    if not params["witness_password"]:
        return None
    login = {"login_user": params["witness_user"], "login_password": params["witness_password"]}
    with instance.door(site, {**params, **login}) as way:
        return way.server.config("save", "appendonly") if way.server else None
