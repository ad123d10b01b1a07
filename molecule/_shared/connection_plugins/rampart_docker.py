"""Connection plugin for the disposable containers of molecule and ``make demo``: ``docker exec``, nothing more.

community.docker has a fuller one, but comes only from Galaxy; tests must run where Galaxy is out of reach.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
from pathlib import Path

from ansible.errors import AnsibleConnectionFailure, AnsibleFileNotFound
from ansible.module_utils.common.text.converters import to_bytes
from ansible.plugins.connection import ConnectionBase

DOCUMENTATION = r"""
name: rampart_docker
author: The rampart.redis contributors (@rampart-redis)
short_description: Run tasks in a local container by docker exec
description:
  - For the test containers of this collection. Needs the C(docker) command on the controller.
options:
  remote_addr:
    description: Name of the container.
    default: inventory_hostname
    vars:
      - name: inventory_hostname
      - name: ansible_host
  remote_user:
    description: Account inside the container; the image's own when not set.
    type: str
    vars:
      - name: ansible_user
"""


class Connection(ConnectionBase):
    """Talk to one container."""

    transport = "rampart_docker"
    has_pipelining = True

    def _connect(self) -> Connection:
        self._connected = True
        return self

    def _argv(self, command: str) -> list[str]:
        docker = shutil.which("docker")
        if docker is None:
            raise AnsibleConnectionFailure("the docker command is not installed on the controller")
        user = self.get_option("remote_user")
        as_user = ["--user", user] if user else []
        return [docker, "exec", "--interactive", *as_user, self.get_option("remote_addr"), "/bin/sh", "-c", command]

    def _run(self, command: str, stdin: bytes | None) -> tuple[int, bytes, bytes]:
        done = subprocess.run(self._argv(command), input=stdin or b"", capture_output=True, check=False)  # noqa: S603 - no shell
        if done.returncode and b"Error response from daemon" in done.stderr:
            raise AnsibleConnectionFailure(done.stderr.decode(errors="replace").strip())
        return done.returncode, done.stdout, done.stderr

    def exec_command(self, cmd: str, in_data: bytes | None = None, sudoable: bool = True) -> tuple[int, bytes, bytes]:  # noqa: FBT001, FBT002 - the base class's signature
        """Run one command line."""
        super().exec_command(cmd, in_data=in_data, sudoable=sudoable)
        return self._run(cmd, in_data)

    def put_file(self, in_path: str, out_path: str) -> None:
        """Copy a file into the container; not by docker cp, which does not see the container's tmpfs mounts."""
        super().put_file(in_path, out_path)
        if not Path(in_path).is_file():
            raise AnsibleFileNotFound(f"no such file: {in_path}")
        self._copy(f"cat > {shlex.quote(out_path)}", Path(in_path).read_bytes(), out_path)

    def fetch_file(self, in_path: str, out_path: str) -> None:
        """Copy a file out of the container."""
        super().fetch_file(in_path, out_path)
        Path(to_bytes(out_path).decode()).write_bytes(self._copy(f"cat {shlex.quote(in_path)}", None, in_path))

    def _copy(self, command: str, data: bytes | None, path: str) -> bytes:
        status, out, err = self._run(command, data)
        if status:
            raise AnsibleConnectionFailure(f"cannot copy {path}: {err.decode(errors='replace').strip()}")
        return out

    def close(self) -> None:
        """Nothing is kept open."""
        self._connected = False
