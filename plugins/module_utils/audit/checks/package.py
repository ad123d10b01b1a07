"""The software itself: supported, and really running."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...versions import parse_number
from ..check import HIGH, MEDIUM, Family, Verdict, failed, not_applicable, not_evaluated, noted, passed
from ..support import END_OF_LIFE

if TYPE_CHECKING:
    from collections.abc import Mapping

PACKAGE = Family("PKG", "Package and version")


@PACKAGE.check(
    2,
    "The branch is past its end of life upstream",
    severity=MEDIUM,
    needs=("server", "now"),
    wants=("package",),
    fix="move to a maintained branch, or to a distribution that patches this one",
)
def end_of_life(server: Mapping[str, Any], now: float, package: Mapping[str, Any] | None) -> Verdict:
    """Upstream no longer repairs it. A distribution may still do so: then its security updates are what counts."""
    major, minor, _patch = parse_number(server["version"])
    branch = f"{major}.{minor}"
    name = f"{server['product']} {branch}"
    if (server["product"], branch) not in END_OF_LIFE:
        return not_evaluated(f"server: no support dates are known for {name}")
    day, epoch = END_OF_LIFE[server["product"], branch]
    if epoch is None or now < epoch:
        return passed(f"{name} is supported" + (f" until {day}" if day else ""))
    said = f"{name} reached its end of life on {day}"
    if package and package["distribution"]:
        return noted(
            said, f"{package['distribution']} maintains {package['name']} {package['version']}: keep it updated"
        )
    return failed(said)


@PACKAGE.check(
    4,
    "The running binary is older than the installed package",
    severity=HIGH,
    needs=("process",),
    wants=("package",),
    fix="restart the server (redis_server_restart: safe) so that the update takes effect",
)
def stale_process(process: Mapping[str, Any], package: Mapping[str, Any] | None) -> Verdict:
    """An update protects only what runs it. Distributions keep the version number, so INFO cannot tell them apart."""
    if process["exe_deleted"]:
        return failed(f"{process['exe']} was replaced while process {process['pid']} kept running")
    if package is None:
        return not_applicable("the binary belongs to no package")
    unpacked = package["unpacked_at"]
    if process["started_at"] < unpacked:
        return failed(f"process {process['pid']} started before {package['name']} {package['version']} was unpacked")
    return passed(f"process {process['pid']} started after {package['name']} {package['version']} was unpacked")
