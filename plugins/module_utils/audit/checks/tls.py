"""Encryption in transit and the keys behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..addresses import bind_words, is_loopback, port
from ..check import CRITICAL, HIGH, MEDIUM, Family, Verdict, failed, not_applicable, not_evaluated, passed, verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

TLS = Family("TLS", "TLS and certificates")

_OLD_PROTOCOLS = ("TLSv1", "TLSv1.1", "SSLv3")
_WEAK_CIPHERS = (
    "ALL",
    "NULL",
    "ANULL",
    "ENULL",
    "EXPORT",
    "RC4",
    "3DES",
    "DES",
    "MD5",
    "ADH",
    "AECDH",
    "COMPLEMENTOFALL",
)
_DAY = 86400
# (days left, severity): the first row that is undercut decides.
_EXPIRY = ((0, CRITICAL), (7, HIGH), (30, MEDIUM))
_RANK = {CRITICAL: 0, HIGH: 1, MEDIUM: 2}


def _no_tls(config: Mapping[str, str]) -> Verdict | None:
    return None if port(config, "tls-port") else not_applicable("no TLS port is enabled")


@TLS.check(
    1,
    "There is no TLS port although the network is served",
    severity=HIGH,
    needs=("config",),
    fix="run the role redis_tls, then redis_server_tls_port: 6379 and redis_server_port: 0",
)
def tls_port(config: Mapping[str, str]) -> Verdict:
    """Without TLS nobody on the network can be kept from reading and changing the traffic."""
    if port(config, "tls-port"):
        return passed(f"tls-port is {config['tls-port']}")
    if not port(config, "port") or all(is_loopback(word) for word in bind_words(config)):
        return not_applicable("only this host is served")
    return failed(f"tls-port is 0 and port {config['port']} serves {config.get('bind') or 'every interface'}")


@TLS.check(
    2,
    "TLS 1.0 or 1.1 is accepted",
    severity=HIGH,
    needs=("config",),
    fix='redis_tls_protocols: "TLSv1.2 TLSv1.3"',
)
def old_protocols(config: Mapping[str, str]) -> Verdict:
    """The old protocols are broken in ways that let an attacker on the path decrypt or downgrade."""
    if skip := _no_tls(config):
        return skip
    value = config.get("tls-protocols", "")
    old = [word for word in value.split() if word in _OLD_PROTOCOLS]
    return verdict(
        [f"tls-protocols allows {word}" for word in old],
        f'tls-protocols is "{value}"' if value else "tls-protocols is empty: the server takes TLS 1.2 and 1.3",
    )


@TLS.check(
    3,
    "Clients need no certificate",
    severity=MEDIUM,
    needs=("config",),
    fix='redis_tls_auth_clients: "yes", with client certificates from redis_tls',
)
def client_certificates(config: Mapping[str, str]) -> Verdict:
    """A required client certificate keeps strangers from reaching the command parser at all, password or not."""
    if skip := _no_tls(config):
        return skip
    value = config.get("tls-auth-clients", "yes")
    return verdict([] if value == "yes" else [f"tls-auth-clients is {value}"], "tls-auth-clients is yes")


def _expiry(row: Mapping[str, Any], now: float) -> tuple[str, str] | None:
    days = int((row["not_after"] - now) // _DAY)
    for limit, severity in _EXPIRY:
        if days < limit:
            when = f"expired {-days} days ago" if days < 0 else f"expires in {days} days"
            return severity, f"{row['path']} ({row['subject']}) {when}"
    if row["not_before"] > now:
        return HIGH, f"{row['path']} ({row['subject']}) is not valid yet"
    return None


@TLS.check(
    6,
    "A certificate has expired or soon will",
    severity=HIGH,
    needs=("certificates", "now"),
    fix="run the role redis_tls: it renews certificates in time (redis_tls_renew_before) and reloads them live",
)
def expiry(certificates: Sequence[Mapping[str, Any]], now: float) -> Verdict:
    """On the day it ends every client that verifies is cut off; those that go on talking do not verify."""
    if not certificates:
        return not_applicable("no certificate is configured")
    soon = [found for row in certificates if (found := _expiry(row, now))]
    worst = min((severity for severity, _text in soon), key=_RANK.__getitem__, default=None)
    days = min(int((row["not_after"] - now) // _DAY) for row in certificates)
    return verdict([text for _severity, text in soon], f"the first to expire does so in {days} days", worst)


def _servers(certificates: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [row for row in certificates if row["role"] != "ca"]


@TLS.check(
    9,
    "The server's certificate is self-signed or itself a CA",
    severity=MEDIUM,
    needs=("certificates",),
    fix="run the role redis_tls: a CA of your own signs the server's certificate",
)
def self_signed(certificates: Sequence[Mapping[str, Any]]) -> Verdict:
    """Clients can only trust such a certificate by not verifying, or by accepting a server key that can mint others."""
    rows = _servers(certificates)
    if not rows:
        return not_applicable("no server certificate is configured")
    problems = [f"{row['path']} is self-signed" for row in rows if row["self_signed"]]
    problems += [f"{row['path']} has CA:TRUE" for row in rows if row["ca"]]
    return verdict(problems, f"issued by {rows[0]['issuer']}")


@TLS.check(
    11,
    "A private key can be read or changed by others",
    severity=CRITICAL,
    needs=("files", "expected"),
    fix="run the role redis_tls: keys are root:redis 0640 in a directory that others cannot enter",
)
def key_files(files: Sequence[Mapping[str, Any]], expected: Mapping[str, Any]) -> Verdict:
    """Whoever reads the key can be the server, or a client; whoever writes it decides who the server is."""
    keys = [row for row in files if row["role"] == "key"]
    if not keys:
        return not_applicable("no private key is configured")
    trusted = {"root", *(expected.get("service_accounts") or ("redis", "valkey"))}
    problems = [text for row in keys for text in _key_problems(row, trusted)]
    fine = ", ".join(f"{row['path']} {row['owner']}:{row['group']} {row['mode']:04o}" for row in keys)
    return verdict(problems, fine)


def _key_problems(row: Mapping[str, Any], trusted: set[str]) -> list[str]:
    said = f"{row['path']} is {row['owner']}:{row['group']} {row['mode']:04o}"
    problems = []
    if row["mode"] & 0o027:
        problems.append(f"{said}: others, or the group for writing, have access")
    if row["owner"] not in trusted:
        problems.append(f"{said}: the owner is not root or the service account")
    if row["mode"] & 0o040 and row["group"] not in trusted:
        problems.append(f"{said}: the group that may read is not the service's")
    return problems


@TLS.check(
    13,
    "The private key of the CA lies on this host",
    severity=CRITICAL,
    needs=("private_keys",),
    fix="move the CA key to the controller (redis_tls keeps it there); make a new CA if this host may be compromised",
)
def ca_key(private_keys: Sequence[Mapping[str, Any]]) -> Verdict:
    """With it anyone who takes the host makes client certificates for ever, for every server that trusts the CA."""
    found = [f"{row['path']} is the key of {row['ca']}" for row in private_keys if row["ca"]]
    if not found and not private_keys:
        return not_applicable("no TLS directory with keys")
    locked = [row["path"] for row in private_keys if row.get("unreadable")]
    if locked and not found:
        return not_evaluated(*(f"private_keys: {path} cannot be read" for path in locked))
    return verdict(found, f"{len(private_keys)} keys looked at, none belongs to a CA certificate")


@TLS.check(
    14,
    "Weak cipher suites are accepted",
    severity=MEDIUM,
    needs=("config",),
    fix="redis_tls_ciphers: ECDHE with AES-GCM or CHACHA20 only",
)
def ciphers(config: Mapping[str, str]) -> Verdict:
    """Suites without authenticated encryption or forward secrecy lose recorded traffic once the key is lost."""
    if skip := _no_tls(config):
        return skip
    value = config.get("tls-ciphers", "")
    if not value:
        return failed("tls-ciphers is empty: the library's list also has CBC suites and RSA key exchange")
    words = [word for word in value.replace(",", ":").replace(" ", ":").split(":") if word]
    weak = [word for word in words if word[0] not in "!-+" and _is_weak(word)]
    return verdict([f"tls-ciphers has {word}" for word in weak], f'tls-ciphers is "{value}"')


def _is_weak(word: str) -> bool:
    upper = word.upper()
    if upper.startswith("@SECLEVEL="):
        return upper.endswith(("=0", "=1"))
    return any(part in _WEAK_CIPHERS for part in upper.replace("-", "+").split("+"))
