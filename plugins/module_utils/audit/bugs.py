"""The known bugs of one server as rows for checks and reports, less severe where they are out of reach."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from . import cve
from .addresses import port
from .check import MEDIUM, SEVERITIES
from .cve_table import VULNERABILITIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from ..acl.user import AclUser

_UNSEEN = "the package was not looked at: check its revision"
# Without these the bug is out of reach.
_PRECONDITIONS: dict[str, Callable[[Mapping[str, str]], bool]] = {
    "tls-port": lambda config: port(config, "tls-port") > 0,
    "cluster-enabled": lambda config: config.get("cluster-enabled") == "yes",
    "maxmemory-clients": lambda config: config.get("maxmemory-clients", "0") not in ("0", "0%"),
    "unixsocket": lambda config: bool(config.get("unixsocket")),
    "tls-auth-clients-user": lambda config: config.get("tls-auth-clients-user", "off") not in ("", "off"),
}


@lru_cache(maxsize=1)
def known() -> dict[str, cve.Bug]:
    """Return the bugs of the table, by id."""
    return cve.read(VULNERABILITIES, "table")


def rows(sections: Mapping[str, Any], admins: Iterable[str] = ()) -> list[dict[str, str]]:
    """Return what is known of each bug: id, title, severity, state, why, remedy.

    :param sections: ``server``, and if they are there ``package``, ``modules``, ``config``, ``rights``, and the user's
        ``cve_data`` and ``distro_data``.
    :param admins: users that may do everything anyway.
    :raises InputError: the user's data cannot be understood.
    """
    bugs = cve.merged(known(), sections.get("cve_data"), sections.get("distro_data"))
    return [_row(answer, sections, set(admins)) for answer in cve.answers(bugs, _build(sections))]


def _build(sections: Mapping[str, Any]) -> cve.Build:
    server, modules = sections["server"], sections.get("modules")
    return cve.Build(
        server["product"],
        server["version"],
        server["mode"],
        sections.get("package"),
        None if modules is None else frozenset(row["name"] for row in modules),
    )


def _row(answer: cve.Answer, sections: Mapping[str, Any], admins: set[str]) -> dict[str, str]:
    bug, state, why = answer.bug, answer.state, answer.why
    if state == cve.AFFECTED and "package" not in sections:
        state, why = cve.UNDETERMINED, _UNSEEN
    severity = bug.severity or MEDIUM
    reason = _out_of_reach(bug, sections, admins)
    if reason:
        severity = SEVERITIES[min(SEVERITIES.index(severity) + 1, len(SEVERITIES) - 1)]
    title = f"{bug.title} ({reason})" if reason and state != cve.UNAFFECTED else bug.title
    return {
        "id": bug.ident,
        "title": title,
        "severity": severity,
        "state": state,
        "why": why,
        "remedy": bug.remedy,
    }


def _out_of_reach(bug: cve.Bug, sections: Mapping[str, Any], admins: set[str]) -> str:
    """Say why the bug cannot be used here as it stands; ``""`` when it can, or when that is not known."""
    config, users = sections.get("config"), sections.get("rights")
    if config is not None and bug.precondition and not _PRECONDITIONS[bug.precondition](config):
        return f"{bug.precondition} is not used"
    if (
        users
        and bug.deny
        and not any(_may(user, bug.deny) for user in users if user.enabled and user.name not in admins)
    ):
        return f"no user but administrators may run {', '.join(bug.deny)}"
    return ""


def _may(user: AclUser, words: Sequence[str]) -> bool:
    table = user.selectors[0].table
    names = [name for word in words for name in (table.members(word[1:]) or () if word.startswith("@") else (word,))]
    return any(name.partition("|")[0] in table.categories and user.allows(name) for name in names)
