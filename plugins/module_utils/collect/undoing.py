"""Put a saved state back; the second half of redis_undo."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import host
from ..conf import checkpoint
from ..conf.checkpoint import FILE, LINK, Entry, Manifest, Steps
from ..conf.syntax import parse
from ..errors import HostError, RampartError
from . import checkpoints, instance
from .checkpoints import DATA, MANIFEST, copy_of, keep, look_at, scan, scan_modes
from .restarting import restart, snapshot

if TYPE_CHECKING:
    from collections.abc import Mapping

_REASON = "the state before hardening is put back"
_AFTER = "after"


@dataclass(frozen=True)
class Job:
    """A checkpoint that is to be put back, and what is needed to do it."""

    folder: Path
    manifest: Manifest
    params: Mapping[str, Any]

    @property
    def replaced(self) -> Path:
        """Where the state that is replaced is kept: undoing loses nothing either."""
        return self.folder / _AFTER

    @property
    def restarting(self) -> dict[str, Any]:
        """The options of a restart; the login before it works even while its files are being replaced."""
        return {
            **self.params,
            "unit": self.manifest.unit,
            "config_file": None,
            "files": [],
            "reasons": [_REASON],
            "login_after": self.login_after,
        }

    @property
    def login_after(self) -> dict[str, Any]:
        """How to log in to the server as it was."""
        if self.manifest.running.get("requirepass"):
            return {"login_user": "default", "login_password": self.manifest.running["requirepass"]}
        return {} if self.manifest.login_user else {"login_user": "", "login_password": ""}


def restore(params: Mapping[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """Put the checkpoint back and file it away; return the result of redis_undo with ``state=restored``.

    :raises HostError: it could not be put back. Until the server was restarted everything is as it was before.
    """
    folder = Path(params["path"])
    with checkpoints.alone(folder, params["timeout"]):
        return _restore(folder, params, check_mode=check_mode)


def _restore(folder: Path, params: Mapping[str, Any], *, check_mode: bool) -> dict[str, Any]:
    text = host.read_text(str(folder / MANIFEST))
    result: dict[str, Any] = {"changed": False, "checkpoint": str(folder)}
    if text is None:
        return {**result, "reason": "there is no checkpoint, so nothing is put back"}
    job = Job(folder, checkpoint.parse(text, str(folder / MANIFEST)), params)
    _verify(job)
    present = scan(job.manifest.roots)
    steps = _plan(job.manifest, present)
    result.update(changed=True, plan=steps.sentences, reason=None)
    result["diff"] = {"before": checkpoint.shown(present), "after": checkpoint.shown(job.manifest.entries)}
    if check_mode:
        return result
    counted = _put_back(job, steps)
    warnings = _set_kernel(job.manifest.kernel) + _settle(job)
    if params["data"]:
        counted["keys_after"] = _replace_data(job)
    return {**result, **counted, "archive": _archive(job), "warnings": warnings}


def _verify(job: Job) -> None:
    """Refuse a checkpoint that is not complete, before anything changes."""
    for entry in job.manifest.entries:
        if entry.kind == FILE and look_at(str(copy_of(job.folder, entry))).sha256 != entry.sha256:
            raise HostError(f"its copy of {entry.path} is damaged, so nothing was put back", where=str(job.folder))
    if not job.params["data"]:
        return
    saved = job.manifest.snapshot
    if saved is None or look_at(str(job.folder / DATA)).sha256 != saved.sha256:
        raise HostError("its copy of the data is missing or damaged, so nothing was put back", where=str(job.folder))
    if _appendonly(job) == "yes":
        raise HostError(
            "the server had an append-only file, which it would read instead of the saved data",
            where=str(job.folder),
            hint="Undo without the data, then follow docs/recovery.md",
        )


def _plan(saved: Manifest, present: list[Entry]) -> Steps:
    modes = [look_at(entry.path, content=False) for entry in saved.modes]
    return checkpoint.plan(saved, present, modes)


def _appendonly(job: Job) -> str:
    """Return the value with which the restored server starts."""
    config = next((entry for entry in job.manifest.entries if entry.kind == FILE), None)
    text = host.read_text(str(copy_of(job.folder, config))) if config else ""
    lines = parse(text or "").directives("appendonly")
    return lines[-1].arguments[0].lower() if lines and lines[-1].arguments else "no"


def _put_back(job: Job, steps: Steps) -> dict[str, Any]:
    """Replace the files and restart; when the server was not restarted, the files come back too."""
    site = instance.look(job.manifest.unit, None)
    before = _keep_replaced(job)
    job = Job(job.folder, job.manifest, {**job.params, **_kept_credentials(job, before)})
    switched = _stop_appending(job, site)
    try:
        _carry_out(job.folder, steps)
        done = restart(job.restarting, check_mode=False)
    except RampartError:
        if instance.look(job.manifest.unit, None).pid == site.pid:
            _carry_out(job.replaced, _plan(before, scan(before.roots)))
            if switched:
                _set_appending(job, instance.look(job.manifest.unit, None), "yes")
            shutil.rmtree(job.replaced)
        raise
    _carry_out(job.folder, Steps(modes=_plan(job.manifest, []).modes))  # the server has saved once more, in its own way
    return {"keys_before": done["keys_before"], "keys_after": done["keys_after"]}


def _keep_replaced(job: Job) -> Manifest:
    """Keep the state that is replaced, once: of an undo that was killed half-way the first one is whole."""
    text = host.read_text(str(job.replaced / MANIFEST))
    if text is not None:
        return checkpoint.parse(text, str(job.replaced / MANIFEST))
    checkpoints.make_private(job.replaced / "files")
    entries = keep(job.replaced, job.manifest.roots)
    modes = tuple(scan_modes(entry.path for entry in job.manifest.modes if Path(entry.path).is_dir()))
    manifest = Manifest(job.manifest.made_at, job.manifest.unit, job.manifest.roots, entries, modes)
    checkpoints.write_private(job.replaced / MANIFEST, checkpoint.render(manifest).encode())
    return manifest


def _kept_credentials(job: Job, before: Manifest) -> dict[str, str]:
    copies = {entry.path: str(copy_of(job.replaced, entry)) for entry in before.entries if entry.kind == FILE}
    named = ("ca_certs", "client_cert_file", "client_key_file")
    return {name: copies[job.params[name]] for name in named if job.params[name] in copies}


def _stop_appending(job: Job, site: instance.Site) -> bool:
    """Where only the hardened server had an append-only file: the next start looks for a snapshot, so there is one."""
    return _appendonly(job) == "no" and _set_appending(job, site, "no")


def _set_appending(job: Job, site: instance.Site, value: str) -> bool:
    with instance.door(site, job.params) as way:
        if way.server is None or way.server.config("appendonly")["appendonly"] == value:
            return False
        way.server.command("CONFIG", "SET", "appendonly", value)
        return True


def _carry_out(folder: Path, steps: Steps) -> None:
    try:
        for entry in steps.remove:
            path = Path(entry.path)
            path.rmdir() if entry.kind == checkpoint.FOLDER else path.unlink()
        for entry in steps.folders:
            Path(entry.path).mkdir(mode=0o700, exist_ok=True)
            _set_rights(entry)
        for entry in steps.write:
            _write(folder, entry)
        for entry in steps.modes:
            _set_rights(entry)
    except OSError as error:
        raise HostError(f"cannot be put back: {error.strerror}", where=str(error.filename)) from error
    host.run_ok(["systemctl", "daemon-reload"])


def _write(folder: Path, entry: Entry) -> None:
    if entry.kind == LINK:
        Path(entry.path).unlink(missing_ok=True)
        Path(entry.path).symlink_to(entry.target)
        return
    data = host.read_bytes(str(copy_of(folder, entry)))
    if data is None:
        raise HostError(f"holds no copy of {entry.path}", where=str(folder))
    host.replace([host.FileWish(entry.path, data, entry.mode, str(entry.uid), str(entry.gid))])


def _set_rights(entry: Entry) -> None:
    os.chown(entry.path, entry.uid, entry.gid)
    Path(entry.path).chmod(entry.mode)


def _set_kernel(saved: Mapping[str, str]) -> list[str]:
    stuck = []
    for name, value in saved.items():
        if checkpoints.read_kernel(name) != value:
            try:
                Path("/proc/sys", *name.split(".")).write_text(value, encoding="ascii")
            except OSError as error:
                stuck.append(f"{name} could not be set back to {value}: {error.strerror}")
    return stuck


def _settle(job: Job) -> list[str]:
    """Set once more what was set at run time only; return what could not be."""
    site = instance.look(job.manifest.unit, None)
    with instance.door(site, {**job.params, **job.login_after}) as way:
        if way.server is None:
            return [
                "The server as it was lets nobody in whom we know, so values set at run time only were not set again"
            ]
        pairs = way.server.command("CONFIG", "GET", "*")
        values = checkpoint.values_to_set(job.manifest.running, dict(zip(pairs[::2], pairs[1::2])))
        users = checkpoint.user_commands(job.manifest.users, way.server.command("ACL", "LIST"))
        replies = way.server.pipeline([("CONFIG", "SET", *pair) for pair in values.items()])
        stuck = [f"{name} stays as it is" for name, reply in zip(values, replies) if isinstance(reply, Exception)]
        replies = way.server.pipeline(users)
        return stuck + [f"user {call[2]} stays" for call, reply in zip(users, replies) if isinstance(reply, Exception)]


def _replace_data(job: Job) -> int | None:
    """Bring the saved data back; the data that goes is kept in the archive."""
    saved = job.manifest.snapshot
    site = instance.look(job.manifest.unit, None)
    if saved is None:
        return None
    with instance.door(site, {**job.params, **job.login_after}) as way:
        if way.server is None:
            raise HostError("no door lets us in, so the newer data cannot be saved first", where=site.unit.name)
        snapshot(way.server, job.params["timeout"])
    host.run_ok(["systemctl", "stop", site.unit.name], timeout=job.params["timeout"])
    data = look_at(saved.path)
    newer = job.replaced / DATA
    newer.touch(mode=0o600)
    shutil.copyfile(saved.path, newer)
    staged = Path(f"{saved.path}.rampart")
    staged.touch(mode=0o600)
    shutil.copyfile(job.folder / DATA, staged)
    _set_rights(Entry(str(staged), FILE, data.mode, data.uid, data.gid))
    staged.replace(saved.path)
    done = restart({**job.restarting, "reasons": []}, check_mode=False)
    after: int | None = done["keys_after"]
    return after


def _archive(job: Job) -> str:
    stamp = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    place = job.folder.parent / "archive" / f"{job.folder.name}-{stamp}"
    checkpoints.make_private(place.parent)
    job.folder.rename(place)
    return str(place)
