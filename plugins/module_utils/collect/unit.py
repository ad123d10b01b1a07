"""The systemd unit of a server."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .. import host
from ..errors import HostError, InputError

_NAMES = re.compile(r"(?:redis|valkey)(?:-server)?(?:@[^.]+)?\.service")
_ARGV = re.compile(r"argv\[\]=(.*?) ; ")
_PROPERTIES = "Id,LoadState,ActiveState,MainPID,ExecStart,User,Group,NeedDaemonReload"


@dataclass(frozen=True)
class Unit:
    """What systemd says; ``pid`` 0 when nothing runs. Without a unit all fields are empty."""

    name: str = ""
    active: bool = False
    pid: int = 0
    argv: tuple[str, ...] = ()
    user: str = ""
    group: str = ""
    needs_reload: bool = False

    @property
    def binary(self) -> str:
        """The program, or ``""``."""
        return self.argv[0] if self.argv else ""

    @property
    def config_file(self) -> str:
        """The configuration file on the command line, or ``""``."""
        return "" if len(self.argv) < 2 or self.argv[1].startswith("-") else self.argv[1]  # noqa: PLR2004 - argv[1]


def find(name: str | None) -> Unit:
    """Return the named unit, or the one server unit there is.

    :raises InputError: no name was given and several are active.
    """
    if name:
        return read(name)
    units = [read(candidate) for candidate in _candidates()]
    active = [unit for unit in units if unit.active]
    if len(active) > 1:
        raise InputError(
            f"several servers run here: {', '.join(unit.name for unit in active)}", where="unit", hint="Name one"
        )
    return (active or units or [Unit()])[0]


def read(name: str) -> Unit:
    """Ask systemd for one unit; without systemd or the unit the answer is empty."""
    fields = _show(name)
    if fields.get("LoadState") != "loaded":
        return Unit()
    argv = _ARGV.search(fields.get("ExecStart", ""))
    return Unit(
        name=fields.get("Id", name),
        active=fields.get("ActiveState") == "active",
        pid=int(fields.get("MainPID") or 0),
        argv=tuple(argv.group(1).split()) if argv else (),
        user=fields.get("User", ""),
        group=fields.get("Group", ""),
        needs_reload=fields.get("NeedDaemonReload") == "yes",
    )


def _show(name: str) -> dict[str, str]:
    lines = _systemctl("show", name, f"--property={_PROPERTIES}")
    return dict(line.split("=", 1) for line in lines if "=" in line)


def _candidates() -> list[str]:
    lines = _systemctl("list-unit-files", "--type=service", "--no-legend", "redis*", "valkey*")
    lines += _systemctl("list-units", "--type=service", "--all", "--plain", "--no-legend", "redis*", "valkey*")
    names = dict.fromkeys(line.split()[0] for line in lines if line.split())
    # An alias (redis.service) and a template (redis-server@.service) are no servers of their own.
    found = [read(name) for name in names if _NAMES.fullmatch(name)]
    return list(dict.fromkeys(unit.name for unit in found if unit.name))


def _systemctl(*words: str) -> list[str]:
    try:
        done = host.run(["systemctl", "--no-pager", *words])
    except HostError:
        return []  # a host without systemd
    return [] if done.returncode else done.stdout.decode("utf-8", "replace").splitlines()
