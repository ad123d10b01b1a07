"""The report: one server's results and facts as plain data, ready for every renderer."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from .check import FAIL, SEVERITIES, STATUSES
from .facts import reasons, tables, typed
from .registry import CHECKS, TITLES, judge

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .check import Check, Result

# Raise the number when a field changes its meaning or goes; new fields do not raise it.
SCHEMA = "rampart.redis/audit/1"

_ORDER = {severity: place for place, severity in enumerate(SEVERITIES)}
_PLACE = {check.ident: place for place, check in enumerate(CHECKS)}


def build(
    sections: Mapping[str, Any],
    missing: Mapping[str, str],
    checks: Iterable[Check],
    *,
    subject: Mapping[str, Any],
    proof: Mapping[str, Any],
) -> dict[str, Any]:
    """Judge one server and return its report.

    :param sections: what was collected, with ``expected`` and ``now`` (seconds since the epoch).
    :param missing: why a section was not collected.
    :param subject: ``host``, ``endpoint`` and ``collected_at`` (ISO 8601), for the reader.
    :param proof: what the audit did to the server.
    """
    ready, missing = typed(sections), reasons(sections, missing)
    results = judge(checks, ready, missing)
    return {
        "schema": SCHEMA,
        **subject,
        "server": _server(ready),
        "summary": summary(results),
        "results": [result.as_dict() for result in in_order(results)],
        "families": [{"code": code, "title": title} for code, title in TITLES.items()],
        "facts": tables(ready, missing),
        "missing": missing,
        "proof": dict(proof),
    }


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
