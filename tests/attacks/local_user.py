# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Attack 21: another, unprivileged account of the same machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .model import CannotRunError, Outcome
from .shell import inside, main_pid

if TYPE_CHECKING:
    from .model import Target

READ = """
import socket, sys
for kind, path in (line.split(" ", 1) for line in sys.argv[1].splitlines()):
    try:
        if kind == "socket":
            socket.socket(socket.AF_UNIX).connect(path)
        else:
            open(path, "rb").read(1)
        print("open " + path)
    except PermissionError:
        print("denied " + path)
"""


def read_locally(target: Target) -> Outcome:
    """Read configuration, ACL file, keys, data, logs, the process's environment, and reach the unix socket."""
    wanted = _wanted(target)
    listing = "\n".join(f"{kind} {path}" for kind, path in wanted)
    script = f"python3 -c '{READ}' '{listing}'"
    lines = inside(target.container, script, user="nobody").stdout.splitlines()
    if len(lines) != len(wanted):
        raise CannotRunError(f"{len(wanted)} paths to read, {len(lines)} answers")
    opened = [line.removeprefix("open ") for line in lines if line.startswith("open ")]
    if opened:
        return Outcome(succeeded=True, evidence="user nobody reads " + ", ".join(opened))
    return Outcome(
        succeeded=False,
        evidence=f"permission denied on all {len(lines)} files, {target.product.config_file} among them",
    )


def _wanted(target: Target) -> list[tuple[str, str]]:
    """List as root what exists; an absent file would prove nothing."""
    product = target.product
    # Everything the server owns except what is public by nature.
    find_files = f"find {product.config_dir} {product.data_dir} {product.log_dir} -type f ! -name '*cert*.pem'"
    files = inside(target.container, find_files).stdout.splitlines()
    if product.config_file not in files:
        raise CannotRunError(f"{target.container}: there is no {product.config_file}")
    files.append(f"/proc/{main_pid(target.container, product.unit)}/environ")
    sockets = inside(target.container, f"find {product.run_dir} {product.data_dir} -type s").stdout.splitlines()
    return [("file", path) for path in sorted(files)] + [("socket", path) for path in sorted(sockets)]
