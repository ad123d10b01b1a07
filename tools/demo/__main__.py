# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m tools.demo [TARGET]`` runs the demo; ``python -m tools.demo clean`` removes what it made."""

from __future__ import annotations

import shutil
import sys

from tests.attacks.model import CannotRunError

from . import containers
from .machines import MACHINES, Machine
from .places import BUILD
from .story import demo


def main(words: list[str]) -> int:
    """Return the exit status: 0 only when everything is as it must be, 2 when the demo could not be run to its end."""
    try:
        if words == ["clean"]:
            clean()
            return 0
        return demo(_machine(*words))
    except CannotRunError as error:
        print(f"demo: {error}", file=sys.stderr)
        print("demo: the containers are left as they are; 'make clean' removes them", file=sys.stderr)
        return 2


def _machine(name: str = "bookworm") -> Machine:
    """Return the machine of this name; CannotRunError when there is none."""
    if name not in MACHINES:
        raise CannotRunError(f"there is no target '{name}'; choose one of {', '.join(MACHINES)}")
    return MACHINES[name]


def clean() -> None:
    """Remove containers, network and results."""
    containers.remove_all()
    shutil.rmtree(BUILD, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
