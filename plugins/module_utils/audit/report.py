"""The report: one server's results and facts as plain data, ready for every renderer."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from . import baseline, checklists, profiles, waivers
from .baseline import SCHEMA
from .check import FAIL, SEVERITIES, STATUSES
from .facts import reasons, tables, typed
from .registry import CHECKS, TITLES, judge

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .check import Check, Result

_ORDER = {severity: place for place, severity in enumerate(SEVERITIES)}
_PLACE = {check.ident: place for place, check in enumerate(CHECKS)}


@dataclass(frozen=True)
class Policy:
    """What the user accepts and compares with. ``earlier`` None: there is no baseline."""

    profile: str = profiles.DEFAULT
    waivers: Sequence[waivers.Waiver] = ()
    declared: Mapping[str, checklists.Declaration] = field(default_factory=dict)
    earlier: Sequence[Mapping[str, Any]] | None = None


def build(
    sections: Mapping[str, Any],
    missing: Mapping[str, str],
    checks: Iterable[Check],
    *,
    subject: Mapping[str, Any],
    proof: Mapping[str, Any],
    policy: Policy | None = None,
) -> dict[str, Any]:
    """Judge one server and return its report.

    :param sections: what was collected, with ``expected`` and ``now`` (seconds since the epoch).
    :param missing: why a section was not collected.
    :param subject: ``host``, ``endpoint`` and ``collected_at`` (ISO 8601), for the reader.
    :param proof: what the audit did to the server.
    :param policy: profile, waivers, declarations and baseline.
    """
    ready, missing = typed(sections), reasons(sections, missing)
    policy = policy or Policy()
    today = datetime.fromtimestamp(sections["now"], timezone.utc).date()
    judged = judge(profiles.chosen(checks, policy.profile), ready, missing)
    results = waivers.apply(judged, policy.waivers, str(subject["host"]), today)
    rows = [result.as_dict() for result in in_order(results)]
    report = {
        "schema": SCHEMA,
        **subject,
        "profile": policy.profile,
        "server": _server(ready),
        "summary": summary(results),
        "results": rows,
        "checklists": checklists.answered(rows, policy.declared, today),
        "families": [{"code": code, "title": title} for code, title in TITLES.items()],
        "facts": tables(ready, missing),
        "missing": missing,
        "proof": dict(proof),
    }
    changes = {} if policy.earlier is None else {"changes": baseline.compare(report, policy.earlier)}
    return {**report, **changes}


def in_order(results: Iterable[Result]) -> list[Result]:
    """Return findings first, the worst at the top, then the other statuses; equals from the network inwards."""
    return sorted(results, key=_place)


def summary(results: Sequence[Result]) -> dict[str, int]:
    """Count the failed checks by severity and all checks by status."""
    severities = Counter(result.severity for result in results if result.status == FAIL)
    statuses = Counter(result.status for result in results)
    return {**{name: severities[name] for name in SEVERITIES}, **{name: statuses[name] for name in STATUSES}}


def _server(sections: Mapping[str, Any]) -> dict[str, str]:
    server = sections.get("server") or {}
    role = (sections.get("replication") or {}).get("role", "")
    named = {name: str(server.get(name, "")) for name in ("product", "version", "mode")}
    return {**named, "role": {"master": "primary", "slave": "replica"}.get(role, role)}


def _place(result: Result) -> tuple[int, int, int]:
    return STATUSES.index(result.status), _ORDER[result.severity], _PLACE[result.check.ident]
