"""What the user wants: a list of certificates, checked before anything is touched."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from .names import AltName, parse_alt_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SERVER = "server"
CLIENT = "client"
USAGES = (SERVER, CLIENT)
KEY_TYPES = ("ecdsa-p256", "ecdsa-p384", "ed25519", "rsa-3072", "rsa-4096")

# The options of one certificate. The module and its action plugin, which signs on the controller, read the same table.
CERTIFICATE_OPTIONS: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "cert_file": {"type": "path"},
    "key_file": {"type": "path"},
    "subject_alt_names": {"type": "list", "elements": "str", "default": []},
    "usages": {"type": "list", "elements": "str", "choices": list(USAGES), "default": list(USAGES)},
    "key_type": {"type": "str", "choices": list(KEY_TYPES), "default": KEY_TYPES[0]},
    "valid_for": {"type": "str", "default": "90d"},
    "owner": {"type": "str"},
    "group": {"type": "str"},
    "key_mode": {"type": "raw", "default": "0600", "no_log": False},
    "cert_mode": {"type": "raw", "default": "0644"},
}
# The options of the task. ``exchange`` is what the action plugin adds for the host; the CA's key is not part of it.
TASK_OPTIONS: dict[str, Any] = {
    "certificates": {"type": "list", "elements": "dict", "required": True, "options": CERTIFICATE_OPTIONS},
    "directory": {"type": "path"},
    "renew_before": {"type": "str", "default": "30d"},
    "force": {"type": "bool", "default": False},
    "stage": {"type": "bool", "default": False},
    "ca_cert": {"type": "str"},
    "ca_key": {"type": "str", "no_log": True},
    "ca_passphrase": {"type": "str", "no_log": True},
    "ca_file": {"type": "path"},
    "exchange": {
        "type": "dict",
        "options": {"authority": {"type": "str"}, "trust": {"type": "str"}, "answers": {"type": "dict"}},
    },
}

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_DURATION = re.compile(r"([1-9][0-9]{0,5})([mhd])")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_ALL_RIGHTS = 0o777
_FOREIGN_RIGHTS = 0o037  # of a key: group may read, nothing else
_FOREIGN_WRITE = 0o022  # of a certificate


@dataclass(frozen=True)
class CertWish:
    """One key pair as it shall be. ``owner`` and ``group`` None: whoever has the files, or runs the task."""

    name: str
    present: bool
    cert_file: str
    key_file: str
    alt_names: tuple[AltName, ...]
    usages: frozenset[str]
    key_type: str
    lifetime: timedelta
    owner: str | None
    group: str | None
    key_mode: int
    cert_mode: int


def parse_wishes(params: Mapping[str, Any]) -> list[CertWish]:
    """Read the options ``certificates``, ``directory`` and ``renew_before`` of the module.

    :raises InputError: names the certificate and what is wrong with it.
    """
    renew_before = duration(params["renew_before"], "renew_before")
    wishes = [_wish(entry, params.get("directory")) for entry in params["certificates"]]
    _refuse_repeats("name", (wish.name for wish in wishes))
    _refuse_repeats("file", (path for wish in wishes for path in (wish.cert_file, wish.key_file)))
    for wish in wishes:
        if wish.present and renew_before >= wish.lifetime:
            raise InputError(
                f"renew_before ({params['renew_before']}) is not shorter than valid_for, so every run would renew",
                where=_where(wish.name),
            )
    return wishes


def duration(text: str, where: str) -> timedelta:
    """Read ``30m``, ``12h`` or ``90d``."""
    found = _DURATION.fullmatch(text)
    if not found:
        raise InputError(
            f"{text!r} is not a duration", where=where, hint="Write a number and m, h or d, for example 90d"
        )
    return timedelta(**{_UNITS[found.group(2)]: int(found.group(1))})


def file_mode(value: object, where: str, forbidden: int) -> int:
    """Read an octal file mode: text (``"0640"``), or the integer YAML makes of an unquoted 0640.

    :param forbidden: bits that must not be set.
    """
    try:
        mode = value if isinstance(value, int) else int(str(value), 8)
    except ValueError as error:
        raise InputError(f"{value!r} is not an octal file mode", where=where, hint='Write it as "0640"') from error
    if mode & (forbidden | ~_ALL_RIGHTS):
        raise InputError(f"the mode {mode:04o} gives others more than they may have", where=where)
    return mode


def _wish(entry: Mapping[str, Any], directory: str | None) -> CertWish:
    name = entry["name"]
    where = _where(name)
    if not _NAME.fullmatch(name):
        raise InputError("a name is 1 to 64 letters, digits, dots, dashes and underscores", where=where)
    usages = frozenset(entry["usages"])
    alt_names = parse_alt_names(entry["subject_alt_names"], where)
    present = entry["state"] == "present"
    if present and not usages:
        raise InputError("usages is empty: the certificate would be good for nothing", where=where)
    if present and SERVER in usages and not alt_names:
        raise InputError("a server needs subject_alt_names: clients compare them with the name they asked", where=where)
    return CertWish(
        name=name,
        present=present,
        cert_file=_path(entry["cert_file"], directory, f"{name}-cert.pem", where),
        key_file=_path(entry["key_file"], directory, f"{name}-key.pem", where),
        alt_names=alt_names,
        usages=usages,
        key_type=entry["key_type"],
        lifetime=duration(entry["valid_for"], where),
        owner=entry["owner"],
        group=entry["group"],
        key_mode=file_mode(entry["key_mode"], f"{where}, key_mode", _FOREIGN_RIGHTS),
        cert_mode=file_mode(entry["cert_mode"], f"{where}, cert_mode", _FOREIGN_WRITE),
    )


def _path(given: str | None, directory: str | None, base: str, where: str) -> str:
    path = given or (f"{directory.rstrip('/')}/{base}" if directory else "")
    if not path:
        raise InputError("neither its files nor directory are given", where=where)
    if not path.startswith("/"):
        raise InputError(f"{path!r} is not an absolute path", where=where)
    return path


def _where(name: str) -> str:
    return f"certificate {name!r}"


def _refuse_repeats(kind: str, values: Iterable[str]) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise InputError(f"the {kind} {value!r} is used twice", where="certificates")
        seen.add(value)
