"""An authority and pairs on the disk without Ansible, and the directives of the role that use them."""

from __future__ import annotations

import secrets
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml
from ansible_collections.rampart.redis.plugins.module_utils.tls import issue
from ansible_collections.rampart.redis.plugins.module_utils.tls.wish import parse_wishes
from ansible_collections.rampart.redis.tests.live.servers import ROOT


def now() -> datetime:
    return datetime.now(UTC)


class Pairs:
    """A folder with an authority and the pairs ``node`` and ``operator``, all with one kind of key."""

    def __init__(self, folder: Path, key_type: str = "ecdsa-p256") -> None:
        self.folder = folder
        self.key_type = key_type
        key = issue.make_key(key_type)
        moment = issue.Moment(now() - timedelta(days=30), 1)
        certificate = issue.make_authority(key, None, "live CA", timedelta(days=365), moment)
        self.authority = issue.load_authority(certificate, key, None, now())
        (folder / "ca.pem").write_bytes(certificate)
        self.renew("node", subject_alt_names=["localhost", "127.0.0.1"])
        self.renew("operator", usages=["client"])

    def renew(self, name: str, *, age: timedelta = timedelta(), staged: bool = False, **changed: object) -> list[str]:
        """Replace a pair at the same paths, or stage one; return the paths."""
        plain = {"name": name, "subject_alt_names": ["127.0.0.1"], "usages": ["server", "client"], "state": "present"}
        plain |= {"key_type": self.key_type, "valid_for": "90d", "key_mode": "0600", "cert_mode": "0644"}
        empty = dict.fromkeys(("cert_file", "key_file", "owner", "group"))
        params = {"certificates": [{**empty, **plain, **changed}], "directory": str(self.folder), "renew_before": "1d"}
        [wish] = parse_wishes(params)
        key = issue.make_key(wish.key_type)
        moment = issue.Moment(now() - age, secrets.randbits(128))
        answer = issue.sign(self.authority, wish, issue.make_request(key, name), moment)
        paths = [self.folder / f"{name}-{kind}.pem" for kind in ("key", "cert")]
        for path, content in zip(paths, (key, answer.encode()), strict=True):
            (Path(f"{path}.staged") if staged else path).write_bytes(content)
        return list(map(str, paths))

    def files(self) -> dict[str, bytes]:
        """Return all files of the folder."""
        return {path.name: path.read_bytes() for path in self.folder.iterdir() if path.is_file()}


def role_directives(pairs: Pairs) -> str:
    """Return the directives of role redis_tls, with the files of this test."""
    defaults = yaml.safe_load((ROOT / "roles/redis_tls/defaults/main.yml").read_text())
    files = {"tls-cert-file": "node-cert.pem", "tls-key-file": "node-key.pem", "tls-ca-cert-file": "ca.pem"}
    lines = []
    for name, value in defaults["redis_tls_directives"].items():
        text = str(defaults.get(f"redis_{name.replace('-', '_')}", value))
        lines.append(f'{name} "{pairs.folder / files[name] if name in files else text}"')
    assert not [line for line in lines if "{{" in line]
    return "\n".join(lines)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
