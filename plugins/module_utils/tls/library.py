"""The one import of cryptography (38 to 50), guarded: a host may not have it yet."""

from __future__ import annotations

import traceback

from ..errors import MissingLibraryError

try:
    from cryptography import exceptions, x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

    IMPORT_ERROR: str | None = None
except ImportError:
    IMPORT_ERROR = traceback.format_exc()
    # The names must be there for those who import them; ``require`` comes before their first use.
    ec = ed25519 = exceptions = hashes = padding = rsa = serialization = x509 = None  # type: ignore[assignment]

__all__ = ["ec", "ed25519", "exceptions", "hashes", "is_there", "padding", "require", "rsa", "serialization", "x509"]


def is_there() -> bool:
    """Tell whether cryptography can be used here."""
    return IMPORT_ERROR is None


def require() -> None:
    """Raise ``MissingLibraryError`` when cryptography is not installed here."""
    if IMPORT_ERROR is not None:
        raise MissingLibraryError("cryptography", "python3-cryptography", IMPORT_ERROR)
