"""Known bugs, and updates that wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import dpkg
from ..check import (
    CRITICAL,
    HIGH,
    LOW,
    SEVERITIES,
    Family,
    Verdict,
    failed,
    not_applicable,
    not_evaluated,
    noted,
    passed,
)
from .package import PACKAGE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# The same family as in package.py; several lists keep the files short.
VULNERABILITIES = Family(PACKAGE.code, PACKAGE.title)

_OLD_LISTS = 7 * 86400


@VULNERABILITIES.check(
    1,
    "A known bug is not repaired",
    severity=CRITICAL,
    needs=("bugs",),
    wants=("process", "package"),
    fix="install the update of your distribution and restart (redis_server_restart: safe), or a repaired release",
)
def known_bugs(
    bugs: Sequence[Mapping[str, str]], process: Mapping[str, Any] | None, package: Mapping[str, Any] | None
) -> Verdict:
    """Judged by product and branch, then by the package's revision and changelog, and by what is switched on here.

    What is out of reach here is one step less severe, and never passes.
    """
    here = [row for row in bugs if row["state"] == "affected"]
    if here:
        rows = sorted(here, key=lambda row: (SEVERITIES.index(row["severity"]), row["id"]))
        texts = [f"{row['id']} ({row['severity']}): {row['title']}; {row['remedy']}" for row in rows]
        return failed(*texts, severity=rows[0]["severity"])
    unknown = [row["id"] for row in bugs if row["state"] == "undetermined"]
    if process and package and (process["exe_deleted"] or process["started_at"] < package["unpacked_at"]):
        return noted("repaired on the disk, but the running server is older than the package (RDS-PKG-004)")
    if unknown:
        return noted(f"nobody knows of {len(unknown)}: {', '.join(unknown)} (RDS-PKG-005)")
    return passed(f"{len(bugs)} known bugs, none of them in this build")


@VULNERABILITIES.check(
    3,
    "A security update waits",
    severity=HIGH,
    needs=("package", "now"),
    fix="install it and restart (redis_server_restart: safe); unattended-upgrades does the first half",
)
def waiting_update(package: Mapping[str, Any] | None, now: float) -> Verdict:
    """The repair is public, and so is what it repairs. The audit looks at apt's lists and does not refresh them."""
    if package is None:
        return not_applicable("the binary belongs to no package")
    candidate = package.get("candidate")
    if candidate is None:
        return not_evaluated("package: apt knows no candidate")
    waits = dpkg.compare(candidate["version"], package["version"]) > 0
    said = f"{package['name']} {package['version']} is installed, apt has {candidate['version']}"
    if waits and candidate["security"]:
        return failed(said)
    if package.get("lists_at") is None or now - package["lists_at"] > _OLD_LISTS:
        return noted("apt's lists are older than a week, or were never fetched: nobody knows", said)
    return noted(said, "not a security update") if waits else passed(said)


@VULNERABILITIES.check(
    5,
    "Whether a known bug is repaired cannot be said",
    severity=LOW,
    needs=("bugs",),
    fix="look at the distribution's security tracker, and hand its answer in as redis_audit_distro_data",
)
def undetermined(bugs: Sequence[Mapping[str, str]]) -> Verdict:
    """A distribution repairs bugs without a new version number. Where it does not say which, nobody should guess."""
    rows = [row for row in bugs if row["state"] == "undetermined"]
    texts = [f"{row['id']} ({row['severity']}): {row['title']}; {row['why']}" for row in rows]
    return noted(*texts) if texts else passed(f"determined for all {len(bugs)}")


@VULNERABILITIES.check(
    6,
    "The binary is not the package's",
    severity=LOW,
    needs=("package", "process"),
    fix="reinstall the package; find out who replaced the file",
)
def origin(package: Mapping[str, Any] | None, process: Mapping[str, Any]) -> Verdict:
    """A server that was built or changed here gets no updates, and nobody knows what is in it."""
    if package is None:
        return failed(f"{process['exe']} belongs to no package")
    if package.get("altered"):
        return failed(f"{process['exe']} differs from the one in {package['name']} {package['version']}")
    return passed(f"{process['exe']} is the one of {package['name']} {package['version']}")
