"""Who may log in, and with what."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from ...acl import ages
from ...clients.connections import LOGIN_TIME, NOBODY
from ..check import (
    CRITICAL,
    HIGH,
    LOW,
    MEDIUM,
    Family,
    Verdict,
    failed,
    not_applicable,
    not_evaluated,
    noted,
    passed,
    verdict,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ...acl.user import AclUser

# A quarter: what the guide asks for, and most standards.
PASSWORD_DAYS = 90
# A rotation that is open for longer was forgotten.
WINDOW_DAYS = 7
_DAY = 86400

ACL = Family("ACL", "Users and permissions")

# Names that are approved for a purpose when `expected` does not say otherwise: those the roles create.
APPROVED: dict[str, tuple[str, ...]] = {
    "admins": ("operator",),
    "auditors": ("auditor",),
    "monitors": ("monitoring-readonly",),
    "replicas": ("replica",),
    "sentinels": ("sentinel",),
    "scripters": (),
    "all_keys": (),
}


def enabled(users: Iterable[AclUser]) -> list[AclUser]:
    """Return the users that are on."""
    return [user for user in users if user.enabled]


def approved(expected: Mapping[str, Any], *purposes: str) -> set[str]:
    """Return the names approved for any of the purposes; an empty list in ``expected`` approves nobody."""
    lists = (expected.get(purpose) for purpose in purposes)
    return {name for purpose, names in zip(purposes, lists) for name in (APPROVED[purpose] if names is None else names)}


def _default(users: Sequence[AclUser]) -> AclUser | None:
    return next((user for user in users if user.name == "default"), None)


@ACL.check(
    1,
    "The default user is enabled",
    severity=MEDIUM,
    needs=("users",),
    fix="run the playbook harden (redis_acl_phase: close) once every client logs in with a user of its own",
)
def default_user(users: Sequence[AclUser]) -> Verdict:
    """Every connection starts as this user, and passwords without a user name belong to it: nobody is told apart."""
    user = _default(users)
    if user is None or not user.enabled:
        return passed("the default user is off")
    if user.allows("acl|setuser"):
        return failed("the default user is on and may do everything", severity=HIGH)
    return failed("the default user is on")


@ACL.check(
    2,
    "The default user has no password",
    severity=CRITICAL,
    needs=("users",),
    fix="run the playbook harden (redis_acl_phase: close); requirepass is no substitute, an ACL file overrides it",
)
def default_password(users: Sequence[AclUser]) -> Verdict:
    """Whoever reaches the port is logged in."""
    user = _default(users)
    if user is None or not user.enabled:
        return passed("the default user is off")
    return failed("the default user is on and needs no password") if user.nopass else passed("it needs a password")


@ACL.check(
    3, "A named user needs no password", severity=CRITICAL, needs=("users",), fix="redis_acl_users: remove nopass"
)
def nopass_users(users: Sequence[AclUser]) -> Verdict:
    """With nopass any password is right: knowing the name is enough."""
    open_users = [user.name for user in enabled(users) if user.nopass and user.name != "default"]
    return verdict([f"{name} needs no password" for name in open_users], "every enabled named user needs a password")


@ACL.check(
    5,
    "A superuser is not on the approved list",
    severity=HIGH,
    needs=("rights", "expected"),
    fix="redis_acl_users: switch the user off or narrow its rights; or name it in redis_audit_expected.admins",
)
def superusers(users: Sequence[AclUser], expected: Mapping[str, Any]) -> Verdict:
    """Who may change users can give itself every right: such an account is an administrator, whatever its name."""
    admins = approved(expected, "admins")
    found = [user.name for user in enabled(users) if user.allows("acl|setuser") and user.name not in admins]
    fine = f"only {', '.join(sorted(admins))} may change users" if admins else "nobody may change users"
    return verdict([f"{name} may run ACL SETUSER" for name in found], fine)


@ACL.check(
    6,
    "A password is weak or a well-known default",
    severity=CRITICAL,
    needs=("users", "weak"),
    fix="let redis_secrets make the password (256 bits), or give one of that strength from your vault",
)
def weak_passwords(users: Sequence[AclUser], weak: Mapping[str, str]) -> Verdict:
    """The hashes are compared here with those of known defaults and your own words; no guess is sent to the server."""
    found = [f"{user.name}: {weak[user.name]}" for user in enabled(users) if user.name in weak]
    return verdict(found, "no known default among the hashes")


@ACL.check(
    7, "Users share a password", severity=HIGH, needs=("users",), fix="redis_secrets: one secret for each user name"
)
def shared_passwords(users: Sequence[AclUser]) -> Verdict:
    """One leak then opens several accounts, and the log cannot tell who it was."""
    count = Counter(digest for user in users for digest in user.hashes)
    groups = [[user.name for user in users if digest in user.hashes] for digest, times in count.items() if times > 1]
    return verdict([f"{' and '.join(names)} have the same password" for names in groups], "all passwords differ")


@ACL.check(
    8,
    "A user keeps more than one password",
    severity=LOW,
    needs=("users", "now"),
    wants=("passwords",),
    fix="finish the rotation: playbooks/rotate.yml -e redis_rotate_phase=retire",
)
def second_passwords(users: Sequence[AclUser], now: float, record: ages.Record | None) -> Verdict:
    """A second password is for the days of a rotation. One that stays is a way in that nobody looks after."""
    rows = [user for user in users if len(user.hashes) > 1]
    texts, forgotten = [], False
    for user in rows:
        dates = [ages.first_seen(record or {}, user.name, one) for one in user.hashes]
        youngest = max((one for one in dates if one is not None), default=None)
        since = "nobody knows since when" if youngest is None else f"for {int((now - youngest) / _DAY)} days"
        texts.append(f"{user.name} has {len(user.hashes)} passwords, {since}")
        forgotten |= youngest is None or len(user.hashes) > 2 or now - youngest > WINDOW_DAYS * _DAY  # noqa: PLR2004 - old and new
    if texts and not forgotten:
        return noted(*texts)
    return verdict(texts, "one password for each user")


@ACL.check(
    28,
    "Users would be lost at the next restart",
    severity=MEDIUM,
    needs=("config", "users"),
    wants=("directives",),
    fix="redis_acl_file: /etc/redis/users.acl (role redis_acl writes it and the aclfile directive)",
)
def persisted(
    config: Mapping[str, str], users: Sequence[AclUser], directives: Mapping[str, Sequence[str]] | None
) -> Verdict:
    """Users made by ACL SETUSER live in memory; after a restart the default user is open again and clients fail."""
    if config.get("aclfile"):
        return passed(f"aclfile is {config['aclfile']}")
    named = [user.name for user in users if user.name != "default"]
    if not named:
        return not_applicable("there is no user besides default")
    if directives is None:
        return not_evaluated("directives: the configuration file was not read")
    kept = {line.split()[0] for line in directives.get("user", ()) if line.split()}
    return verdict([f"{name} stands in no file" for name in named if name not in kept], "every user is in redis.conf")


@ACL.check(
    29,
    "Passwords stand in clear in a file",
    severity=HIGH,
    needs=("files",),
    fix="run redis_acl: it writes SHA-256 hashes only; then change the passwords that stood there",
)
def clear_passwords(files: Sequence[Mapping[str, Any]]) -> Verdict:
    """Backups, editors and configuration management spread the file; a server never needs the password itself."""
    rows = [row for row in files if row["role"] in ("config", "acl")]
    if not rows:
        return not_applicable("no configuration file was found")
    problems = [f"{row['path']} {place}" for row in rows for place in row["clear"] if row["role"] == "acl"]
    rest = [f"{row['path']} {place}" for row in rows for place in row["clear"] if row["role"] == "config"]
    exposed = [row["path"] for row in rows if row["role"] == "config" and row["clear"] and row["mode"] & 0o007]
    if problems or exposed:
        return failed(*problems, *rest)
    return noted(*rest, "only root and the service can read it") if rest else passed("hashes only")


@ACL.check(
    39,
    "A password is older than a quarter",
    severity=LOW,
    needs=("users", "now", "expected"),
    wants=("passwords",),
    fix="rotate it, without an error for any client: playbooks/rotate.yml (redis_rotate_users for single users)",
)
def password_age(
    users: Sequence[AclUser], now: float, expected: Mapping[str, Any], record: ages.Record | None
) -> Verdict:
    """What leaked unnoticed works until it is changed. Servers keep no dates, so redis_acl records them on the host."""
    found = [(user.name, one) for user in enabled(users) for one in user.hashes]
    if not found:
        return not_applicable("no enabled user has a password")
    if record is None:
        return not_evaluated("passwords: no record of since when they are known; the role redis_acl makes one")
    limit = expected.get("password_days") or PASSWORD_DAYS
    days = {(name, one): _days(ages.first_seen(record, name, one), now) for name, one in found}
    old = [
        f"{name}: {age} days, {limit} are the limit"
        for (name, _one), age in days.items()
        if age is not None and age > limit
    ]
    unknown = [f"{name}: nobody knows since when" for (name, _one), age in days.items() if age is None]
    if old:
        return failed(*sorted(old), *sorted(unknown))
    if unknown:
        return not_evaluated(*sorted(set(unknown)))
    return passed(f"the oldest of {len(days)} is {max(age for age in days.values() if age is not None)} days old")


def _days(since: float | None, now: float) -> int | None:
    return None if since is None else int((now - since) / _DAY)


@ACL.check(
    33,
    "Clients are connected as the default user",
    severity=MEDIUM,
    needs=("clients", "users"),
    fix="move the clients to users of their own; redis_server closes leftover connections after the drain time",
)
def default_clients(clients: Sequence[Mapping[str, Any]], users: Sequence[AclUser]) -> Verdict:
    """Switching the default user off does not touch connections that are already open: they keep full rights."""
    # Who came this very moment may not have logged in yet, and is listed as the default user until then.
    rows = [row for row in clients if row.get("user") == NOBODY and not row.get("own") and _has_settled(row)]
    user = _default(users)
    leftover = user is not None and not user.enabled
    texts = [f"{row.get('addr')} ({row.get('name') or 'no name'})" for row in rows]
    return verdict(texts, f"none of {len(clients)} connections", HIGH if leftover else None)


def _has_settled(row: Mapping[str, Any]) -> bool:
    return int(row.get("age", LOGIN_TIME)) >= LOGIN_TIME
