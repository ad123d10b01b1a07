#!/usr/bin/env python
"""Write the table of variables into every role's README, from the role's argument specs.

Usage: ``tools/generate_role_docs.py [--check]``. With ``--check`` nothing is written, and the exit status is 1 when a
table is out of date.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).resolve().parent.parent
BEGIN = "<!-- options:begin -->"
END = "<!-- options:end -->"
HEAD = ["| Variable | Type | Default | What it is |", "|---|---|---|---|"]
# A default longer than this makes the table unreadable; the reader is sent to the file.
LONGEST_DEFAULT = 130

Options = dict[str, dict[str, Any]]


def options_of(specs: Mapping[str, Any]) -> Options:
    """Return the options of all entry points of a role, by name; an option used by several is described alike in all.

    :raises ValueError: two entry points describe the same variable differently.
    """
    found: Options = {}
    for entry in specs["argument_specs"].values():
        for name, option in (entry.get("options") or {}).items():
            if found.setdefault(name, option) != option:
                raise ValueError(f"{name} is described differently by two entry points")
    return found


def table(options: Options) -> str:
    """Return the Markdown table, one row for each option and suboption, in the order of the specs."""
    return "\n".join([*HEAD, *(_row(name, option) for name, option in _walk(options))])


def insert(readme: str, text: str) -> str:
    """Return the README with ``text`` between its markers.

    :raises ValueError: the markers are missing.
    """
    before, begin, rest = readme.partition(BEGIN)
    end, after = rest.partition(END)[1:]
    if not begin or not end:
        raise ValueError(f"the markers {BEGIN} and {END} are missing")
    return f"{before}{BEGIN}\n\n{text}\n\n{END}{after}"


def _walk(options: Options, above: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for name, option in options.items():
        path = f"{above}{name}"
        yield path, option
        inside = f"{path}[]." if option.get("type") == "list" else f"{path}."
        yield from _walk(option.get("options") or {}, inside)


def _row(name: str, option: Mapping[str, Any]) -> str:
    cells = [f"`{name}`", _type(option), _default(option), _description(option)]
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def _type(option: Mapping[str, Any]) -> str:
    kind = str(option.get("type", "str"))
    return f"{kind} of {option['elements']}" if "elements" in option else kind


def _default(option: Mapping[str, Any]) -> str:
    if option.get("required"):
        return "*required*"
    value = option.get("default")
    if value is None:
        return ""
    text = value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
    return f"`{text}`" if len(text) <= LONGEST_DEFAULT else "see `defaults/main.yml`"


def _description(option: Mapping[str, Any]) -> str:
    said = option.get("description", "")
    text = " ".join(said) if isinstance(said, list) else str(said)
    choices = option.get("choices")
    if choices:
        text = f"{text.rstrip()} One of {', '.join(f'`{choice}`' for choice in choices)}."
    # Ansible's semantic markup, such as V(yes) or O(name), is code in Markdown.
    return re.sub(r"\b[A-Z]+\(([^()]*)\)", r"`\1`", " ".join(text.split()))


def current(role: Path) -> tuple[str, str]:
    """Return the role's README as it is and as it should be."""
    specs = yaml.safe_load((role / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
    readme = (role / "README.md").read_text(encoding="utf-8")
    return readme, insert(readme, table(options_of(specs)))


def main() -> int:
    """Write (or with ``--check`` compare) all tables; return the exit status."""
    check = "--check" in sys.argv[1:]
    stale = False
    for role in sorted(path.parent.parent for path in ROOT.glob("roles/*/meta/argument_specs.yml")):
        have, want = current(role)
        if have == want:
            continue
        stale = True
        print(f"{role.name}: README.md {'is out of date; run make docs' if check else 'written'}")
        if not check:
            (role / "README.md").write_text(want, encoding="utf-8")
    return int(check and stale)


if __name__ == "__main__":
    sys.exit(main())
