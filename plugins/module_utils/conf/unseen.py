"""Why no door of a running server let us in, and what helps. Decisions only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Facts = Mapping[str, Any]

# How OpenSSL calls a certificate of another authority, of another name, or out of date.
_UNTRUSTED = "CERTIFICATE_VERIFY_FAILED"
# In its reason for the server's certificate, and in the server's alert about ours.
_EXPIRED = "expired"


def unseen(found: Facts, wish: Facts, reasons: list[str]) -> Iterator[str]:
    """Yield why nobody got in, and what to do about it. Parameters as those of ``preflight.refusals``."""
    if not found["running"] or found["login"]:
        return
    said = f" ({'; '.join(reasons)})" if reasons else ""
    certificate = _certificate(said) if is_ours(found, wish) else None
    if certificate:
        yield certificate
        return
    asks = found["default_user_open"] is False or found["requirepass"]
    if not found["library"] and not asks:
        return  # nobody could ask yet; the role installs the library when nothing else speaks against the host
    if not asks:
        yield f"A server runs here, but no door let us in, so nothing is known of its data and clients{said}"
    elif not found["aclfile"] and not wish["current_password"]:
        yield (
            f"The server asks for a password{said}. Give the one that clients use now (requirepass) in "
            "redis_server_current_password"
        )
    elif not wish["login_secret"] and not wish["current_password"]:
        yield (
            f"The server asks for a login, but the password of {wish['login_user']} is missing: there is no "
            f"{wish['login_secret_file']} on the controller. Restore it from the backup"
        )
    elif found["library"]:
        untried = "" if wish["login_secret"] else f"; {wish['login_user']} was not tried, for its password is not there"
        yield f"The server refuses the login{said}{untried}"


def _certificate(said: str) -> str | None:
    if _EXPIRED in said:
        return f"A certificate has expired{said}. playbooks/renew_certs.yml renews it without a restart; then run again"
    if _UNTRUSTED in said:
        return (
            f"The server presents a certificate that cannot be trusted{said}. It was replaced by hand; "
            "docs/recovery.md (A foreign certificate) says how to get in without losing a key"
        )
    return None


def is_ours(found: Facts, wish: Facts) -> bool:
    """Tell by its configuration file whether this server was hardened before."""
    return bool(found["aclfile"] == wish["acl_file"])
