"""How a client program is told where its server is: lines for a shell and for systemd's EnvironmentFile alike."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ..errors import InputError

_PREFIX = re.compile(r"[A-Z][A-Z0-9_]*")
# Values of these need no quotes anywhere, also where a reader knows no quotes (docker --env-file).
_PLAIN = re.compile(r"[][A-Za-z0-9_@%+=:,./-]*")
# What both a shell and systemd take literally within double quotes once a backslash stands before it.
_ESCAPED = re.compile(r'(["\\`$])')
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


@dataclass(frozen=True)
class Access:
    """What a client needs to get in. ``ca``, ``cert`` and ``key`` are paths; all three are empty without TLS."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    prefix: str = "REDIS"
    ca: str = ""
    cert: str = ""
    key: str = ""


def render(access: Access) -> str:
    """Return the lines ``PREFIX_NAME=value``.

    :raises InputError: a prefix that is no name of variables, or a value with a line break or control character; the
        value is not in the message.
    """
    if not _PREFIX.fullmatch(access.prefix):
        raise InputError(
            f"{access.prefix!r} cannot begin the name of a variable",
            where=f"client {access.user!r}",
            hint="Use capital letters, digits and _",
        )
    values = {
        "HOST": access.host,
        "PORT": str(access.port),
        "USERNAME": access.user,
        "PASSWORD": access.password,
        "TLS_CA": access.ca,
        "TLS_CERT": access.cert,
        "TLS_KEY": access.key,
        "URL": url(access),
    }
    wrong = next((name for name, value in values.items() if _CONTROL.search(value)), None)
    if wrong is not None:
        raise InputError(
            f"{access.prefix}_{wrong} would hold a control character or a line break", where=f"client {access.user!r}"
        )
    return "".join(f"{access.prefix}_{name}={quoted(value)}\n" for name, value in values.items() if value)


def quoted(value: str) -> str:
    """Return a value as it stands behind ``NAME=``."""
    if _PLAIN.fullmatch(value):
        return value
    return '"' + _ESCAPED.sub(r"\\\1", value) + '"'


def url(access: Access) -> str:
    """Return the URL that client libraries take."""
    scheme = "rediss" if access.ca else "redis"
    host = f"[{access.host}]" if ":" in access.host else access.host
    return f"{scheme}://{_encoded(access.user)}:{_encoded(access.password)}@{host}:{access.port}/0"


def _encoded(text: str) -> str:
    data = text.encode("utf-8", "surrogateescape")
    return "".join(chr(byte) if byte in _UNRESERVED else f"%{byte:02X}" for byte in data)
