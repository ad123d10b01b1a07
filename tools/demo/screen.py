# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the person at the terminal sees."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from .places import BUILD, CONTROLLER, ROOT, SUMMARY, TLS_PORT, WATCHED
from .summary import SEVERITIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.attacks.model import Attack, Outcome
    from tests.attacks.products import Product

    from .summary import Facts

COLOURS = {"succeeded": "red", "failed": "green"}


LOG_WIDTH = 160  # columns where there is no terminal to fit into


def _console() -> Console:
    console = Console(highlight=False, emoji=False)
    if not console.is_terminal:
        console.width = LOG_WIDTH
    return console


class Screen:
    """Progress line by line, one moving line for playbooks, one screen at the end."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or _console()
        self._start = time.monotonic()

    @property
    def seconds(self) -> float:
        """Time since the demo began."""
        return time.monotonic() - self._start

    def step(self, text: str) -> None:
        """Begin a step."""
        self.console.print(f"[dim]{self.seconds:6.1f} s[/]  [bold]{escape(text)}[/]", soft_wrap=True)

    def note(self, text: str) -> None:
        """Say something about the current step."""
        self.console.print(f"          {escape(text)}", soft_wrap=True)

    def outcome(self, attack: Attack, outcome: Outcome) -> None:
        """Tell how an attack went."""
        word = f"[{COLOURS[outcome.word]}]{outcome.word:<9}[/]"
        text = f"{attack.id:>2} {attack.title}: {outcome.evidence}"
        self.console.print(f"          {word} {escape(text)}", no_wrap=True, overflow="ellipsis")

    @contextmanager
    def working(self, label: str) -> Iterator[Callable[[str], None]]:
        """Show what a playbook does: a moving line on a terminal, one line per role elsewhere."""
        if not self.console.is_terminal:
            yield self._role_lines()
            return
        with self.console.status(label) as status:
            yield lambda task: status.update(f"{escape(label)}: {escape(task)}")

    def _role_lines(self) -> Callable[[str], None]:
        seen: list[str] = []

        def progress(task: str) -> None:
            role = task.partition(" : ")[0]
            if " : " in task and seen[-1:] != [role]:
                seen.append(role)
                self.note(role)

        return progress

    def result(self, facts: Facts, complaints: list[str], transport: str, product: Product) -> None:
        """Show the one screen that sums up."""
        self.console.rule("result")
        self.console.print(_attack_table(facts))
        self.console.print(_audit_table(facts.audit))
        self.console.print(_facts_table(facts, transport))
        self.console.print(f"\n  {escape(log_in_line(product))}\n", soft_wrap=True)  # one line, to be pasted
        for complaint in complaints:
            self.console.print(f"[bold red]not as it must be:[/] {escape(complaint)}")
        if not complaints:
            self.console.print("[bold green]Every attack succeeded before and fails now; nothing was lost.[/]")


def _attack_table(facts: Facts) -> Table:
    table = Table("#", "attack", "baseline", "before", "after", title=f"{facts.server} on {facts.target}")
    for row in sorted(facts.attacks, key=lambda row: (row.id, row.baseline)):
        before, after = (f"[{COLOURS[word]}]{word}[/]" for word in (row.before, row.after))
        table.add_row(str(row.id), escape(row.title), row.baseline, before, after)
    return table


def _audit_table(audit: Mapping[str, Mapping[str, int]]) -> Table:
    table = Table("audit findings", *SEVERITIES)
    for moment in ("before", "after"):
        table.add_row(moment, *(str(audit[moment].get(severity, 0)) for severity in SEVERITIES))
    return table


def _facts_table(facts: Facts, transport: str) -> Table:
    client = facts.client
    writes = ", ".join(facts.second_run["writes"]) or "no write command"
    table = Table.grid(padding=(0, 2))
    table.add_row("keys", f"{facts.keys_before} before, {facts.keys_after} after, every value compared")
    table.add_row(
        "live client",
        f"{client['operations']} operations, {client['errors']} error(s), {client['wrong_answers']} wrong answers, "
        f"{client['reconnects']} reconnect(s); ended on {transport}",
    )
    table.add_row("second run", f"changed={facts.second_run['changed']}, {writes}")
    evidence = facts.evidence
    took = f"collected within {evidence['seconds']} s (the playbook: {evidence['playbook']} s)"
    table.add_row(
        "evidence", f"{evidence['files']} files of {evidence['hosts']} hosts, {took}; opened with our key only"
    )
    table.add_row("report", escape(facts.report))
    table.add_row("facts, logs", f"{SUMMARY.relative_to(ROOT)}, {BUILD.relative_to(ROOT)}/*.log")
    table.add_row("clean up", "make clean")
    table.add_row("log in", f"the line below; the password is in {CONTROLLER.relative_to(ROOT)}/secrets/operator")
    return table


def log_in_words(product: Product) -> list[str]:
    """Return the command that logs the administrator in through TLS, inside the container."""
    folder = f"{product.config_dir}/tls"
    return [
        *(product.cli, "--tls", "-p", str(TLS_PORT), "--cacert", f"{folder}/ca-cert.pem"),
        *("--cert", f"{folder}/operator-cert.pem", "--key", f"{folder}/operator-key.pem"),
        *("--user", "operator", "--askpass"),
    ]


def log_in_line(product: Product) -> str:
    """Return the line for a person to paste."""
    return f"docker exec -it {WATCHED.name} {' '.join(log_in_words(product))}"
