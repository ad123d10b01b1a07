"""The atom of the audit: a decorated pure function that judges named sections of facts.

A section is what one collector brought home (``config``, ``users``, ``files`` ...). A check names the sections it
cannot do without (``needs``) and those it is glad of (``wants``). They are handed in by position, a missing wanted one
as None. A missing needed section gives ``not_evaluated`` with the reason, never ``pass``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from inspect import getdoc
from typing import TYPE_CHECKING, Any, TypeVar

from .references import ALL_VERSIONS, REFERENCES, VERSIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

CRITICAL = "critical"
HIGH = "high"
MEDIUM = "medium"
LOW = "low"
SEVERITIES = (CRITICAL, HIGH, MEDIUM, LOW)

PASS = "pass"  # noqa: S105 - a verdict, not a password
FAIL = "fail"
INFO = "info"
NOT_APPLICABLE = "not_applicable"
NOT_EVALUATED = "not_evaluated"
WAIVED = "waived"  # failed, and somebody accepts that for a while
STATUSES = (FAIL, WAIVED, INFO, PASS, NOT_APPLICABLE, NOT_EVALUATED)


@dataclass(frozen=True)
class Verdict:
    """What a check says: a status, sentences of evidence, and a severity where it is not the check's usual one."""

    status: str
    evidence: tuple[str, ...]
    severity: str | None = None


Judge = TypeVar("Judge", bound="Callable[..., Verdict]")


def failed(*evidence: str, severity: str | None = None) -> Verdict:
    """Return a failing verdict."""
    return Verdict(FAIL, evidence, severity)


def passed(*evidence: str) -> Verdict:
    """Return a passing verdict."""
    return Verdict(PASS, evidence)


def noted(*evidence: str) -> Verdict:
    """Return a verdict that only informs: somebody should know, nothing is known to be wrong."""
    return Verdict(INFO, evidence)


def not_applicable(reason: str) -> Verdict:
    """Return the verdict of a check that has no object on this server."""
    return Verdict(NOT_APPLICABLE, (reason,))


def not_evaluated(*reasons: str) -> Verdict:
    """Return the verdict of a check whose evidence could not be had."""
    return Verdict(NOT_EVALUATED, reasons)


def verdict(problems: Iterable[str], fine: str, severity: str | None = None) -> Verdict:
    """Fail with all ``problems``, or pass with the sentence ``fine`` when there are none."""
    found = tuple(problems)
    return failed(*found, severity=severity) if found else passed(fine)


@dataclass(frozen=True)
class Result:
    """One check's answer about one server, ready to be rendered."""

    check: Check
    status: str
    severity: str
    evidence: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the result as the report carries it."""
        return {
            "id": self.check.ident,
            "family": self.check.family,
            "title": self.check.title,
            "status": self.status,
            "severity": self.severity,
            "evidence": list(self.evidence),
            "rationale": self.check.rationale,
            "fix": self.check.fix,
            "versions": self.check.versions,
            "references": list(self.check.references),
        }


@dataclass(frozen=True)
class Check:
    """A check: who it is, how bad a failure is, what it needs, how to repair, and the function that judges."""

    ident: str
    family: str
    title: str
    severity: str
    needs: tuple[str, ...]
    wants: tuple[str, ...]
    fix: str
    rationale: str
    judge: Callable[..., Verdict] = field(repr=False)

    @property
    def versions(self) -> str:
        """The servers it is about."""
        return VERSIONS.get(self.ident, ALL_VERSIONS)

    @property
    def references(self) -> tuple[str, ...]:
        """What to read about it."""
        return tuple(REFERENCES[self.ident].split("; "))

    def run(self, sections: Mapping[str, Any], missing: Mapping[str, str]) -> Result:
        """Judge ``sections``; ``missing`` says why a section is not there."""
        absent = [name for name in self.needs if name not in sections]
        if absent:
            said = not_evaluated(*(f"{name}: {missing.get(name, 'not collected')}" for name in absent))
        else:
            said = self.judge(*(sections[name] for name in self.needs), *(sections.get(name) for name in self.wants))
        return Result(self, said.status, said.severity or self.severity, said.evidence)


@dataclass(frozen=True)
class Family:
    """Checks that belong together; ``code`` is the middle of their ids (``RDS-<code>-<number>``)."""

    code: str
    title: str
    checks: list[Check] = field(default_factory=list)

    def check(
        self,
        number: int,
        title: str,
        *,
        severity: str,
        needs: tuple[str, ...],
        fix: str,
        wants: tuple[str, ...] = (),
    ) -> Callable[[Judge], Judge]:
        """Register the decorated function, whose docstring is the rationale; it stays an ordinary function."""

        def register(judge: Judge) -> Judge:
            ident = f"RDS-{self.code}-{number:03d}"
            rationale = " ".join((getdoc(judge) or "").split())
            self.checks.append(Check(ident, self.code, title, severity, needs, wants, fix, rationale, judge))
            return judge

        return register
