# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo, step by step."""

from __future__ import annotations

import json
import shutil
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from tests.attacks import baselines, runner
from tests.attacks.doors import owner
from tests.attacks.model import APPLICATION, SESSION, CannotRunError
from tests.attacks.shell import docker, inside
from tests.attacks.survivor import dismiss
from tests.attacks.table import ATTACKS
from tests.attacks.targets import target_of

from . import commandstats, containers, dataset, evidence, inventory, live, playbooks
from .audit import audit
from .places import BOXES, BUILD, CONTROLLER, ROOT, SUMMARY, WATCHED
from .screen import Screen, log_in_words
from .summary import AttackRow, Facts, complaints

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.attacks.model import Outcome, Phase, Target
    from tests.attacks.products import Product

    from .machines import Machine
    from .places import Box

# An audit only reads, so the role does not install what it needs; hardening does.
LIBRARIES = """
export DEBIAN_FRONTEND=noninteractive
apt-get install -y --no-install-recommends python3-redis python3-cryptography
"""

Results = dict[tuple[int, str], "Outcome"]


@dataclass(frozen=True)
class Work:
    """What was seen while the live client was at work."""

    before: Results
    after: Results
    keys_before: int
    keys_after: int
    audit: dict[str, dict[str, int]]


def demo(machine: Machine) -> int:
    """Run everything; return 0 when everything is as it must be, else 1."""
    screen = Screen()
    set_up(screen, machine)
    with survivors_dismissed():
        work = harden_at_work(screen, machine.product)
    story = live.story()
    second_run = harden_again(screen, machine.product)
    screen.step("Collect evidence, as in the first minutes of an incident: one encrypted bundle for each host")
    collected = evidence.collect(screen)
    screen.step("Log in as a person would")
    log_in(machine.product)
    facts = Facts(
        target=f"{WATCHED.name} ({system()}, systemd, in a container)",
        server=f"{machine.product.name} {server_version(machine.product)}",
        attacks=rows(work.before, work.after),
        keys_before=work.keys_before,
        keys_after=work.keys_after,
        client={name: story[name] for name in ("operations", "errors", "wrong_answers", "reconnects")},
        audit=work.audit,
        second_run=second_run,
        evidence=collected,
        report=str((BUILD / "audit-after" / "report.html").relative_to(ROOT)),
        seconds=round(screen.seconds, 1),
    )
    SUMMARY.write_text(json.dumps(facts.as_json(), indent=2) + "\n", encoding="utf-8")
    found = complaints(facts)
    screen.result(facts, found, story["transport"], machine.product)
    return 1 if found else 0


def set_up(screen: Screen, machine: Machine) -> None:
    """Start containers, install the server and make it as careless as the attacks need it."""
    shutil.rmtree(BUILD, ignore_errors=True)
    BUILD.mkdir(parents=True)
    screen.step(f"Start three disposable machines with Debian ({machine.suite}) and systemd")
    containers.start_all(machine.suite)
    for box in BOXES:
        screen.step(f"{box.name}: install the distribution's {machine.product.server}; {box.purpose}")
        baselines.install(box.name, machine.product)
        baselines.PREPARE[box.baseline](box.name, machine.product)
    targets = [target_for(box, "before", machine.product) for box in BOXES]
    addresses = {target.container: target.address for target in targets}
    inventory.write(addresses, targets[0].own_address, machine.product)


def harden_at_work(screen: Screen, product: Product) -> Work:
    """Plant data, let a client work, attack, audit, harden, attack and audit again."""
    watched = target_for(WATCHED, "before", product)
    data = dataset.items()
    with owner(watched, APPLICATION) as connection:
        dataset.plant(connection, data)
    keys_before = keys_of(watched, data)
    screen.step(f"{keys_before} keys of {len(dataset.MAKERS)} types are planted; a client begins to work with others")
    with live.live_client(watched.address):
        live.wait_for_operations(100)
        before = attack("before", screen, product)
        screen.step("Audit before; it changes nothing, so the libraries that Ansible's modules need come from us")
        for box in BOXES:
            inside(box.name, LIBRARIES)
        audits = {"before": audit("before", screen)}
        screen.step("Harden: playbooks/harden.yml, while the client works")
        playbooks.run("harden", "harden", screen)
        live.wait_for_operations(100)
        after = attack("after", screen, product)
        screen.step("Audit after")
        audits["after"] = audit("after", screen)
        keys_after = keys_of(target_for(WATCHED, "after", product), data)
        live.wait_for_operations(100)
    return Work(before, after, keys_before, keys_after, audits)


def attack(phase: Phase, screen: Screen, product: Product) -> Results:
    """Run every attack on the container that takes it."""
    screen.step(f"Attack {phase} hardening: each attack must {'succeed' if phase == 'before' else 'fail'}")
    results: Results = {}
    for box in BOXES:
        target = target_for(box, phase, product)
        screen.note(f"on {box.name}:")
        chosen = [attack for attack in ATTACKS if (attack.baseline, attack.destructive) in box.takes]
        for done, outcome in runner.run_all(chosen, target, screen.outcome):
            results[done.id, done.baseline] = outcome
    evidence = [{"id": row.id, "baseline": row.baseline, **asdict(results[row.id, row.baseline])} for row in ATTACKS]
    (BUILD / f"attacks-{phase}.json").write_text(json.dumps(evidence, indent=2) + "\n", encoding="utf-8")
    return results


def harden_again(screen: Screen, product: Product) -> dict[str, object]:
    """Run the playbook once more, with the client stopped, and count what changed and what was written."""
    screen.step("Harden once more: nothing may change, nothing may be written")
    targets = [target_for(box, "after", product) for box in BOXES]
    looks = [commandstats.look(target) for target in targets]
    recap = playbooks.run("harden", "harden-again", screen)
    written: set[str] = set()
    for target, (calls, flagged) in zip(targets, looks, strict=True):
        written.update(commandstats.writes(commandstats.grown(calls, commandstats.look(target)[0]), flagged))
    return {"changed": sum(counts["changed"] for counts in recap.values()), "writes": sorted(written)}


def keys_of(target: Target, data: list[dataset.Item]) -> int:
    """Return how many of the planted keys hold their value, each read by its owner."""
    with ExitStack() as stack:
        owners = {name: stack.enter_context(owner(target, name)) for name in (APPLICATION, SESSION)}
        return dataset.count(data, owners).intact


def target_for(box: Box, phase: Phase, product: Product) -> Target:
    """Describe a container to the attackers."""
    return target_of(box.name, phase, BUILD, CONTROLLER if phase == "after" else None, product)


@contextmanager
def survivors_dismissed() -> Iterator[None]:
    """Whatever happens, the process of attack 23 that holds a connection is told to end."""
    try:
        yield
    finally:
        dismiss(BUILD, WATCHED.name)


def rows(before: Results, after: Results) -> list[AttackRow]:
    """Join the two runs."""
    return [
        AttackRow(row.id, row.title, row.baseline, before[row.id, row.baseline].word, after[row.id, row.baseline].word)
        for row in ATTACKS
    ]


def system() -> str:
    """Return the name that the watched machine gives its system."""
    return inside(WATCHED.name, '. /etc/os-release; echo "$PRETTY_NAME"').stdout.strip()


def server_version(product: Product) -> str:
    """Return the version that the watched server runs."""
    words = inside(WATCHED.name, f"{product.server} --version").stdout.split()
    return next(word.removeprefix("v=") for word in words if word.startswith("v="))


def log_in(product: Product) -> None:
    """Try the line that the last screen recommends."""
    secret = (CONTROLLER / "secrets" / "operator").read_text(encoding="utf-8").strip()
    done = docker("exec", "-i", WATCHED.name, *log_in_words(product), "ACL", "WHOAMI", stdin=secret + "\n")
    if "operator" not in done.stdout:
        raise CannotRunError(f"the recommended log-in does not work: {done.stdout} {done.stderr}")
