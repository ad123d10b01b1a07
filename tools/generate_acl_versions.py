"""Write ``plugins/module_utils/acl/elsewhere.py``: commands and categories that only some servers have.

Out of the command tables that were recorded from real servers for the unit tests. ``--check`` only compares.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TABLES = ROOT / "tests/unit/plugins/module_utils/acl/tables"
TARGET = ROOT / "plugins/module_utils/acl/elsewhere.py"
_CATEGORIES, _CHILDREN = 6, 9

HEAD = '''"""Commands and categories that only some servers have. Made by ``tools/generate_acl_versions.py``."""

from __future__ import annotations

# Names by the servers that were looked at and have them.
_HAVE: dict[str, str] = {
'''
TAIL = '''}
_OF = {name: servers for servers, names in _HAVE.items() for name in names.split()}


def servers_with(name: str) -> str:
    """Return which servers have ``client|setinfo`` or ``@json``, as ``Redis 8.0, Valkey 8.1``; empty if not known."""
    return _OF.get(name.lower(), "")
'''


def main(argv: list[str]) -> int:
    """Write the file, or tell whether it is current."""
    text = generated()
    if argv == ["--check"]:
        return 0 if TARGET.read_text(encoding="utf-8") == text else 1
    TARGET.write_text(text, encoding="utf-8")
    return 0


def generated() -> str:
    """Return the file's text."""
    names = {server: _names(path) for path in sorted(TABLES.glob("*.json")) for server in [_title(path.stem)]}
    owners: dict[str, list[str]] = {}
    for server, found in names.items():
        for name in found:
            owners.setdefault(name, []).append(server)
    groups: dict[str, list[str]] = {}
    for name in sorted(owners):
        if len(owners[name]) < len(names):
            groups.setdefault(", ".join(owners[name]), []).append(name)
    return HEAD + "".join(_entry(servers, found) for servers, found in sorted(groups.items())) + TAIL


def _title(stem: str) -> str:
    product, _dash, number = stem.partition("-")
    return f"{product.capitalize()} {number.rpartition('.')[0]}"


def _names(path: Path) -> set[str]:
    return {name for entry in json.loads(path.read_text(encoding="utf-8")) for name in _of(entry)}


def _of(entry: list[Any]) -> set[str]:
    found = {entry[0].lower(), *entry[_CATEGORIES]}
    for child in entry[_CHILDREN] if len(entry) > _CHILDREN else ():
        found |= _of(child)
    return found


def _entry(servers: str, names: list[str]) -> str:
    lines: list[str] = []
    for name in names:
        if lines and len(lines[-1]) + len(name) < 100:  # noqa: PLR2004 - the line length of the house, less quotes
            lines[-1] += f"{name} "
        else:
            lines.append(f"{name} ")
    if len(lines) == 1:
        return f'    "{servers}": ("{lines[0]}"),\n'
    return f'    "{servers}": (\n' + "".join(f'        "{line}"\n' for line in lines) + "    ),\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
