"""What the host around the server gives away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..check import CRITICAL, HIGH, MEDIUM, Family, Verdict, failed, not_applicable, not_evaluated, passed, verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HOST = Family("HOST", "Host and files")

_OTHERS = 0o007


def _exposed(rows: Sequence[Mapping[str, Any]]) -> Verdict | None:
    """Judge the bits for other accounts; a directory that keeps them out softens a failure to medium."""
    open_rows = [row for row in rows if row["mode"] & _OTHERS]
    if not open_rows:
        return None
    sheltered = all(row["sheltered"] for row in open_rows)
    texts = [
        f"{row['path']} is {row['owner']}:{row['group']} {row['mode']:04o}"
        + (", behind a directory that keeps others out" if row["sheltered"] else "")
        for row in open_rows
    ]
    return failed(*texts, severity=MEDIUM if sheltered else None)


def _fine(rows: Sequence[Mapping[str, Any]]) -> Verdict:
    return passed(*(f"{row['path']} is {row['owner']}:{row['group']} {row['mode']:04o}" for row in rows))


@HOST.check(
    1,
    "The server runs as root",
    severity=CRITICAL,
    needs=("process",),
    fix="redis_server_user: redis, and let systemd's unit start the server",
)
def runs_as_root(process: Mapping[str, Any]) -> Verdict:
    """Every bug of the server, and every file it can be talked into writing, then has the rights of root."""
    said = f"process {process['pid']} runs as {process['user']} (uid {process['uid']})"
    return failed(said) if process["uid"] == 0 else passed(said)


@HOST.check(
    2,
    "Configuration or ACL file is open to other accounts",
    severity=HIGH,
    needs=("files", "expected"),
    fix="chmod 0640, group of the service: redis_server keeps redis.conf so, redis_acl writes users.acl root:redis",
)
def config_files(files: Sequence[Mapping[str, Any]], expected: Mapping[str, Any]) -> Verdict:
    """These files hold password hashes, replicas' passwords and the rules: readable they leak, writable they yield."""
    rows = [row for row in files if row["role"] in ("config", "acl")]
    if not rows:
        return not_applicable("no configuration file was found")
    if opened := _exposed(rows):
        return opened
    trusted = {"root", *(expected.get("service_accounts") or ("redis", "valkey"))}
    strange = [
        f"{row['path']} belongs to {row['owner']}:{row['group']}"
        for row in rows
        if row["owner"] not in trusted or row["group"] not in trusted
    ]
    return failed(*strange) if strange else _fine(rows)


@HOST.check(
    3,
    "Data files are open to other accounts",
    severity=HIGH,
    needs=("files",),
    fix="chmod o= on the data directory and its files; the unit's UMask=007 keeps new ones closed",
)
def data_files(files: Sequence[Mapping[str, Any]]) -> Verdict:
    """A readable dump is a copy of all data without any password."""
    rows = [row for row in files if row["role"] == "data"]
    if not rows:
        return not_applicable("no data directory was found")
    return _exposed(rows) or _fine(rows)


@HOST.check(
    9,
    "Secrets stand on the command line or in the environment",
    severity=HIGH,
    needs=("process",),
    fix="keep passwords in files of mode 0640 (redis.conf, users.acl) and remove them from the unit",
)
def visible_secrets(process: Mapping[str, Any]) -> Verdict:
    """Command lines are readable by every account, and unit environments by everybody who may ask systemd."""
    found = [f"{place} carries {name}" for place, name in process["visible_secrets"]]
    if not found and process["unseen"]:
        return not_evaluated(f"process: the environment is unknown, {process['unseen']}")
    return verdict(found, "neither the command line nor the environment carries a password")


@HOST.check(
    10,
    "The service account can log in or has a foothold",
    severity=CRITICAL,
    needs=("account",),
    fix="remove the files named here after looking into them, and set the shell to /usr/sbin/nologin",
)
def service_account(account: Mapping[str, Any]) -> Verdict:
    """An SSH key or crontab of the service account is what an attack through CONFIG SET dir leaves behind."""
    if account["footholds"]:
        return failed(*(f"{path} exists" for path in account["footholds"]))
    said = f"{account['name']} has shell {account['shell']}"
    if account["shell"].rsplit("/", 1)[-1] in ("nologin", "false", ""):
        return passed(said, "no SSH keys, no crontab")
    return failed(said, severity=MEDIUM)
