"""The record of the passwords' ages on the host of a server: one file for each ACL file, for its owner only."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ..acl import ages
from ..errors import HostError
from ..host import FileWish, read_text, replace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..acl.user import AclUser

_MODE = 0o600


@dataclass(frozen=True)
class Dates:
    """A record before and after; an empty path means that none is kept."""

    path: str = ""
    have: ages.Record = field(default_factory=dict)
    want: ages.Record = field(default_factory=dict)

    @property
    def changed(self) -> bool:
        """Whether it is to be written."""
        return self.have != self.want

    @property
    def sentences(self) -> list[str]:
        """What is recorded."""
        return [f"{self.path}: since when each password is known is brought up to date"] if self.changed else []

    @property
    def diff(self) -> list[dict[str, str]]:
        """The record before and after, as names and numbers."""
        both = {"before": ages.counted(self.have), "after": ages.counted(self.want)}
        return [{"before_header": self.path, "after_header": self.path, **both}] if self.changed else []

    def write(self) -> None:
        """Write it if that is needed, readable by its owner only; missing folders are made so.

        :raises HostError: it cannot be written.
        """
        if not self.changed:
            return
        try:
            for folder in reversed(Path(self.path).parents):
                if not folder.is_dir():
                    folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise HostError(f"cannot be made: {error.strerror}", where=str(Path(self.path).parent)) from error
        data = ages.render(self.want).encode()
        replace([FileWish(self.path, data, _MODE, str(os.geteuid()), str(os.getegid()))])


def path_of(folder: str, aclfile: str) -> str:
    """Return the path of the record about the users of an ACL file."""
    return str(Path(folder, aclfile.strip("/").replace("/", "-") + ".json"))


def read(path: str) -> ages.Record:
    """Return the record; an empty one when there is none yet.

    :raises HostError: it cannot be read. :raises InputError: it is no record.
    """
    return ages.parse(read_text(path) or "", path)


def present(folder: str, aclfile: str) -> ages.Record:
    """Return the record that there must be.

    :raises HostError: there is none, or it cannot be read. :raises InputError: it is no record.
    """
    path = path_of(folder, aclfile)
    if not aclfile or not Path(path).is_file():
        raise HostError("there is no record of since when passwords are known", where=path if aclfile else folder)
    return read(path)


def stage(folder: str | None, aclfile: str, users: Iterable[AclUser]) -> Dates:
    """Return the record as it shall be for the users there will be; without a folder none is kept."""
    if not folder:
        return Dates()
    path = path_of(folder, aclfile)
    have = read(path)
    return Dates(path, have, ages.brought_up_to_date(have, {user.name: user.hashes for user in users}, time.time()))
