"""Where the next content of a file in use waits, until whoever uses the file has shown to accept it."""

from __future__ import annotations

from pathlib import Path

from ..errors import HostError
from ..host import FileWish, read_bytes


def staged(path: str) -> str:
    """Return the place beside the file, on the same file system and as well protected."""
    return f"{path}.staged"


def read(path: str) -> FileWish:
    """Return the file as it shall be.

    :raises HostError: nothing waits.
    """
    source = staged(path)
    data = read_bytes(source)
    if data is None:
        raise HostError("there is no such file", where=source, hint="Run redis_tls_cert with stage: true again")
    found = Path(source).stat()
    return FileWish(path, data, found.st_mode & 0o7777, str(found.st_uid), str(found.st_gid))
