"""nft, the program: what is loaded, what a text would become, and loading it. No opinions."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import host
from ..errors import HostError
from ..firewall.meaning import complaint

if TYPE_CHECKING:
    from collections.abc import Sequence

_ABSENT = b"No such file or directory"
# A login without a shell of root's may not have them in its path.
_PLACES = "/usr/sbin:/sbin:/usr/local/sbin"
_IN_SHADOW = 'text=$(cat); printf "%s\\n" "$text" | "$1" -f - && "$1" --json list table inet "$2" && \
echo && "$1" --stateless list table inet "$2"'


@dataclass(frozen=True)
class Loaded:
    """A table as nft tells it: for programs, and for people without counts. Both are empty when there is none."""

    rows: Sequence[dict[str, Any]] = field(default=(), repr=False)
    text: str = ""


def program() -> str | None:
    """Return the path of nft, the same for everybody's search path; None where it is not installed."""
    found = shutil.which("nft", path=f"{os.environ.get('PATH', '')}:{_PLACES}")
    return str(Path(found).resolve()) if found else None


def read(nft: str, table: str) -> Loaded:
    """Return our table as it is loaded.

    :raises HostError: nft cannot be used here.
    """
    rows = _listed([nft, "--json", "list", "table", "inet", table])
    if rows is None:
        return Loaded()
    return Loaded(_rows(rows), _listed([nft, "--stateless", "list", "table", "inet", table]) or "")


def kept(nft: str, table: str) -> str:
    """Return our table as text that can be loaded again, with its counts; empty when there is none."""
    return _listed([nft, "--numeric", "list", "table", "inet", table]) or ""


def everything(nft: str) -> Sequence[dict[str, Any]]:
    """Return all rules of the host, whoever made them."""
    return _rows(host.run_ok([nft, "--json", "list", "ruleset"]))


def shadow(nft: str, text: str, table: str) -> Loaded:
    """Load a text into a network namespace of its own, where it can do no harm, and return what it becomes.

    :raises HostError: with the line that the host's own nft, or its kernel, does not take.
    """
    done = host.run(["unshare", "--net", "sh", "-c", _IN_SHADOW, "sh", nft, table], stdin=text.encode())
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace")
        if said.startswith("unshare:"):
            raise HostError(said.strip(), where="unshare --net", hint="Run the task as root (become: true)")
        what, hint = complaint(said, text)
        raise HostError(what, where=nft, hint=hint)
    rows, _newline, listing = done.stdout.decode("utf-8", "replace").partition("\n")
    return Loaded(_rows(rows), listing.lstrip("\n"))


def load(nft: str, text: str) -> None:
    """Load a text: all of it, or nothing.

    :raises HostError: with the line that is not taken.
    """
    done = host.run([nft, "-f", "-"], stdin=text.encode())
    if done.returncode:
        what, hint = complaint(done.stderr.decode("utf-8", "replace"), text)
        raise HostError(what, where=nft, hint=hint)


def _listed(argv: Sequence[str]) -> str | None:
    done = host.run(argv)
    if done.returncode == 0:
        return done.stdout.decode("utf-8", "replace")
    if _ABSENT in done.stderr:
        return None
    what, hint = complaint(done.stderr.decode("utf-8", "replace"), "")
    raise HostError(what, where=argv[0], hint=hint)


def _rows(text: str) -> Sequence[dict[str, Any]]:
    try:
        rows: list[dict[str, Any]] = json.loads(text)["nftables"]
    except (ValueError, KeyError) as error:
        raise HostError("answers no JSON", where="nft --json") from error
    return rows
