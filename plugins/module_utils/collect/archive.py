"""The auditor as one file that runs without Ansible: the very code that a module was sent with, in a zip archive."""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from ..errors import HostError

if TYPE_CHECKING:
    from collections.abc import Mapping

_ROOT = __name__.rpartition(".collect.")[0]
# What speaks to Ansible, and the collectors that are none of the audit's business come along only when they were sent.
_ANSIBLE = (f"{_ROOT}.glue",)
_FIRST_LINE = b"#!/usr/bin/python3\n"
# The oldest time that a zip archive knows: the same code is the same archive.
_TIME = (1980, 1, 1, 0, 0, 0)


def sources() -> dict[str, str]:
    """Return the source of each loaded part of the collection that needs no Ansible, by its dotted name.

    :raises HostError: Python was started in a way that leaves no source.
    """
    names = sorted(name for name in sys.modules if name.startswith(f"{_ROOT}.") and name not in _ANSIBLE)
    return {name: text for name in names for text in (_source(name),) if text is not None}


def build(parts: Mapping[str, str], start: str) -> bytes:
    """Return the archive; ``start`` is the dotted name of the part whose ``main`` is run."""
    files = {f"{name.replace('.', '/')}.py": text for name, text in parts.items()}
    folders = {str(folder) for path in files for folder in PurePosixPath(path).parents if str(folder) != "."}
    files.update({f"{folder}/__init__.py": "" for folder in folders})
    files["__main__.py"] = f"from {start} import main\n\nraise SystemExit(main())\n"
    buffer = io.BytesIO()
    buffer.write(_FIRST_LINE)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(files):
            archive.writestr(zipfile.ZipInfo(path, _TIME), files[path], zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _source(name: str) -> str | None:
    module = sys.modules[name]
    if getattr(module, "__file__", None) is None or hasattr(module, "__path__"):
        return None  # a folder
    get_source = getattr(module.__loader__, "get_source", None)
    text: str | None = get_source(name) if get_source else None
    if text is None:
        raise HostError("has no source to install", where=name)
    return text
