"""Users as they are kept: forgotten ones, wide ones, and those that differ from the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...acl.commands import CommandTable
from ...acl.user import SKIP_SANITIZE, AclUser
from ...errors import InputError
from ...versions import REDIS, ServerVersion, parse_number
from ..check import HIGH, LOW, MEDIUM, Family, Verdict, failed, not_applicable, not_evaluated, noted, passed, verdict
from .acl import ACL, approved, enabled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# The same family as in acl.py; several lists keep the files short.
USERS = Family(ACL.code, ACL.title)

_LOG_ENTRIES = 128
_DENIALS = 10
_STALE_DAYS = 90
_DAY = 86400
# The first releases in which a NUL in a certificate's name no longer cuts it short.
_NAMES_REPAIRED = {
    "redis": {(8, 6): (8, 6, 6), (8, 8): (8, 8, 2), (8, 10): (8, 10, 1)},
    "valkey": {(9, 1): (9, 1, 2)},
}


def version_of(server: Mapping[str, Any]) -> ServerVersion:
    """Return the version of the section ``server``."""
    return ServerVersion(server["product"], parse_number(server["version"]))


@USERS.check(
    4,
    "An enabled user has no password and needs one",
    severity=LOW,
    needs=("users",),
    wants=("config",),
    fix="redis_acl_users: give the user a password, or state: absent",
)
def dead_users(users: Sequence[AclUser], config: Mapping[str, str] | None) -> Verdict:
    """Nobody can log in as it, until somebody gives it a password: an account that nobody looks after."""
    if (config or {}).get("tls-auth-clients-user", "off") not in ("", "off"):
        return not_applicable("certificates log in here, so users without a password are meant")
    dead = [user.name for user in enabled(users) if not user.can_log_in]
    return verdict([f"{name} is on and has no password" for name in dead], "every enabled user can log in")


@USERS.check(
    9,
    "requirepass is set beside an ACL file",
    severity=LOW,
    needs=("config",),
    fix="run the playbook harden: users log in by the ACL file, and requirepass is removed",
)
def requirepass(config: Mapping[str, str]) -> Verdict:
    """The file decides and requirepass is ignored: who believes in it has an open server after the next restart."""
    if not config.get("requirepass"):
        return passed("requirepass is not set")
    if config.get("aclfile"):
        return failed("requirepass is set, and aclfile is too")
    return noted("requirepass is set; all who know it are the same user")


@USERS.check(
    19,
    "Channels are open to all",
    severity=MEDIUM,
    needs=("users", "config", "server", "expected"),
    fix="redis_acl_users: channels for those who need some, and redis_server_acl_pubsub_default: resetchannels",
)
def channels(
    users: Sequence[AclUser], config: Mapping[str, str], server: Mapping[str, Any], expected: Mapping[str, Any]
) -> Verdict:
    """Who may subscribe to every channel reads the messages of all tenants, and may speak for any of them."""
    if not version_of(server).since((6, 2)):
        return not_applicable("Redis 6.0 has no rules for channels")
    trusted = approved(expected, "admins") | set(expected.get("subscribers") or ())
    names = [user.name for user in enabled(users) if "*" in user.channel_patterns and user.name not in trusted]
    problems = [f"{name} may use every channel" for name in names]
    if config.get("acl-pubsub-default") == "allchannels":
        problems.append("acl-pubsub-default is allchannels: new users may use every channel")
    return verdict(problems, "channels are limited")


@USERS.check(
    22,
    "A user has everything except what is listed",
    severity=MEDIUM,
    needs=("users", "expected"),
    fix="redis_acl_users: a preset, or commands that begin with -@all and name what is needed",
)
def deny_lists(users: Sequence[AclUser], expected: Mapping[str, Any]) -> Verdict:
    """A list of forbidden commands is never complete, and each upgrade adds commands that nobody forbade."""
    trusted = approved(expected, "admins")
    wide = [
        user.name
        for user in enabled(users)
        if user.name not in trusted and any(one.all_future for one in user.selectors)
    ]
    return verdict([f"{name} has +@all" for name in wide], "every other user's rules begin with -@all")


@USERS.check(
    24,
    "A selector gives more than the user's own rules",
    severity=MEDIUM,
    needs=("rights", "expected"),
    fix="redis_acl_users: narrow the selectors, or make a user of its own for what they allow",
)
def selectors(users: Sequence[AclUser], expected: Mapping[str, Any]) -> Verdict:
    """Selectors are easily overlooked: the line begins harmlessly, and what stands in brackets opens the server."""
    if not any(len(user.selectors) > 1 for user in users):
        return not_applicable("no user has a selector")
    trusted = approved(expected, "admins")
    problems = []
    for user in enabled(users):
        for one in user.selectors[1:] if user.name not in trusted else ():
            wide = [str(key) for key in one.keys if key.pattern == "*"]
            strong = [name for name in _STRONG if one.table.family(name) & one.commands]
            problems += [f"{user.name}: ({one.render()})"] if one.all_future or wide or strong else []
    return verdict(problems, "the selectors are narrow")


_STRONG = ("config", "debug", "shutdown", "acl", "module", "replicaof", "slaveof", "psync", "eval", "function", "fcall")


@USERS.check(
    25,
    "A user's payloads are not checked",
    severity=MEDIUM,
    needs=("rights", "server"),
    fix="redis_acl_users: take skip-sanitize-payload away, or RESTORE",
)
def unchecked_payloads(users: Sequence[AclUser], server: Mapping[str, Any]) -> Verdict:
    """RESTORE then takes bytes as they come, and broken ones corrupt the server's memory."""
    version = version_of(server)
    if not version.since((6, 2)) or (version.product != REDIS and version.number >= (9, 1, 2)):
        return not_applicable(f"{version} has no such switch, or ignores it")
    names = [user.name for user in enabled(users) if SKIP_SANITIZE in user.flags and user.allows("restore")]
    return verdict([f"{name} has {SKIP_SANITIZE}" for name in names], "payloads of all users are checked")


@USERS.check(
    26,
    "A break-glass account is on",
    severity=LOW,
    needs=("users", "expected"),
    fix="switch it off again: redis_break_glass does so after redis_break_glass_minutes",
)
def break_glass(users: Sequence[AclUser], expected: Mapping[str, Any]) -> Verdict:
    """An account for emergencies that is always on is simply one more administrator."""
    names = set(("admin",) if expected.get("break_glass") is None else expected["break_glass"])
    found = [user for user in users if user.name in names]
    if not found:
        return not_applicable("there is no break-glass account")
    return verdict([f"{user.name} is on" for user in enabled(found)], f"{', '.join(sorted(names))}: off")


@USERS.check(
    27,
    "A user was not seen for a long time",
    severity=LOW,
    needs=("users", "clients", "now"),
    wants=("earlier",),
    fix="redis_acl_users: state: absent for users that nobody needs any more",
)
def stale_users(
    users: Sequence[AclUser], clients: Sequence[Mapping[str, Any]], now: float, earlier: Mapping[str, Any] | None
) -> Verdict:
    """Servers keep no date of the last login. Only earlier audits can tell who was connected then."""
    if earlier is None:
        return not_evaluated("earlier: no earlier audit is at hand")
    days = int((now - earlier["since"]) / _DAY)
    seen = {str(row.get("user")) for row in clients} | set(earlier["seen"])
    unseen = [user.name for user in enabled(users) if user.name not in seen]
    if unseen and days < _STALE_DAYS:
        return not_evaluated(f"earlier: the audits go back {days} days only; not seen yet: {', '.join(unseen)}")
    return verdict([f"{name} was not connected at any audit in {days} days" for name in unseen], "each was seen")


@USERS.check(
    30,
    "The running users differ from the ACL file",
    severity=MEDIUM,
    needs=("users", "commands", "acl_file"),
    fix="run the role redis_acl: it makes the file and the server the same, without ACL LOAD",
)
def drift(users: Sequence[AclUser], commands: Sequence[Any], lines: Sequence[str] | None) -> Verdict:
    """Who was added, or let in, at run time only is gone after a restart; what stands in the file comes back."""
    if lines is None:
        return not_applicable("no ACL file is configured")
    table = CommandTable.from_reply(commands)
    try:
        kept = [AclUser.parse(line, table, where="ACL file") for line in lines]
    except InputError as error:
        return failed(f"the server will not start from this file: {error}")
    here, there = {user.name: user for user in users}, {user.name: user for user in kept}
    problems = [f"{name} runs, and is not in the file" for name in sorted(set(here) - set(there))]
    problems += [f"{name} is in the file, and not in the server" for name in sorted(set(there) - set(here))]
    both = sorted(set(here) & set(there))
    problems += [f"{name} is another one in the file" for name in both if here[name] != there[name]]
    return verdict(problems, f"{len(both)} users, the same in both")


@USERS.check(
    31,
    "Logins fail, or commands are refused",
    severity=MEDIUM,
    needs=("stats", "server"),
    wants=("earlier",),
    fix="find out who it is (ACL LOG, as the operator); a client with an old password, or somebody who guesses",
)
def denials(stats: Mapping[str, str], server: Mapping[str, Any], earlier: Mapping[str, Any] | None) -> Verdict:
    """The server's log says nothing of failed logins. Its counters do, and these are what an attack moves."""
    if not version_of(server).since((6, 2)):
        return not_evaluated("stats: Redis 6.0 does not count them")
    now = counters(stats)
    named = ", ".join(f"{count} {name}" for name, count in now.items()) or "none since the server started"
    if earlier is None:
        return noted(named, "no earlier audit to compare with") if any(now.values()) else passed(named)
    before = earlier["counters"]
    # A restart and CONFIG RESETSTAT set them back to nothing.
    grown = {
        name: count - before.get(name, 0) if count >= before.get(name, 0) else count for name, count in now.items()
    }
    return verdict(
        [f"{count} {name} since the last audit" for name, count in grown.items() if count > _DENIALS],
        f"{sum(grown.values())} since the last audit",
    )


def counters(stats: Mapping[str, str]) -> dict[str, int]:
    """Return how often a login failed and a command was refused."""
    named = {"failed logins": "errorstat_WRONGPASS", "refused commands": "errorstat_NOPERM"}
    return {name: int(stats[field].rpartition("=")[2]) for name, field in named.items() if field in stats}


@USERS.check(
    32,
    "The ACL log is short or off",
    severity=LOW,
    needs=("config",),
    fix="redis_server_extra_directives: acllog-max-len 1024",
)
def acl_log(config: Mapping[str, str]) -> Verdict:
    """Whoever knows how many entries are kept pushes his own out with as many harmless ones."""
    if "acllog-max-len" not in config:
        return not_applicable("this server has no acllog-max-len")
    length = int(config["acllog-max-len"])
    return verdict([f"acllog-max-len is {length}"] if length < _LOG_ENTRIES else [], f"acllog-max-len is {length}")


@USERS.check(
    38,
    "Certificates log in as users",
    severity=HIGH,
    needs=("config", "server"),
    wants=("certificates",),
    fix='redis_server_extra_directives: tls-auth-clients-user "off", or a release that reads names to their end',
)
def certificate_login(
    config: Mapping[str, str], server: Mapping[str, Any], certificates: Sequence[Mapping[str, Any]] | None
) -> Verdict:
    """The name in a certificate is then the user: who gets a certificate for "operator" signed is the operator."""
    if "tls-auth-clients-user" not in config:
        return not_applicable("this server has no tls-auth-clients-user")
    value = config["tls-auth-clients-user"]
    if value in ("", "off"):
        return passed("tls-auth-clients-user is off")
    version = version_of(server)
    repaired = _NAMES_REPAIRED[version.product]
    least = repaired.get(version.number[:2])
    broken = version.number < least if least else version.number < max(repaired.values())
    if broken:
        return failed(f"tls-auth-clients-user is {value}, and {version} cuts a name short at a NUL")
    authorities = sorted({row["subject"] for row in certificates or () if row["role"] == "ca"})
    return noted(f"tls-auth-clients-user is {value}: whoever signs for these decides: {', '.join(authorities) or '?'}")
