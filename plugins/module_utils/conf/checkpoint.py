"""What a checkpoint holds, and what putting it back takes. Decisions only."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ..errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

SCHEMA = 1
FILE, FOLDER, LINK, ABSENT = "file", "folder", "link", "absent"
_KINDS = (FILE, FOLDER, LINK, ABSENT)
_MIB = 1024 * 1024
# More than the snapshot itself: the server, its log and everybody else go on writing while it is made.
_RESERVE = 32 * _MIB


@dataclass(frozen=True)
class Entry:
    """One path as it was found. ``mode``, ``uid``, ``gid`` are numbers; ``sha256`` is of a file, ``target`` of a link.

    A path that was not there is an entry too (``absent``): putting it back means to remove what is there now.
    """

    path: str
    kind: str
    mode: int = 0
    uid: int = 0
    gid: int = 0
    sha256: str = ""
    target: str = ""


@dataclass(frozen=True)
class Snapshot:
    """The saved data: ``path`` is where the server keeps it, ``keys`` how many there were, ``size`` in bytes."""

    path: str
    sha256: str
    size: int
    keys: int


@dataclass(frozen=True)
class Manifest:
    """A checkpoint without the copies of files.

    ``roots`` were saved with all below them, of ``modes`` only mode and owner; ``running`` and ``users`` are the
    replies of CONFIG GET and ACL LIST (they hold secrets), ``kernel`` the values of sysctl.
    """

    made_at: str
    unit: str
    roots: tuple[str, ...]
    entries: tuple[Entry, ...]
    modes: tuple[Entry, ...] = ()
    login_user: str | None = None
    running: Mapping[str, str] = field(default_factory=dict, repr=False)
    users: tuple[str, ...] = field(default=(), repr=False)
    kernel: Mapping[str, str] = field(default_factory=dict)
    snapshot: Snapshot | None = None


@dataclass(frozen=True)
class Steps:
    """What to do: ``remove`` from the deepest on, ``folders`` from the top, then ``write`` and set ``modes``."""

    remove: tuple[Entry, ...] = ()
    folders: tuple[Entry, ...] = ()
    write: tuple[Entry, ...] = ()
    modes: tuple[Entry, ...] = ()

    @property
    def sentences(self) -> list[str]:
        """Say what is done, by path."""
        return [
            *(f"{entry.path}: is removed" for entry in self.remove),
            *(f"{entry.path}: the folder as it was" for entry in self.folders),
            *(f"{entry.path}: the {entry.kind} as it was" for entry in self.write),
            *(f"{entry.path}: mode {entry.mode:04o} and owner as they were" for entry in self.modes),
        ]


def render(manifest: Manifest) -> str:
    """Return the text of the manifest."""
    return json.dumps({"schema": SCHEMA, **asdict(manifest)}, indent=1, sort_keys=True) + "\n"


def parse(text: str, where: str) -> Manifest:
    """Read the text of a manifest.

    :raises InputError: it is damaged, or of a later release.
    """
    try:
        found = json.loads(text)
        schema = found.pop("schema")
        if schema != SCHEMA:
            raise InputError(
                f"has schema {schema}; this release knows {SCHEMA}", where=where, hint="Use a later release"
            )
        return _manifest(found)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError("is damaged, so nothing can be put back from it", where=where) from error


def _manifest(found: dict[str, Any]) -> Manifest:
    snapshot = found["snapshot"]
    manifest = Manifest(
        **{
            **found,
            "roots": tuple(found["roots"]),
            "entries": _entries(found["entries"]),
            "modes": _entries(found["modes"]),
            "users": tuple(found["users"]),
            "snapshot": Snapshot(**snapshot) if snapshot else None,
        }
    )
    if not manifest.entries:
        raise ValueError("no entries")
    return manifest


def _entries(rows: Iterable[dict[str, Any]]) -> tuple[Entry, ...]:
    entries = tuple(Entry(**row) for row in rows)
    if any(entry.kind not in _KINDS or not entry.path.startswith("/") for entry in entries):
        raise ValueError("no such entry")
    return entries


def plan(saved: Manifest, present: Sequence[Entry], modes: Sequence[Entry] = ()) -> Steps:
    """Return what makes ``present``, the same roots as they are now, what was saved.

    :param modes: the paths of ``saved.modes`` as they are now.
    """
    wanted = {entry.path: entry for entry in saved.entries}
    found = {entry.path: entry for entry in present}
    remove = [entry for entry in present if entry.kind not in (ABSENT, _kind(wanted.get(entry.path)))]
    differing = [entry for entry in saved.entries if entry.kind != ABSENT and found.get(entry.path) != entry]
    now = {entry.path: entry for entry in modes if entry.path not in wanted}
    return Steps(
        remove=tuple(sorted(remove, key=lambda entry: entry.path, reverse=True)),
        folders=tuple(sorted((entry for entry in differing if entry.kind == FOLDER), key=lambda entry: entry.path)),
        write=tuple(entry for entry in differing if entry.kind != FOLDER),
        # A file whose content went on changing, such as the data, keeps its content.
        modes=tuple(entry for entry in saved.modes if entry.path in now and _may_change(now[entry.path], entry)),
    )


def _kind(entry: Entry | None) -> str:
    return entry.kind if entry else ABSENT


def _may_change(found: Entry, saved: Entry) -> bool:
    return found.kind == saved.kind and replace(found, sha256="", target="") != replace(saved, sha256="", target="")


def shown(entries: Iterable[Entry]) -> str:
    """Return entries as text for a diff: no content, only its hash."""
    return "".join(
        f"{entry.path} {entry.kind} {entry.mode:04o} {entry.uid}:{entry.gid} {entry.sha256[:12]}{entry.target}\n"
        for entry in entries
        if entry.kind != ABSENT
    )


def space_refusal(size: int, data: tuple[int, int], checkpoint: tuple[int, int]) -> str | None:
    """Return why there is no room for a snapshot and its copy, or None.

    A save that fails for want of space makes the server refuse its clients' writes, so it is not tried.

    :param size: bytes, the memory the data takes, which is more than it takes on disk.
    :param data: (number of the file system, free bytes) where the server saves; :param checkpoint: where the copy goes.
    """
    need = size + _RESERVE
    if data[0] == checkpoint[0]:
        need, places = 2 * size + _RESERVE, [("the data and its copy", data[1])]
    else:
        places = [("the data", data[1]), ("the copy of the data", checkpoint[1])]
    for what, free in places:
        if free < need:
            return f"{what} may need {need // _MIB} MiB, and {free // _MIB} MiB are free"
    return None


def values_to_set(saved: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    """Return the values that somebody had set at run time only, so that no file brings them back."""
    return {name: value for name, value in saved.items() if name in now and now[name] != value}


def user_commands(saved: Sequence[str], now: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the commands that make the users of ACL LIST ``now`` those that were saved.

    A user is made anew instead of reset, after which some servers show one more flag; ``default`` cannot be deleted.
    """
    names = {line.split(" ")[1] for line in saved if line in now} | {"default"}
    gone = [("ACL", "DELUSER", name) for name in sorted({line.split(" ")[1] for line in now} - names)]
    changed = [line.split(" ")[1:] for line in saved if line not in now]
    return gone + [
        ("ACL", "SETUSER", name, *(["reset"] if name == "default" else []), *rules) for name, *rules in changed
    ]
