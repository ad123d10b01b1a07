# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run attacks on one container: ``python -m tests.attacks --target NAME --baseline open --phase before --json``.

Exit status: 0 when every attack succeeded before, or failed after hardening; 1 when one did not; 2 when one could
not be tried and so proved nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from . import baselines, runner
from .model import Attack, CannotRunError, Outcome
from .products import PRODUCTS
from .table import ATTACKS
from .targets import target_of

ROOT = Path(__file__).resolve().parents[2]


def main(argv: list[str]) -> int:
    """Do what the command line says and return the exit status."""
    options = _parser().parse_args(argv)
    product = PRODUCTS[options.product]
    if options.prepare:
        baselines.install(options.target, product)
        for prepare in dict.fromkeys(baselines.PREPARE[name] for name in options.baseline):
            prepare(options.target, product)
        return 0
    try:
        return _attack(options)
    except CannotRunError as error:
        sys.stderr.write(f"cannot run: {error}\n")
        return 2


def _attack(options: argparse.Namespace) -> int:
    target = target_of(options.target, options.phase, options.state, options.controller, PRODUCTS[options.product])
    chosen = [attack for attack in ATTACKS if attack.baseline in options.baseline]
    if options.only:
        chosen = [attack for attack in chosen if attack.id in options.only]
    results = runner.run_all(chosen, target, _silent if options.json else _tell)
    if options.json:
        sys.stdout.write(json.dumps([_row(attack, outcome) for attack, outcome in results], indent=2) + "\n")
    expected = options.phase == "before"
    return 0 if all(outcome.succeeded is expected for _attack, outcome in results) else 1


def _row(attack: Attack, outcome: Outcome) -> dict[str, object]:
    return {
        "id": attack.id,
        "title": attack.title,
        "baseline": attack.baseline,
        "outcome": outcome.word,
        "evidence": outcome.evidence,
    }


def _tell(attack: Attack, outcome: Outcome) -> None:
    sys.stdout.write(f"{attack.id:>2} {attack.baseline:<8} {attack.title}: {outcome.word}: {outcome.evidence}\n")
    sys.stdout.flush()


def _silent(_attack: Attack, _outcome: Outcome) -> None:
    """Say nothing: the JSON at the end says it all."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.attacks", description=__doc__)
    parser.add_argument("--target", required=True, help="name of the container")
    parser.add_argument("--product", choices=sorted(PRODUCTS), default="redis", help="the server in it")
    parser.add_argument("--baseline", action="append", required=True, choices=sorted(baselines.PREPARE))
    parser.add_argument("--phase", choices=("before", "after"), default="before")
    parser.add_argument("--only", action="append", type=int, help="number of an attack; may be given often")
    parser.add_argument(
        "--prepare", action="store_true", help="install the server and set the baselines up; attack nothing"
    )
    parser.add_argument("--controller", type=Path, help="the deployment's folder with secrets/, clients/ and ca/")
    parser.add_argument(
        "--state", type=Path, default=Path(tempfile.gettempdir()), help="folder kept until the run after"
    )
    parser.add_argument("--json", action="store_true")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
