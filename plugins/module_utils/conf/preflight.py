"""What cannot be hardened safely, each with its reason. Decisions only: nothing was touched, nothing is asked."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from ..versions import REDIS, ServerVersion, parse_number
from .unseen import is_ours, unseen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Facts = Mapping[str, Any]
    Rule = Callable[[Facts, Facts], Iterator[str]]

# Where this release was tested: product, distribution, its major versions.
TESTED = (("redis", "Debian", ("12", "13")), ("valkey", "Debian", ("13",)))

# Wishes that must be there; a missing one would silently skip its rule.
WISHES = frozenset(
    {
        "product",
        "distribution",
        "distribution_version",
        "allow_untested",
        "unit",
        "unit_named",
        "config_file",
        "acl_file",
        "addresses",
        "allow_public_bind",
        "login_user",
        "login_secret",
        "login_secret_file",
        "current_password",
        "lost_passwords",
        "secrets_dir",
        "tls_port",
        "port_takeover",
    }
)

_OLDEST = (6, 2, 0)
_EVERYWHERE = frozenset({"*", "::*", "0.0.0.0", "::"})  # noqa: S104 - recognised, not bound
_KIB = 1024
_MIB = 1024 * _KIB
# Room for the staged files, logs and the copies that are kept, beside one snapshot as large as the data set.
_MARGIN = 32 * _MIB
# Configuration, users and certificates are first written beside the files they replace.
_CONFIG_ROOM = _MIB


def refusals(found: Facts, wish: Facts, reasons: list[str]) -> list[str]:
    """Return one sentence for everything that speaks against hardening this server; none means go on.

    :param found: ``instance`` of redis_instance_info; what is not known is None and refuses nothing.
    :param wish: the variables named in ``WISHES``.
    :param reasons: what was said at the doors that did not open.
    :raises InputError: a wish is missing.
    """
    missing = WISHES - wish.keys()
    if missing:
        raise InputError(f"lacks {', '.join(sorted(missing))}", where="wish")
    sentences = [sentence for rule in _RULES for sentence in rule(found, wish)]
    return sentences + list(unseen(found, wish, reasons))


def exposure(word: str) -> str | None:
    """Say why an address of ``bind`` reaches further than a private network, or None."""
    address = word.lstrip("-").partition("%")[0]
    if address in _EVERYWHERE:
        return "is every interface of the host"
    if address == "localhost":
        return None
    try:
        public = ip_address(address).is_global
    except ValueError:
        return "is no IP address, so whether it is public cannot be told"
    return "is a public address" if public else None


def _distribution(_found: Facts, wish: Facts) -> Iterator[str]:
    product, name, version = wish["product"], wish["distribution"], str(wish["distribution_version"])
    known = {major for *here, majors in TESTED if here == [product, name] for major in majors}
    if version.partition(".")[0] not in known and not wish["allow_untested"]:
        tested = ", ".join(f"{known} on {system} {' and '.join(majors)}" for known, system, majors in TESTED)
        yield (
            f"{product} on {name} {version} was never tested; this release is for {tested}. "
            "Set redis_server_allow_untested to go on at your own risk"
        )


def _product(found: Facts, wish: Facts) -> Iterator[str]:
    if found["product"] not in (None, wish["product"]):
        yield (
            f"This host has {found['product']} ({found['binary']}), not {wish['product']}. Set redis_server_product to "
            "what is there"
        )


def _version(found: Facts, _wish: Facts) -> Iterator[str]:
    version = ServerVersion(found["product"], parse_number(found["version"])) if found["version"] else None
    if version and version.product == REDIS and not version.since(_OLDEST):
        yield f"{version} is older than 6.2: its users have no channels and its TLS port cannot be opened while it runs"


def _replication(found: Facts, _wish: Facts) -> Iterator[str]:
    if found["role"] == "slave" or found["primary"]:
        yield (
            f"This server is a replica of {found['primary'] or 'another'}: without an account on the primary, in the "
            "right order, it would lose it. This release hardens servers that stand alone"
        )
    if found["connected_replicas"]:
        yield (
            f"This server is a primary with {found['connected_replicas']} connected replica(s), which would be cut "
            "off. This release hardens servers that stand alone"
        )


def _sentinel(found: Facts, _wish: Facts) -> Iterator[str]:
    if found["mode"] == "sentinel":
        yield "This is a Sentinel, not a server with data"
    if found["sentinel_clients"]:
        yield (
            f"Sentinel watches this server over {found['sentinel_clients']} connection(s); cut off, it would declare "
            "the server down"
        )


def _cluster(found: Facts, _wish: Facts) -> Iterator[str]:
    if found["cluster_enabled"]:
        yield "This server is a cluster node (cluster-enabled yes). This release hardens servers that stand alone"


def _processes(found: Facts, wish: Facts) -> Iterator[str]:
    others, unit = found["other_servers"], wish["unit"]
    if found["running"] and not found["unit"]:
        yield f"Process {found['pid']} serves here, but no systemd unit owns it, so it could not be restarted"
    if found["containers"] and not found["running"]:
        yield (
            f"The server runs in a container ({', '.join(found['containers'])}): its files, users and restarts belong "
            "to what starts the container, so changes of the host would not reach it"
        )
    if others and not found["running"] and not wish["unit_named"]:
        yield (
            f"A server runs here that the unit {unit} did not start: {', '.join(others)}. "
            "Name its unit in redis_server_unit"
        )
    if others and found["running"] and not wish["unit_named"]:
        yield (
            f"Several servers run here: the one of {unit} and {', '.join(others)}. Name the one to harden in the "
            "inventory by redis_server_unit, and its redis_server_config_file; the others stay as they are"
        )


def _stopped(found: Facts, wish: Facts) -> Iterator[str]:
    unit = found["unit"]
    elsewhere = found["containers"] or (found["other_servers"] and not wish["unit_named"])
    # One that was hardened by us is started when its files are in order again: its doors are known to be shut.
    if unit and found["installed"] and not found["running"] and not elsewhere and not is_ours(found, wish):
        yield (
            f"{unit} does not run, so nothing is known of its data and clients. See why (journalctl -u {unit}), start "
            f"it (systemctl start {unit}) and run again"
        )


def _renamed(found: Facts, wish: Facts) -> Iterator[str]:
    if found["renamed_commands"]:
        yield (
            f"{found['config_file'] or wish['config_file']} renames {', '.join(found['renamed_commands'])}. Remove the "
            "rename-command lines first: they break the append-only file, replicas and Sentinel, and ACL rules deny "
            "the same commands per user by their original names"
        )


def _bind(_found: Facts, wish: Facts) -> Iterator[str]:
    if wish["allow_public_bind"]:
        return
    for word in dict.fromkeys(wish["addresses"]):
        why = exposure(word)
        if why:
            yield (
                f"The server would listen on {word}, which {why}. Give private addresses in redis_server_address and "
                "redis_server_bind, or set redis_server_allow_public_bind if something else keeps strangers out"
            )


def _disk(found: Facts, _wish: Facts) -> Iterator[str]:
    needed = (found["used_memory"] or 0) + _MARGIN
    free = found["data_free"]
    if free is not None and free < needed:
        yield (
            f"{found['data_dir']} has {free // _MIB} MiB free, but saving the data set before a restart may take "
            f"{needed // _MIB} MiB. Make room and run again"
        )


def _config_disk(found: Facts, _wish: Facts) -> Iterator[str]:
    free = found["config_free"]
    if free is not None and free < _CONFIG_ROOM:
        yield (
            f"The file system of {found['config_file']} has {free // _KIB} KiB free, but the new files there may take "
            f"{_CONFIG_ROOM // _KIB} KiB. Make room and run again"
        )


def _read_only(found: Facts, _wish: Facts) -> Iterator[str]:
    if found["read_only"]:
        yield (
            f"Nothing can be written to {', '.join(found['read_only'])}: the file system is mounted read-only. Find "
            "out why (a disk that fails is remounted so, see dmesg), mount it writable and run again"
        )


def _takeover(found: Facts, wish: Facts) -> Iterator[str]:
    clients, port = found["other_clients"] or 0, int(wish["tls_port"])
    if port and port == found["port"] and clients and not wish["port_takeover"]:
        yield (
            f"Port {port} serves plaintext to {clients} client(s), and TLS cannot share it. Set redis_server_tls_port "
            "to another port, such as 6380, to open TLS beside plaintext, or redis_server_port_takeover to accept that "
            "these clients lose the server"
        )


def _lost(found: Facts, wish: Facts) -> Iterator[str]:
    users = found["users"] or ()
    # Before the first run the operator is not there, and users of the same name are taken over with new passwords.
    lost = [name for name in wish["lost_passwords"] if name in users and wish["login_user"] in users]
    if lost:
        yield (
            f"The server has {', '.join(lost)}, but {wish['secrets_dir']} on the controller has no such file: a new "
            "password would lock the clients out. Restore the file from the backup, or give a password in "
            "redis_acl_passwords"
        )


_RULES: tuple[Rule, ...] = (
    _distribution,
    _product,
    _version,
    _processes,
    _stopped,
    _replication,
    _sentinel,
    _cluster,
    _renamed,
    _bind,
    _disk,
    _config_disk,
    _read_only,
    _takeover,
    _lost,
)
