"""What a password must not be."""

from __future__ import annotations

import math
import re

from ..errors import InputError

MIN_BITS = 128

_PLACEHOLDER = re.compile(
    r"change[-_ ]?(me|this|it)|(^|[-_ ])your[-_ ]|replace[-_ ]?(me|this|with)|example|placeholder|secret|password"
    r"|^(pass|passwd|admin|root|redis|foobared|default|test|todo|x{3,}|qwerty)[\W\d_]*$",
    re.IGNORECASE,
)
_UNEXPANDED = re.compile(r"\$\{|\$\([^)]*\)|\{\{.*\}\}|^\$[A-Za-z_]+$|^<.*>$")
_ALPHABETS = ((re.compile(r"[a-z]"), 26), (re.compile(r"[A-Z]"), 26), (re.compile(r"[0-9]"), 10))
_OTHERS = 20
# Fewer different characters than this are taken as the whole alphabet of a password.
_FEW = 8
_HEX = re.compile(r"[0-9a-f]+|[0-9A-F]+")


def fault(value: str) -> str | None:
    """Return why ``value`` cannot be meant as a password, or None."""
    if not value:
        return "the password is empty"
    if _UNEXPANDED.search(value):
        return "the password holds a variable that was never filled in"
    if re.search(r"[\x00-\x20\x7f]", value):
        return "the password holds blanks or control characters"
    return None


def weakness(value: str) -> str | None:
    """Return why ``value`` can be guessed, or None."""
    if _PLACEHOLDER.search(value):
        return "the password is a placeholder or a well-known default"
    bits = strength(value)
    if bits < MIN_BITS:
        return f"the password has at most {bits:.0f} bits, {MIN_BITS} are needed"
    return None


def check(value: str, where: str) -> None:
    """Refuse an empty, unexpanded, placeholder or weak password.

    :raises InputError: with the reason; the value itself is never shown.
    """
    reason = fault(value) or weakness(value)
    if reason:
        raise InputError(reason, where=where, hint="Use 32 random hex digits, or 22 random letters and digits")


def strength(value: str) -> float:
    """Return an upper bound of the bits in ``value``: its length times the bits of the alphabet it seems to use."""
    if not value:
        return 0.0
    size = 16 if _HEX.fullmatch(value) else sum(count for pattern, count in _ALPHABETS if pattern.search(value))
    if re.search(r"[^A-Za-z0-9]", value):
        size += _OTHERS
    different = len(set(value))
    return len(value) * math.log2(min(size, different) if different < 8 else size)  # noqa: PLR2004 - see the docstring
