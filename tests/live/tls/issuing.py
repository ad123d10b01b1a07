"""Certificates for live tests, made by the playbook a user would write."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.rampart.redis.tests.live.servers import ROOT


@dataclass(frozen=True)
class Workshop:
    """A folder with an authority in ``ca`` and pairs in ``tls``, and Ansible to fill it."""

    root: Path

    @property
    def tls(self) -> Path:
        return self.root / "tls"

    @property
    def ca_cert(self) -> Path:
        return self.root / "ca" / "ca-cert.pem"

    @property
    def ca_key(self) -> Path:
        return self.root / "ca" / "ca-key.pem"

    def prepare(self) -> None:
        """Make the folders, and the collection's place in a search path."""
        for folder in (self.tls, self.root / "ca"):
            folder.mkdir()
        place = self.root / "ansible_collections" / "rampart"
        place.mkdir(parents=True)
        (place / "redis").symlink_to(ROOT)

    def authority_task(self, **changed: object) -> dict[str, Any]:
        options = {"cert_file": str(self.ca_cert), "key_file": str(self.ca_key), "common_name": "live CA"}
        return {"rampart.redis.redis_tls_ca": {**options, **changed}}

    def certificate_task(self, *certificates: dict[str, Any], **changed: object) -> dict[str, Any]:
        options = {
            "directory": str(self.tls),
            "ca_cert": str(self.ca_cert),
            "ca_key": str(self.ca_key),
            "ca_file": str(self.tls / "ca-cert.pem"),
            "certificates": list(certificates),
        }
        return {"rampart.redis.redis_tls_cert": {**options, **changed}}

    def play(self, *tasks: dict[str, Any], options: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
        """Run tasks on this machine with ansible-playbook and return what it printed."""
        book = self.root / "play.yml"
        play = {"hosts": "localhost", "gather_facts": False, "tasks": list(tasks)}
        book.write_text(json.dumps([play]), encoding="utf-8")
        program = str(Path(sys.executable).with_name("ansible-playbook"))
        command = [program, "-i", "localhost,", "-c", "local", str(book)]
        interpreter = ("-e", f"ansible_python_interpreter={sys.executable}")
        environment = {
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": str(self.root),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_NOCOLOR": "true",
        }
        return subprocess.run(
            [*command, *interpreter, *options], capture_output=True, text=True, check=False, env=environment
        )

    def changes(self, *tasks: dict[str, Any], options: tuple[str, ...] = ()) -> int:
        """Run tasks that must succeed and return how many changed something."""
        done = self.play(*tasks, options=options)
        assert done.returncode == 0, done.stdout + done.stderr
        return int(done.stdout.rsplit("changed=", 1)[1].split()[0])


def openssl(*arguments: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Ask the independent oracle."""
    return subprocess.run(
        ["openssl", *map(str, arguments)], input=stdin, capture_output=True, text=True, check=False, timeout=20
    )
