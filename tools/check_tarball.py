"""Check that a built collection holds what its users need, and nothing of the workshop.

Usage: ``tools/check_tarball.py TARBALL``. Prints one line for each fault; the exit status is 1 when there is one.
"""

from __future__ import annotations

import sys
import tarfile
from fnmatch import fnmatchcase
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# What is shipped for sure, as patterns of paths in the checkout.
SHIPPED = (
    "LICENSE",
    "README.md",
    "meta/runtime.yml",
    "changelogs/changelog.yaml",
    "docs/*.md",
    "playbooks/*.yml",
    "plugins/*/*.py",
    "roles/*/README.md",
    "roles/*/defaults/main.yml",
    "roles/*/meta/argument_specs.yml",
    "roles/*/tasks/*.yml",
)
# What never is: caches, the workshop, and anything that looks like a secret.
KEPT = (
    ".*",
    "*/.*",
    "*__pycache__*",
    "*.pyc",
    "*.pem",
    "*.key",
    "*.rdb",
    "build/*",
    "molecule/*",
    "tests/output/*",
    "tools/*",
    "Makefile",
)


def faults(names: set[str], checkout: set[str]) -> list[str]:
    """Return one sentence for each path that is missing in ``names`` or should not be there."""
    wanted = {path for path in checkout if any(fnmatchcase(path, pattern) for pattern in SHIPPED)}
    missing = [f"{path}: not in the tarball" for path in sorted(wanted - names)]
    absent = [f"{pattern}: nothing like it in the tarball" for pattern in SHIPPED if not _matching(names, pattern)]
    surplus = [f"{path}: should not be shipped" for pattern in KEPT for path in _matching(names, pattern)]
    return missing + absent + surplus


def _matching(names: set[str], pattern: str) -> list[str]:
    return sorted(path for path in names if fnmatchcase(path, pattern))


def _checkout() -> set[str]:
    folders = ("docs", "playbooks", "plugins", "roles")
    paths = [path for folder in folders for path in (ROOT / folder).rglob("*") if "__pycache__" not in path.parts]
    return {path.relative_to(ROOT).as_posix() for path in paths if path.is_file()}


def main() -> int:
    """Check the tarball named on the command line; return the exit status."""
    with tarfile.open(sys.argv[1]) as tarball:
        names = {member.name for member in tarball.getmembers() if member.isfile()}
    found = faults(names, _checkout())
    print("\n".join(found) or f"build: {sys.argv[1]} holds {len(names)} files, all as they should be")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
