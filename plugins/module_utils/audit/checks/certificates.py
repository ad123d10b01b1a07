"""Certificates as they are: keys, names, chains, and whether they are the ones in use."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ..addresses import is_loopback, port
from ..check import HIGH, LOW, MEDIUM, Family, Verdict, failed, not_applicable, not_evaluated, noted, passed, verdict
from .tls import TLS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

# The same family as in tls.py; several lists keep the files short.
CERTIFICATES = Family(TLS.code, TLS.title)

_DAY = 86400
_DAYS = 397
_RSA_LEAST, _RSA_GOOD = 2048, 3072
_CURVE_LEAST = 256
_OLD_HASHES = ("md5", "sha1")
_PUBLIC = ("/etc/ssl/certs", "/etc/pki", "/usr/share/ca-certificates", "/usr/lib/ssl")
_MANY = 10
_PARAMETERS = 2048
_NONE = "no certificate is configured"


def _has_tls(config: Mapping[str, str]) -> bool:
    return bool(port(config, "tls-port"))


def _leaves(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [row for row in rows if row["role"] != "ca"]


def _named(row: Mapping[str, Any]) -> str:
    return f"{row['path']} ({row['subject']})"


@CERTIFICATES.check(
    4,
    "Replication is not encrypted",
    severity=HIGH,
    needs=("config", "replication"),
    wants=("clients",),
    fix='redis_tls_replication: "yes" on every node',
)
def replication(
    config: Mapping[str, str], links: Mapping[str, str], clients: Sequence[Mapping[str, Any]] | None
) -> Verdict:
    """The whole data set and the replicas' password cross the network, readable by all on the way."""
    said = f"tls-replication is {config.get('tls-replication', 'no')}"
    if links.get("role") == "slave":
        return passed(said) if config.get("tls-replication") == "yes" else failed(said)
    if links.get("connected_slaves", "0") == "0":
        return not_applicable("no replication")
    number = str(port(config, "port"))
    plain = [
        f"the replica {row.get('addr')} came over plaintext port {number}"
        for row in clients or ()
        if "S" in str(row.get("flags", "")) and _is_plain(row, number)
    ]
    return verdict(plain, "no replica came over plaintext")


def _is_plain(row: Mapping[str, Any], number: str) -> bool:
    # Before 6.2 the server does not say over which port a client came; then an open plaintext port is enough.
    used = str(row.get("laddr", f":{number}")).rpartition(":")[2]
    return number != "0" and used == number and not is_loopback(str(row.get("addr", "")).rpartition(":")[0])


@CERTIFICATES.check(
    5,
    "The cluster bus is not encrypted",
    severity=HIGH,
    needs=("config",),
    fix="redis_server_extra_directives: tls-cluster yes on every node",
)
def cluster_bus(config: Mapping[str, str]) -> Verdict:
    """Without TLS the bus knows no authentication at all, and shows who holds which keys."""
    if config.get("cluster-enabled", "no") != "yes":
        return not_applicable("cluster-enabled is no")
    said = f"tls-cluster is {config.get('tls-cluster', 'no')}"
    return passed(said) if config.get("tls-cluster") == "yes" else failed(said)


@CERTIFICATES.check(
    7,
    "A key or a signature is weak",
    severity=HIGH,
    needs=("certificates",),
    fix="redis_tls_key_type: ecdsa-p256, then run the role redis_tls",
)
def strength(certificates: Sequence[Mapping[str, Any]]) -> Verdict:
    """Short keys and old hashes let an attacker make a certificate of his own that everybody believes."""
    if not certificates:
        return not_applicable(_NONE)
    weak = [text for row in certificates for text in _weaknesses(row)]
    if weak:
        return failed(*weak)
    short = [f"{_named(row)}: {row['key']}" for row in certificates if _bits(row) < _RSA_GOOD and _is_rsa(row)]
    kinds = ", ".join(sorted({row["key"] for row in certificates}))
    return noted(*short, "good enough today; 3072 bits or an elliptic curve last longer") if short else passed(kinds)


def _weaknesses(row: Mapping[str, Any]) -> Iterable[str]:
    if (_is_rsa(row) and _bits(row) < _RSA_LEAST) or (not _is_rsa(row) and _bits(row) < _CURVE_LEAST):
        yield f"{_named(row)}: key {row['key']}"
    # Nobody looks at the signature of an authority's own certificate.
    if row["signature"] in _OLD_HASHES and not row["self_signed"]:
        yield f"{_named(row)}: signature {row['signature']}"


def _is_rsa(row: Mapping[str, Any]) -> bool:
    return str(row["key"]).startswith("rsa")


def _bits(row: Mapping[str, Any]) -> int:
    if row["key"] == "ed25519":
        return _CURVE_LEAST
    found = re.search(r"\d+", str(row["key"]))
    return int(found.group()) if found else 0


@CERTIFICATES.check(
    8,
    "The certificate does not carry the server's name",
    severity=MEDIUM,
    needs=("certificates", "expected"),
    fix="redis_tls_subject_alt_names: every name and address by which clients connect",
)
def names(certificates: Sequence[Mapping[str, Any]], expected: Mapping[str, Any]) -> Verdict:
    """Clients that check names refuse it, and then somebody switches the check off. The common name does not count."""
    rows = [row for row in certificates if row["role"] == "server"][:1]
    if not rows:
        return not_applicable(_NONE)
    have = {name.partition(":")[2].lower() for name in rows[0]["names"]}
    if not have:
        return failed(f"{_named(rows[0])} has no subjectAltName")
    wanted = [name for name in expected.get("tls_names") or () if name.lower() not in have]
    return verdict([f"{rows[0]['path']} lacks {name}" for name in wanted], f"it is for {', '.join(sorted(have))}")


@CERTIFICATES.check(
    10,
    "The certificate is not signed by the configured CA",
    severity=HIGH,
    needs=("certificates",),
    fix="run the role redis_tls: CA, certificate and key then belong together",
)
def chain(certificates: Sequence[Mapping[str, Any]]) -> Verdict:
    """Replicas and cluster nodes check each other with this CA: a certificate of another one breaks replication."""
    rows = [row for row in _leaves(certificates) if "verified" in row]
    if not rows:
        return not_applicable(_NONE)
    wrong = [f"{_named(row)} is issued by {row['issuer']}" for row in rows if row["verified"] is False]
    unknown = [
        f"certificates: no CA is configured to check {row['path']} with" for row in rows if row["verified"] is None
    ]
    if wrong:
        return failed(*wrong)
    return not_evaluated(*unknown) if unknown else passed(f"{len(rows)} certificates, signed by the configured CA")


@CERTIFICATES.check(
    12,
    "Key and certificate do not belong together, or parameters are short",
    severity=HIGH,
    needs=("pairs",),
    fix="run the role redis_tls: it installs pairs, and none that the server would not take",
)
def pairs(rows: Sequence[Mapping[str, Any]]) -> Verdict:
    """The server refuses such a pair at its next start; short DH parameters let recorded traffic be read later."""
    if not rows:
        return not_applicable("no private key is configured")
    problems = [f"{row['key']} is not the key of {row['cert']}" for row in rows if row.get("same") is False]
    problems += [
        f"{row['parameters']} has {row['bits']} bits" for row in rows if row.get("bits", _PARAMETERS) < _PARAMETERS
    ]
    locked = [f"pairs: {row['key']} has a passphrase" for row in rows if "key" in row and row["same"] is None]
    if locked and not problems:
        return not_evaluated(*locked)
    return verdict(problems, f"{len(rows)} looked at, all fit")


@CERTIFICATES.check(
    15,
    "A certificate is valid for too long",
    severity=LOW,
    needs=("certificates", "expected"),
    fix="redis_tls_valid_for: 90d, with the role run by a timer so that it is renewed",
)
def validity(certificates: Sequence[Mapping[str, Any]], expected: Mapping[str, Any]) -> Verdict:
    """Neither Redis nor Valkey looks at revocation lists: a stolen key is good until its certificate ends."""
    rows = _leaves(certificates)
    if not rows:
        return not_applicable(_NONE)
    limit = expected.get("certificate_days") or _DAYS
    days = {_named(row): int((row["not_after"] - row["not_before"]) // _DAY) for row in rows}
    long = [f"{name}: {count} days" for name, count in days.items() if count > limit]
    return verdict(long, f"at most {max(days.values())} days")


@CERTIFICATES.check(
    16,
    "The certificate is not made for its use",
    severity=LOW,
    needs=("certificates", "config", "replication"),
    fix="run the role redis_tls: the server's certificate is for servers and for clients",
)
def usage(certificates: Sequence[Mapping[str, Any]], config: Mapping[str, str], links: Mapping[str, str]) -> Verdict:
    """A node is a client of its primary and of its cluster: without clientAuth the other side hangs up."""
    rows = [row for row in certificates if row["role"] == "server"][:1]
    if not rows:
        return not_applicable(_NONE)
    connects = links.get("role") == "slave" or config.get("cluster-enabled") == "yes"
    own = not config.get("tls-client-cert-file") and connects and "yes" in _outgoing(config)
    needed = ["server", *(["client"] if own else [])]
    have = rows[0]["usages"]
    # A certificate without extended key usage is good for everything.
    missing = [f"{_named(rows[0])} is not for a {word}" for word in needed if have and word not in have]
    return verdict(missing, f"it is for {' and '.join(have) or 'everything'}")


def _outgoing(config: Mapping[str, str]) -> tuple[str, ...]:
    return config.get("tls-replication", "no"), config.get("tls-cluster", "no")


@CERTIFICATES.check(
    17,
    "The server presents another certificate than its file",
    severity=MEDIUM,
    needs=("presented", "certificates"),
    fix="reload it without a restart: the role redis_tls (redis_tls_reload), or playbooks/renew_certs.yml",
)
def presented(rows: Sequence[Mapping[str, Any]], certificates: Sequence[Mapping[str, Any]]) -> Verdict:
    """A renewed file helps nobody until the server has read it: clients are cut off when the old one ends."""
    files = {row["fingerprint"]: row for row in certificates if row["role"] == "server"}
    seen = [row for row in rows if row["fingerprint"]]
    if not files:
        return not_applicable(_NONE)
    if not rows:
        return not_evaluated("presented: the audit did not come over TLS")
    if not seen:
        return not_evaluated(*(f"presented: {row['door']}: {row['error']}" for row in rows))
    other = [f"{row['door']} presents another one" for row in seen if row["fingerprint"] not in files]
    return verdict(other, f"{', '.join(row['door'] for row in seen)}: the one of the file")


@CERTIFICATES.check(
    18,
    "The passphrase of a key stands in the configuration",
    severity=LOW,
    needs=("config",),
    fix="keep the key without a passphrase, readable for root and the service only; redis_tls does so",
)
def passphrase(config: Mapping[str, str]) -> Verdict:
    """It lies beside the key it protects, and CONFIG GET tells it to whoever may run that."""
    found = [name for name in ("tls-key-file-pass", "tls-client-key-file-pass") if config.get(name)]
    return verdict([f"{name} is set" for name in found], "no passphrase in the configuration")


@CERTIFICATES.check(
    19,
    "Clients may have a certificate of any public CA",
    severity=HIGH,
    needs=("config", "certificates"),
    fix="redis_tls_ca_cert: a CA of your own, which signs for nobody else",
)
def public_trust(config: Mapping[str, str], certificates: Sequence[Mapping[str, Any]]) -> Verdict:
    """Client certificates keep strangers out only if strangers cannot buy one."""
    if not _has_tls(config) or config.get("tls-auth-clients", "yes") == "no":
        return not_applicable("no client certificate is asked for")
    paths = [config.get(name, "") for name in ("tls-ca-cert-file", "tls-ca-cert-dir")]
    problems = [f"{path} is the system's list of public CAs" for path in paths if path.startswith(_PUBLIC)]
    count = sum(row["role"] == "ca" for row in certificates)
    problems += [f"{paths[0]} has {count} CAs"] if count > _MANY and not problems else []
    return verdict(problems, f"{', '.join(filter(None, paths)) or 'no CA'}: {count} CAs")


@CERTIFICATES.check(
    20,
    "Clients that resume a TLS session are cut off",
    severity=MEDIUM,
    needs=("config",),
    fix='redis_tls_session_caching: "yes"',
)
def resumption(config: Mapping[str, str]) -> Verdict:
    """With client certificates and without session caching every resumed connection ends with an internal error.

    Measured on Redis 7.0 and 8.0 and Valkey 8.1: half of a client's connections.
    """
    if not _has_tls(config) or config.get("tls-auth-clients", "yes") == "no":
        return not_applicable("no client certificate is asked for")
    value = config.get("tls-session-caching", "yes")
    return verdict([] if value == "yes" else [f"tls-session-caching is {value}"], "tls-session-caching is yes")
