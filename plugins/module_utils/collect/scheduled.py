"""The audit of this host without Ansible: ``redis-audit.pyz OPTIONS.json``, as the systemd timer runs it.

The options are those of the module ``redis_config_audit``, and::

    {"login_password_file": "/etc/rampart/redis-audit.password",
     "baseline_file": "/var/lib/rampart/audit/report.json",
     "reports": [{"format": "json", "path": "/var/lib/rampart/audit/report.json"}]}

Exit status: 0 all well, 1 the audit failed by ``fail_on``, 2 it could not be made.
"""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

from ..audit.outcome import outcome
from ..audit.profiles import DEFAULT, LEVELS, PROFILES
from ..errors import InputError, RampartError
from ..host import FileWish, read_text, replace
from ..render import json as as_json
from ..render import prometheus, text
from .auditing import audited, job
from .snapshot import AGES_DIR

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

FORMATS: dict[str, Callable[[Sequence[Mapping[str, Any]]], str]] = {
    "text": text.render,
    "json": as_json.render,
    "prometheus": prometheus.render,
}
# The node exporter reads metrics as another user; the rest is for root only.
_MODES = {"prometheus": 0o644}
_CHOICES = {"profile": tuple(PROFILES), "fail_on": LEVELS}
DEFAULTS: dict[str, Any] = {
    "login_host": "127.0.0.1",
    "login_port": 6379,
    "login_user": None,
    "login_password": None,
    "login_password_file": None,
    "login_unix_socket": None,
    "login_timeout": 5.0,
    "tls": True,
    "validate_certs": True,
    "ca_certs": None,
    "client_cert_file": None,
    "client_key_file": None,
    "name": None,
    "config_file": None,
    "sections": ["server", "host"],
    "ages_dir": AGES_DIR,
    "include": [],
    "exclude": [],
    "expected": {},
    "words": [],
    "cve_data": {},
    "distro_data": {},
    "time_limit": 60.0,
    "profile": DEFAULT,
    "waivers": [],
    "baseline_file": None,
    "fail_on": "high",
    "reports": [],
}


def main(argv: Sequence[str] | None = None) -> int:
    """Audit as the options file says, show the report, write it where it shall be."""
    words = list(sys.argv[1:] if argv is None else argv)
    try:
        if len(words) != 1:
            raise InputError("usage: redis-audit.pyz OPTIONS.json")
        return _audit(options(words[0]))
    except RampartError as error:
        sys.stderr.write(f"redis-audit: {error}\n")
        return 2


def options(path: str) -> dict[str, Any]:
    """Read the options file.

    :raises InputError: it is missing or broken, with the line.
    """
    found = _json(path)
    if not isinstance(found, dict):
        raise InputError("not an object of options", where=path)
    unknown = [name for name in found if name not in DEFAULTS]
    if unknown:
        raise InputError(f"unknown option {unknown[0]!r}", where=path, hint=f"Known are {', '.join(DEFAULTS)}")
    params = {**DEFAULTS, **found}
    for name, choices in _CHOICES.items():
        if params[name] not in choices:
            raise InputError(f"{name} is {params[name]!r}, not one of {', '.join(choices)}", where=path)
    strange = next(
        (wish for wish in params["reports"] if wish.get("format") not in FORMATS or "path" not in wish), None
    )
    if strange is not None:
        hint = f"Each has a path and a format, one of {', '.join(FORMATS)}"
        raise InputError(f"a report that cannot be written: {strange}", where=path, hint=hint)
    return params


def _audit(params: dict[str, Any]) -> int:
    if params["login_password_file"]:
        params["login_password"] = _read(params["login_password_file"]).strip()
    before = params["baseline_file"] and read_text(params["baseline_file"])
    params["baseline"] = _json(params["baseline_file"]) if before else None
    report = audited(job(params), params)["report"]
    found = outcome([report], params["fail_on"])
    sys.stdout.write(text.render([report], colour=sys.stdout.isatty() and "NO_COLOR" not in os.environ))
    replace(_wish(wish["path"], wish["format"], report) for wish in params["reports"])
    if found["failed"]:
        sys.stderr.write(f"redis-audit: {found['msg']}\n")
    return 1 if found["failed"] else 0


def _wish(path: str, kind: str, report: Mapping[str, Any]) -> FileWish:
    data = FORMATS[kind]([report]).encode()
    return FileWish(path, data, _MODES.get(kind, 0o600), str(os.getuid()), str(os.getgid()))


def _json(path: str) -> Any:  # noqa: ANN401 - whatever stands in the file
    try:
        return json.loads(_read(path))
    except ValueError as error:
        raise InputError(f"not JSON: {error}", where=path) from error


def _read(path: str) -> str:
    found = read_text(path)
    if found is None:
        raise InputError("there is no such file", where=path)
    return found
