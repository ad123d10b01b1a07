"""An audit from its options to its reports: of one server and its host, or of many servers over the network."""

from __future__ import annotations

import secrets
import time
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from ..audit import parity, snapshots
from ..audit.addresses import require_cidrs
from ..audit.baseline import read
from ..audit.bugs import known
from ..audit.checklists import declarations
from ..audit.cve import merged
from ..audit.facts import typed
from ..audit.registry import select
from ..audit.report import Policy, build
from ..audit.waivers import parse
from ..connection import Endpoint
from ..errors import InputError
from .fleet import each
from .snapshot import SERVER_SECTIONS, Places, Snapshot, collect, host_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..audit.check import Check

_SUBJECT = ("host", "endpoint", "collected_at")
_STAMP = "%Y-%m-%dT%H:%M:%SZ"
_SALT_BYTES = 32
# Hashes that anybody could read elsewhere are not compared with those of other calls.
_NO_KEY = b""


@dataclass(frozen=True)
class Job:
    """What is asked of each server.

    ``told``: sections that come from the user, not from the server; ``key``: by which password hashes are compared.
    """

    checks: tuple[Check, ...]
    expected: Mapping[str, Any]
    policy: Policy
    time_limit: float
    told: Mapping[str, Any]
    key: bytes


@dataclass(frozen=True)
class Target:
    """A server by the name it has in the report, and the deployment it belongs to, if any."""

    name: str
    endpoint: Endpoint
    deployment: str = ""


def job(params: Mapping[str, Any]) -> Job:
    """Read the options of the module that are the same for every server.

    :raises InputError: one of them is wrong; nobody was asked anything yet.
    """
    expected = params["expected"] or {}
    for name in ("listen_cidrs", "client_cidrs"):
        require_cidrs(expected.get(name) or (), f"expected.{name}")
    if params["time_limit"] <= 0:
        raise InputError(f"{params['time_limit']:g} is no time", where="time_limit", hint="Give seconds, such as 60")
    baseline = params["baseline"]
    policy = Policy(
        profile=params["profile"],
        waivers=parse(params["waivers"]),
        declared=declarations(expected.get("declared") or ()),
        earlier=None if baseline is None else read(baseline, "baseline"),
    )
    key = secrets.token_bytes(_SALT_BYTES) if params.get("endpoints") else _NO_KEY
    checks = select(params["include"], params["exclude"])
    return Job(checks, expected, policy, params["time_limit"], _told(params), key)


def _told(params: Mapping[str, Any]) -> dict[str, Any]:
    merged(known(), params.get("cve_data"), params.get("distro_data"))
    kept = [snapshots.read(one, f"earlier[{number}]") for number, one in enumerate(params.get("earlier") or ())]
    if params.get("snapshot") is not None:
        snapshots.read(params["snapshot"], "snapshot")
        if params["endpoints"] is not None:
            raise InputError("judges one server, and endpoints names others", where="snapshot", hint="Leave one out")
    named = {name: params.get(name) for name in ("words", "cve_data", "distro_data")}
    return {**named, "earlier": snapshots.earlier(kept)}


def targets(params: Mapping[str, Any]) -> list[Target]:
    """Read ``endpoints``: what is not given for one is as for the module.

    :raises InputError: there is none, or two have the same name.
    """
    found = [_target(params, given) for given in params["endpoints"]]
    twice = [name for name, times in Counter(target.name for target in found).items() if times > 1]
    if twice:
        hint = "Give each a name of its own, or the report could not tell them apart"
        raise InputError(f"two endpoints are called {twice[0]!r}", where="endpoints", hint=hint)
    if not found:
        raise InputError("the list is empty, so there is nothing to audit", where="endpoints")
    return found


def audited(asked: Job, params: Mapping[str, Any]) -> dict[str, Any]:
    """Audit the server of the ``login_*`` options and, if asked for, the host; or judge the option ``snapshot`` again.

    Returns ``report``, and with ``return_snapshot`` also ``snapshot``.
    """
    if params.get("snapshot") is not None:
        return {"report": judge_again(asked, params["snapshot"], params.get("deployment") or "")}
    endpoint = replace(Endpoint.from_params(params), time_limit=asked.time_limit)
    wanted = {name: name in params["sections"] for name in ("server", "host")}
    places = Places(params["config_file"], params["ages_dir"], asked.expected.get("backup_dir"))
    found = collect(endpoint, places, **wanted)
    target = Target(params["name"] or host_name(), endpoint, params.get("deployment") or "")
    report = _report(asked, target, found)
    return {
        "report": report,
        **({"snapshot": _snapshot(asked, report, found)} if params.get("return_snapshot") else {}),
    }


def judge_again(asked: Job, snapshot: Mapping[str, Any], deployment: str) -> dict[str, Any]:
    """Judge what was collected earlier; the clock is that of then, so that ages are."""
    subject = {name: snapshot[name] for name in _SUBJECT}
    found = Snapshot(snapshot["sections"], snapshot["missing"], snapshot["proof"])
    return _built(asked, subject, found, deployment)


def _snapshot(asked: Job, report: Mapping[str, Any], found: Snapshot) -> dict[str, Any]:
    moment = datetime.strptime(report["collected_at"], _STAMP).replace(tzinfo=timezone.utc)
    sections = {**found.sections, **asked.told, "now": moment.timestamp()}
    subject = {name: report[name] for name in _SUBJECT}
    return snapshots.save(
        sections, found.missing, subject=subject, proof=found.proof, salt=secrets.token_bytes(_SALT_BYTES)
    )


def audit_all(asked: Job, servers: Sequence[Target]) -> list[dict[str, Any]]:
    """Audit all servers at once, by what they show over the network; those of one deployment are compared."""
    return parity.compared(
        each(servers, lambda target: _over_network(asked, target), lambda *lost: _lost(asked, *lost))
    )


def _target(params: Mapping[str, Any], given: Mapping[str, Any]) -> Target:
    named = {name: value for name, value in given.items() if value is not None}
    endpoint = Endpoint.from_params({**params, **named})
    deployment = given.get("deployment") or params.get("deployment") or ""
    return Target(given["name"] or str(endpoint), endpoint, deployment)


def _over_network(asked: Job, target: Target) -> dict[str, Any]:
    endpoint = replace(target.endpoint, time_limit=asked.time_limit)
    return _report(asked, target, collect(endpoint, server=True, host=False))


def _lost(asked: Job, target: Target, why: str) -> dict[str, Any]:
    reason = f"server {target.endpoint}: an answer that makes no sense: {why}"
    return _report(asked, target, Snapshot(missing=dict.fromkeys((*SERVER_SECTIONS, "doors"), reason)))


def _report(asked: Job, target: Target, found: Snapshot) -> dict[str, Any]:
    now = time.time()
    moment = datetime.fromtimestamp(now, timezone.utc).strftime(_STAMP)
    subject = {"host": target.name, "endpoint": str(target.endpoint), "collected_at": moment}
    return _built(asked, subject, replace(found, sections={**found.sections, "now": now}), target.deployment)


def _built(asked: Job, subject: Mapping[str, Any], found: Snapshot, deployment: str) -> dict[str, Any]:
    sections = {**found.sections, "expected": asked.expected, **asked.told}
    report = build(sections, found.missing, asked.checks, subject=subject, proof=found.proof, policy=asked.policy)
    if not deployment:
        return report
    return {**report, "deployment": deployment, "traits": parity.traits(typed(sections), asked.key)}
