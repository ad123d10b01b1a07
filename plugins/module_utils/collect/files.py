"""Files of the server: what the configuration file says, and who may touch what."""

from __future__ import annotations

import grp
import pwd
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..audit.known_passwords import clear_acl_lines, clear_directives
from ..conf.syntax import parse
from ..errors import HostError, InputError
from ..host import read_text
from . import config

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ..conf.syntax import Line

# Directives that checks ask for; of the others some hold passwords, so none is kept.
_KEPT = frozenset({*config.NAMES, "include", "loadmodule", "rename-command"})
# Of a Sentinel's directives those that name no password.
_SCRIPTS = ("notification-script", "client-reconfig-script")
_SENTINEL = frozenset({"deny-scripts-reconfig", "monitor", "auth-user", *_SCRIPTS})
_KEYS = ("tls-key-file", "tls-client-key-file")
_DEPTH = 4
_OTHERS_ENTER = 0o001


def read_directives(path: str) -> dict[str, list[str]]:
    """Return the arguments of the kept directives of a configuration file and its includes; of ``user`` the names only.

    :raises HostError: there is no such file, or it cannot be read.
    """
    kept: dict[str, list[str]] = {}
    for _path, line in _lines(path, _DEPTH):
        if line.name in _KEPT:
            kept.setdefault(line.name, []).append(" ".join(line.arguments))
        elif line.name == "user" and line.arguments:
            kept.setdefault("user", []).append(line.arguments[0])
        elif line.name == "sentinel" and line.arguments:
            kept.setdefault("sentinel", []).extend(_sentinel(line.arguments))
    return kept


def _sentinel(words: Sequence[str]) -> Iterator[str]:
    if words[0] in _SENTINEL:
        yield " ".join(words)
    elif words[0] == "sentinel-pass" and any(words[1:]):
        yield "sentinel-pass (set)"


def read_files(
    config_file: str, directives: Mapping[str, list[str]], running: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return a row for every file that matters: path, role, mode, owner, group, sheltered, clear.

    :param config_file: ``""`` for a server that runs without one.
    :param running: running values, which win over ``directives``, those of the file.
    """
    values = {name: lines[-1] for name, lines in directives.items() if lines}
    values.update({name: value for name, value in running.items() if value})
    includes = [path for word in directives.get("include", ()) for path in _matches(word)]
    rows = [_row(path, "config", list(_clear_config(path))) for path in (config_file, *includes) if path]
    acl = values.get("aclfile", "")
    rows.append(_row(acl, "acl", list(clear_acl_lines(_text(acl)))))
    rows += [_row(path, "data") for path in _data(values)]
    rows.append(_row(values.get("unixsocket", ""), "socket"))
    rows += [_row(values.get(name, ""), "key") for name in _KEYS]
    scripts = [words for words in map(str.split, directives.get("sentinel", ())) if words[0] in _SCRIPTS and words[2:]]
    rows += [_row(words[2], "script") for words in scripts]
    rows += [_row(str(folder), "script folder") for words in scripts for folder in Path(words[2]).parents]
    return [row for row in rows if row is not None]


def exists(path: str) -> bool:
    """Tell whether there is such a file."""
    return Path(path).is_file()


def _lines(path: str, depth: int) -> Iterator[tuple[str, Line]]:
    text = read_text(path)
    if text is None:
        raise HostError("there is no such file", where=path)
    try:
        lines = parse(text, path).lines
    except InputError as error:
        raise HostError(error.what, where=error.where) from error
    for line in lines:
        yield path, line
        if line.name == "include" and depth:
            for found in _matches(line.arguments[0]):
                yield from _lines(found, depth - 1)


def _matches(pattern: str) -> list[str]:
    """Return the files an ``include`` means, wildcards too; a relative one is relative to nobody knows where."""
    return sorted(map(str, Path("/").glob(pattern[1:]))) if pattern.startswith("/") else []


def _text(path: str) -> str:
    return (read_text(path) or "") if path else ""


def _clear_config(path: str) -> Iterator[str]:
    own = (line for found, line in _lines(path, 0) if found == path)
    yield from clear_directives((line.number, line.name, line.arguments) for line in own if line.words)


def _data(values: Mapping[str, str]) -> Iterator[str]:
    if not values.get("dir"):
        return
    folder = Path(values["dir"])
    logs = folder / (values.get("appenddirname") or "appendonlydir")
    dump = folder / (values.get("dbfilename") or "dump.rdb")
    yield from map(str, (folder, dump, logs, *sorted(logs.glob("*")), *sorted(folder.glob("*.aof"))))


def _row(path: str, role: str, clear: Iterable[str] = ()) -> dict[str, Any] | None:
    try:
        found = Path(path).stat() if path else None
    except FileNotFoundError:
        return None
    except OSError as error:
        raise HostError(f"cannot be looked at: {error.strerror}", where=path) from error
    if found is None:
        return None
    return {
        "path": path,
        "role": role,
        "mode": stat.S_IMODE(found.st_mode),
        "owner": _name(found.st_uid, group=False),
        "group": _name(found.st_gid, group=True),
        "sheltered": _is_sheltered(path),
        "clear": list(clear),
    }


def _name(number: int, *, group: bool) -> str:
    try:
        return grp.getgrgid(number).gr_name if group else pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def _is_sheltered(path: str) -> bool:
    """Tell whether a directory above keeps other accounts from reaching the file at all."""
    return any(not folder.stat().st_mode & _OTHERS_ENTER for folder in Path(path).resolve().parents)
