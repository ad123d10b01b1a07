"""What module ``redis_acl`` says: the plan in sentences, the difference as text, and warnings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..acl import risk
from ..acl.passwords import weakness
from . import acl_file

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..acl.plan import Users
    from ..acl.user import AclUser
    from ..connection import Server
    from .acl_job import Job, Prepared


def sentences(job: Job, ready: Prepared) -> list[str]:
    """Return what changes, to whom."""
    said = [text for change in ready.changes for text in change.sentences]
    if ready.staged:
        said += ready.staged.sentences(in_detail=not job.live)
    said += ready.dates.sentences
    users = sorted(set(ready.closing.values()))
    counts = {name: list(ready.closing.values()).count(name) for name in users}
    return said + [f"{name}: {count} open connection(s) closed" for name, count in counts.items()]


def diff(job: Job, ready: Prepared) -> list[dict[str, str]]:
    """Return what Ansible shows with ``--diff``: users before and after without hashes, and then the plan."""
    pairs: list[tuple[str, Mapping[str, AclUser]]] = [("running users", ready.have)] if job.live else []
    if ready.staged:
        pairs.append((ready.staged.wish.path, ready.staged.have or {}))
    shown = [{"before_header": name, "after_header": name, **_differing(have, ready.final)} for name, have in pairs]
    said = "".join(f"{text}\n" for text in sentences(job, ready))
    return [*shown, *ready.dates.diff, *([{"prepared": said}] if said else [])]


def _differing(have: Mapping[str, AclUser], final: Users) -> dict[str, str]:
    # Only users that differ: a thousand others would be in the way. The same permission in other words is the same.
    return {
        "before": acl_file.redacted({name: user for name, user in have.items() if user != final.get(name)}),
        "after": acl_file.redacted({name: user for name, user in final.items() if user != have.get(name)}),
    }


def warnings(job: Job, server: Server, ready: Prepared) -> list[str]:
    """Return what a careful reader should know about the listed users, their passwords, and the server's ACL file."""
    listed = {user["name"]: user for user in job.params["users"]}
    judged = [user for name, user in ready.final.items() if name in listed and not listed[name]["trusted"]]
    said = [text for user in judged for text in risk.lint(user)]
    said += risk.shared_hashes(ready.final[name] for name in listed if name in ready.final)
    for name, values in job.passwords.items():
        said += [f"{name}: {reason}" for reason in map(weakness, values) if reason]
    return said + (_file_warnings(job, server, ready) if job.live else [])


def _file_warnings(job: Job, server: Server, ready: Prepared) -> list[str]:
    me = ready.have.get(ready.login)
    if me is None or not me.allows("config|get"):
        return []
    running = server.config("aclfile").get("aclfile", "")
    if not running:
        return ["the running server reads no ACL file: what was set live is gone after a restart"]
    if ready.staged and running != job.params["aclfile"]:
        return [f"the running server reads {running}, not {job.params['aclfile']}"]
    return []
