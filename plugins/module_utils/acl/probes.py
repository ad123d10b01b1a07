"""How to prove that users can work: who logs in, and who may write a key of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .presets import PRESETS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

# Presets that may SET, GET and DEL below their prefix.
_WRITERS = ("application", "session", "cache")


def probes(
    entries: Iterable[Mapping[str, Any]], secrets: Mapping[str, str | Sequence[str]]
) -> list[dict[str, str | None]]:
    """Return ``name``, ``password`` and ``prefix`` for each login that must succeed.

    :param entries: users as given to the role redis_acl; those switched off, removed, or without a password here are
        left out.
    :param secrets: password, or passwords, by user. ``prefix`` is None where the user may not be expected to write.
    """
    return [
        {"name": entry["name"], "password": password, "prefix": _prefix(entry)}
        for entry in entries
        if _works(entry)
        for password in _passwords(entry, secrets)
    ]


def _works(entry: Mapping[str, Any]) -> bool:
    preset = PRESETS.get(entry.get("preset", ""))
    enabled = entry.get("enabled", preset.enabled if preset else True)
    return bool(enabled) and entry.get("state", "present") == "present" and not entry.get("nopass")


def _passwords(entry: Mapping[str, Any], secrets: Mapping[str, str | Sequence[str]]) -> list[str]:
    given = entry.get("passwords")
    if given is None and entry.get("password_hashes") is None:
        given = secrets.get(entry["name"])
    return [given] if isinstance(given, str) else list(given or ())


def _prefix(entry: Mapping[str, Any]) -> str | None:
    # An entry with commands or keys of its own may be narrower than its preset.
    own = any(entry.get(option) for option in ("commands", "keys", "selectors"))
    return None if own or entry.get("preset") not in _WRITERS else entry["prefix"]
