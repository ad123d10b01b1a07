"""The examples of docs/clients.md, as they stand there, in a container with Debian's own clients."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.attacks.shell import docker, inside
from tests.renewals.site import CLIENT, NAME
from tests.site import ROOT

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

    from tests.renewals.site import Scheduled

pytestmark = pytest.mark.docker

PASSWORD = "renewals-only-Qx7Lr2Vx9Tn4Kd8W"
FOLDER = "/root/client"
INSTALL = """
export DEBIAN_FRONTEND=noninteractive
apt-get install -y --no-install-recommends nodejs node-redis python3-redis
"""
INTERPRETERS = {
    "redis-cli": "sh -eu",
    "redis-py": "python3 -",
    "node-redis": "NODE_PATH=/usr/share/nodejs node -",
}


def example(heading: str) -> str:
    """Return the program under a heading of the document."""
    text = (ROOT / "docs/clients.md").read_text(encoding="utf-8")
    found = re.search(rf"^## {heading}$.*?^```\w+\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert found, heading
    return found.group(1)


@pytest.fixture(scope="module")
def client(site: Scheduled, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scheduled]:
    """Install the clients, their pair, and a user; and a folder ``other`` with the trust file of somebody else."""
    inside(NAME, INSTALL)
    inside(NAME, f"redis-cli ACL SETUSER {CLIENT} on '>{PASSWORD}' '~*' +@all")
    docker("cp", str(site.controller / "clients"), f"{NAME}:{FOLDER}")
    foreign = tmp_path_factory.mktemp("foreign") / "ca-cert.pem"
    _make_authority(foreign)
    docker("cp", str(foreign), f"{NAME}:{FOLDER}/other.pem")
    yield site
    inside(NAME, f"redis-cli ACL DELUSER {CLIENT}")


def _make_authority(path: Path) -> None:
    subject = "-subj /CN=other -addext keyUsage=critical,keyCertSign -keyout /dev/null"
    curve = "-newkey ec -pkeyopt ec_paramgen_curve:P-256"
    made = inside(NAME, f"openssl req -x509 -nodes -days 2 {curve} {subject} 2> /dev/null").stdout
    path.write_text(made, encoding="ascii")


def run(heading: str, address: str, trust: str = "ca-cert.pem") -> subprocess.CompletedProcess[str]:
    """Run an example with the variables of the handover's file."""
    variables = {
        "REDIS_HOST": address,
        "REDIS_PORT": 6380,
        "REDIS_USERNAME": CLIENT,
        "REDIS_PASSWORD": PASSWORD,
        "REDIS_TLS_CA": f"{FOLDER}/{trust}",
        "REDIS_TLS_CERT": f"{FOLDER}/{CLIENT}-cert.pem",
        "REDIS_TLS_KEY": f"{FOLDER}/{CLIENT}-key.pem",
        "REDIS_URL": f"rediss://{CLIENT}:{PASSWORD}@{address}:6380/0",
    }
    exports = "".join(f"export {name}='{value}'\n" for name, value in variables.items())
    return inside(NAME, f"{exports}{INTERPRETERS[heading]} <<'PROGRAM' 2>&1\n{example(heading)}PROGRAM\n", check=False)


@pytest.mark.parametrize("heading", INTERPRETERS)
def test_an_example_gets_in(client: Scheduled, heading: str) -> None:
    done = run(heading, client.address)
    assert (done.returncode, done.stdout.split()) == (0, ["True" if heading == "redis-py" else "PONG"]), done.stdout


@pytest.mark.parametrize("heading", INTERPRETERS)
def test_an_example_refuses_another_authority(client: Scheduled, heading: str) -> None:
    done = run(heading, client.address, trust="other.pem")
    assert done.returncode != 0
    assert re.search("certificate|unable to verify", done.stdout, re.IGNORECASE), done.stdout


@pytest.mark.usefixtures("client")
@pytest.mark.parametrize("heading", ["redis-py", "node-redis"])
def test_an_example_refuses_another_name(heading: str) -> None:
    inside(NAME, "grep -q other-name /etc/hosts || echo '127.0.0.1 other-name' >> /etc/hosts")
    done = run(heading, "other-name")
    assert done.returncode != 0
    assert re.search("mismatch|altnames", done.stdout, re.IGNORECASE), done.stdout
