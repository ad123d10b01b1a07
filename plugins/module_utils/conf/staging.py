"""What a shadow server is given to read, and what its last words mean for the author of the original text."""

from __future__ import annotations

import re

from ..errors import InputError, ShadowError
from .syntax import Document, Line, parse, quote

ACL_NAME = "users.acl"

# Lines that act while they are read (on files, sockets, names of commands); the shadow gets blank lines instead, so
# that line numbers stay.
_BLANKED = frozenset(
    {"dir", "logfile", "pidfile", "rename-command", "unixsocket", "unixsocketperm", "unixsocketgroup", "aclfile"}
)
_REFUSED = frozenset({"include", "loadmodule"})
# Appended: the last line wins.
_OVERRIDES = (
    "port 0",
    'save ""',
    "appendonly no",
    "replicaof no one",
    "cluster-enabled no",
    "syslog-enabled no",
    "supervised no",
    "daemonize no",
    "loglevel notice",
    "always-show-logo no",
    "unixsocketperm 700",
)
# A key that does not match its certificate is only noticed when TLS is used by something.
_TLS_OVERRIDES = ("tls-port 0", "tls-replication yes")

_FATAL = re.compile(r"at line (\d+)\s*\n>>> '.*'\s*\n(.*)")
_UNRESOLVED = re.compile(r"Unresolved Configuration.*?>>> '(\S+) ", re.DOTALL)
_INLINE_USER = re.compile(r"# (Error .*? for the user named '(.*?)': .*)")
_ACL = re.compile(r"users\.acl:(\d+):? (.*?)(?=\. \S*users\.acl:\d+|\. WARNING|$)", re.MULTILINE)
_REMARK = re.compile(r"^\d+:\S .*? # (.*)$", re.MULTILINE)
_NOISE = ("oO0", "Redis version", "Valkey version", "Configuration loaded", "WARNING", "Server initialized")
_CREDENTIAL = re.compile(r"'[><#!][^']*'")


def stage(config: str, *, folder: str, acl: bool, superuser: str) -> str:
    """Return the text for the shadow's redis.conf.

    :param folder: the shadow's private directory; its socket is ``folder/socket``.
    :param acl: whether there is an ACL file (which then must contain the superuser) in it.
    :param superuser: the ``user ...`` line by which the caller gets in.
    :raises ShadowError: the text names files that the shadow must not read, or cannot be split into words.
    """
    document = _document(config)
    kept = ["" if line.name in _BLANKED else line.raw for line in document.lines]
    own = [*_OVERRIDES, f"dir {quote(folder)}", f"unixsocket {quote(folder + '/socket')}"]
    own += _TLS_OVERRIDES if _wants_tls(document) else ()
    own.append(f"aclfile {quote(f'{folder}/{ACL_NAME}')}" if acl else superuser)
    return "\n".join([*kept, *own, ""])


def explain(log: str, config: str) -> ShadowError:
    """Turn the output of a server that did not start into an error about the author's line; secrets are left out."""
    return _config_error(log, config) or _acl_error(log) or _other_error(log)


def _document(config: str) -> Document:
    try:
        document = parse(config)
    except InputError as error:
        raise ShadowError(error.what, where=error.where, hint=error.hint) from error
    for line in document.lines:
        if line.name in _REFUSED:
            raise ShadowError(
                f"{line.name} cannot be validated by a shadow server", where=f"{document.where} line {line.number}"
            )
    return document


def _wants_tls(document: Document) -> bool:
    names = {line.name: line for line in document.lines}
    idle: dict[str, tuple[tuple[str, ...], ...]] = {
        "tls-cert-file": ((), ("",)),
        "tls-port": (("0",),),
        "tls-replication": (("no",),),
        "tls-cluster": (("no",),),
    }
    return any(name in names and names[name].arguments not in unused for name, unused in idle.items())


def _config_error(log: str, config: str) -> ShadowError | None:
    lines = _document(config).lines
    found = _FATAL.search(log)
    if found and int(found.group(1)) <= len(lines):
        return _about(lines[int(found.group(1)) - 1], found.group(2).strip())
    found = _UNRESOLVED.search(log)
    if found:
        named = [line for line in lines if line.name == found.group(1).lower()]
        return _about(named[-1], "Bad directive or wrong number of arguments") if named else None
    found = _INLINE_USER.search(_redacted(log))
    if found:
        named = [line for line in lines if line.name == "user" and line.arguments[:1] == (found.group(2),)]
        return _about(named[-1], found.group(1)) if named else None
    return None


def _about(line: Line, said: str) -> ShadowError:
    # The line itself may hold a password: only the directive's name is shown.
    return ShadowError(f"{line.name}: {said}", where=f"redis.conf line {line.number}")


def _acl_error(log: str) -> ShadowError | None:
    found = [(number, said.rstrip(". ")) for number, said in _ACL.findall(_redacted(log))]
    if not found:
        return None
    rest = "".join(f"; line {number}: {said}" for number, said in found[1:])
    return ShadowError(found[0][1] + rest, where=f"{ACL_NAME} line {found[0][0]}")


def _other_error(log: str) -> ShadowError:
    remarks = [text for text in _REMARK.findall(_redacted(log)) if not text.startswith(_NOISE)]
    said = (
        "; ".join(text.rstrip(". ") for text in remarks) or "".join(log.strip().splitlines()[-1:]) or "no reason given"
    )
    return ShadowError(f"the server did not start: {said}", where="shadow server")


def _redacted(log: str) -> str:
    return _CREDENTIAL.sub("'***'", log)
