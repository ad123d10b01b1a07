"""The work of module ``redis_acl``: read, wish, guard, preflight, apply, verify, and back on failure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..acl import aclfile, plan, wish
from ..acl.answer import broken
from ..acl.commands import CommandTable
from ..connection import Endpoint, Server, connect
from ..errors import HostError, InputError, LoginError, MissingLibraryError, ServerRefusedError, UnreachableError
from ..host import FileWish, Replacement
from ..host import replace as replace_files
from ..shadow import find_binary
from . import acl, acl_file, acl_report, connected, password_ages

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..acl.plan import Change, Users
    from .acl_file import StagedFile

_LIVE = ("live", "both")
_FILE = ("file", "both")
_KEEP = "on_create"
_READS = ("acl|users", "acl|list", "acl|getuser")


@dataclass(frozen=True)
class Job:
    """What was asked: the options of the module."""

    params: Mapping[str, Any]
    check_mode: bool

    @property
    def live(self) -> bool:
        """Whether the running server is to be changed."""
        return self.params["apply"] in _LIVE

    @property
    def kills(self) -> bool:
        """Whether connections that hold more than they should are to be closed."""
        return bool(self.params["kill_clients"] and self.live)

    @property
    def binary(self) -> str | None:
        """The server binary that validates, if there is one here."""
        return self.params["binary"] or find_binary()

    @property
    def calls(self) -> list[tuple[str, str]]:
        """Every (user, call) that is asserted."""
        both = [(one["user"], [*(one["allow"] or ()), *(one["deny"] or ())]) for one in self.params["assertions"]]
        return [(user, call) for user, calls in both for call in calls]

    @property
    def passwords(self) -> dict[str, list[str]]:
        """The passwords we know, of users who can log in with them."""
        listed = [user for user in self.params["users"] if user["enabled"] and user["state"] != wish.ABSENT]
        return {user["name"]: user["passwords"] for user in listed if user["passwords"] and not user["nopass"]}

    def known_passwords(self, changes: list[Change]) -> dict[str, list[str]]:
        """Return the passwords of changed users, as far as they are those the server now has."""
        kept = {change.name for change in changes if change.have} if self.params["update_password"] == _KEEP else set()
        changed = {change.name for change in changes if change.want and change.want.enabled} - kept
        return {name: values for name, values in self.passwords.items() if name in changed}

    def file_wish(self) -> FileWish:
        """Return the ACL file as it shall be, still empty."""
        mode = self.params["mode"]
        try:
            return FileWish(self.params["aclfile"], b"", int(mode, 8), self.params["owner"], self.params["group"])
        except ValueError as error:
            raise InputError(f"{mode!r} is not an octal mode such as '0640'", where="mode") from error


@dataclass(frozen=True)
class Prepared:
    """All that is decided before the first change."""

    table: CommandTable
    login: str
    have: Users
    final: Users
    changes: list[Change]
    staged: StagedFile | None
    dates: password_ages.Dates
    closing: dict[str, str] = field(default_factory=dict)

    @property
    def changed(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.changes or self.closing or self.dates.changed or (self.staged and self.staged.changed))

    @property
    def is_as_wished(self) -> bool:
        """Whether the users are those wished for, and so is the file that holds them."""
        return not self.changes and not (self.staged and self.staged.changed)

    @property
    def can_verify(self) -> bool:
        """Whether we shall still be able to read the users; not when forced to cripple ourselves."""
        mine = self.final.get(self.login)
        return mine is not None and all(mine.allows(name) for name in _READS)

    @property
    def can_rehearse(self) -> bool:
        """Whether we may ask the running server who may call what (7.0)."""
        mine = self.have.get(self.login)
        return mine is not None and self.table.has_subcommands and mine.allows("acl|dryrun")

    @property
    def can_prove(self) -> bool:
        """Whether we shall still be able to list connections."""
        mine = self.final.get(self.login)
        return mine is not None and mine.allows("client|list")


def carry_out(params: Mapping[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """Bring the users into the wished state and return the module's result.

    :raises RampartError: anything wrong; then nothing is changed.
    """
    job = Job(params, check_mode)
    try:
        with connect(Endpoint.from_params(params)) as server:
            return _on_server(job, server)
    except (UnreachableError, MissingLibraryError) as error:
        reason = _not_there_yet(job, error)
        if reason is None:
            raise
        return _predict(job, reason)


def _not_there_yet(job: Job, error: Exception) -> str | None:
    """Return why, in check mode, there can be no server to ask: earlier tasks would have installed it."""
    if not job.check_mode or isinstance(error, LoginError):
        return None
    if isinstance(error, MissingLibraryError):
        return "the Python library redis is not installed"
    return "package not installed" if job.binary is None else None


def _predict(job: Job, reason: str) -> dict[str, Any]:
    want = wish.read(job.params["users"], {}, CommandTable(), strict=False)
    final = plan.outcome({plan.DEFAULT: plan.OPEN_DEFAULT}, want, purge=False, login=plan.DEFAULT)
    said = [text for change in plan.changes({}, final) for text in change.sentences]
    return {
        "changed": True,
        "plan": said,
        "diff": [{"before_header": "users", "after_header": "users", "before": "", "after": acl_file.redacted(final)}],
        "users": acl_file.shown(final),
        "validated": False,
        "reason": reason,
        "verified": False,
        "killed": [],
    }


def _on_server(job: Job, server: Server) -> dict[str, Any]:
    ready = _prepare(job, server)
    validated, reason = _preflight(job, server, ready)
    warnings = acl_report.warnings(job, server, ready)
    killed = {} if job.check_mode else _apply(job, server, ready)
    return {
        "changed": ready.changed,
        "plan": acl_report.sentences(job, ready),
        "diff": acl_report.diff(job, ready),
        "users": acl_file.shown(ready.final),
        "validated": validated,
        "reason": reason,
        "verified": job.live and not job.check_mode and ready.can_verify,
        "killed": [f"{user} ({number})" for number, user in killed.items()],
        "warnings": warnings,
    }


def _prepare(job: Job, server: Server) -> Prepared:
    params = job.params
    table = acl.read_table(server)
    have = acl.read_users(server, table)
    login = str(server.command("ACL", "WHOAMI"))
    want = wish.read(params["users"], have, table, keep_passwords=params["update_password"] == _KEEP)
    final = plan.outcome(have, want, purge=params["purge"], login=login)
    _check_assertions(job, final)
    if not params["force"]:
        plan.guard(have, final, login, server.endpoint.password)
    changes = plan.changes(have, final, login) if job.live else []
    staged = None
    if params["apply"] in _FILE:
        staged = acl_file.stage(job.file_wish(), final, table)
    dates = password_ages.stage(params["ages_dir"], params["aclfile"], final.values())
    closing = connected.of_users(server, _leaving(changes, want, have)) if job.kills else {}
    return Prepared(table, login, have, final, changes, staged, dates, closing)


def _leaving(changes: list[Change], want: Mapping[str, Any], have: Users) -> set[str]:
    """Return whose connections hold more than they should: rights taken now, or a listed user switched off before."""
    off = {name for name, user in want.items() if user is not None and not user.enabled and name in have}
    return off | {change.name for change in changes if change.takes_away}


def _check_assertions(job: Job, final: Users) -> None:
    for user, call in job.calls:
        if user not in final:
            raise InputError("there is no such user", where=f"assertions for {user!r}")
        if not call.strip():
            raise InputError("a call must name a command", where=f"assertions for {user!r}")


def _preflight(job: Job, server: Server, ready: Prepared) -> tuple[bool, str]:
    """Have the binary judge the outcome; without one, we judge ourselves. What runs already needs no rehearsal."""
    if job.live and ready.is_as_wished and ready.can_rehearse:
        verdicts = acl.ask(server, job.calls)
        validated, reason = True, ""
    elif job.binary is None:
        verdicts = acl.judge(ready.final, job.calls)
        validated, reason = False, "no server binary on this host"
    else:
        text = ready.staged.text if ready.staged else aclfile.render(ready.final.values())
        verdicts = acl.preflight(job.binary, job.params["service_user"], text, job.params["aclfile"], job.calls)
        validated, reason = True, ""
    wrong = broken(job.params["assertions"], verdicts)
    if wrong:
        raise InputError("; ".join(wrong), where="assertions", hint="Nothing was changed")
    return validated, reason


def _apply(job: Job, server: Server, ready: Prepared) -> dict[str, str]:
    """Carry out what was prepared; return the user of each connection (by id) that was closed."""
    done = Replacement()
    try:
        if ready.staged and ready.staged.changed:
            done = replace_files([ready.staged.wish])
        if job.live:
            acl.set_users(server, ready.changes)
            if ready.can_verify:
                acl.verify(server, ready.table, ready.changes)
            acl.log_in(server.endpoint, job.known_passwords(ready.changes))
            _check_own_judgement(job, server, ready)
    except (ServerRefusedError, UnreachableError) as error:
        _take_back(server, ready, done, error)
    ready.dates.write()
    closing = {**ready.closing, **_came_meanwhile(job, server, ready)}
    connected.hang_up(server, list(closing), prove=ready.can_prove)
    return closing


def _came_meanwhile(job: Job, server: Server, ready: Prepared) -> dict[str, str]:
    """Return connections of users switched off now: some may have come after we had looked, and before it was done."""
    off = {change.name for change in ready.changes if change.want and not change.want.enabled}
    return connected.of_users(server, off) if off and job.kills and ready.can_prove else {}


def _check_own_judgement(job: Job, server: Server, ready: Prepared) -> None:
    """Where no binary could rehearse, have the running server answer what we had judged ourselves.

    :raises ServerRefusedError: it judges otherwise.
    """
    if job.binary is None and ready.can_rehearse:
        wrong = broken(job.params["assertions"], acl.ask(server, job.calls))
        if wrong:
            raise ServerRefusedError("; ".join(wrong), where="assertions")


def _take_back(
    server: Server, ready: Prepared, done: Replacement, error: ServerRefusedError | UnreachableError
) -> None:
    try:
        done.undo()
        acl.restore_users(server, ready.changes)
    except (ServerRefusedError, UnreachableError, HostError) as second:
        raise ServerRefusedError(
            f"{error}; and it could not be taken back: {second}", where="redis_acl", hint="Compare file and ACL LIST"
        ) from error
    raise ServerRefusedError(f"{error.what}; the old file and the old users are back", where=error.where) from error
