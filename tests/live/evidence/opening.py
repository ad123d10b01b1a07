"""Keys, certificates, and bundles opened with the commands of docs/evidence.md."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

KINDS = {"rsa": ("rsa:2048",), "ec": ("ec", "-pkeyopt", "ec_paramgen_curve:P-256"), "ed25519": ("ed25519",)}


class Recipient(NamedTuple):
    """Somebody who can open bundles."""

    key: Path
    certificate: Path

    @property
    def pem(self) -> str:
        return self.certificate.read_text(encoding="utf-8")


def recipient(folder: Path, name: str, kind: str = "rsa") -> Recipient:
    """Make a key and its certificate, as docs/evidence.md does."""
    made = Recipient(folder / f"{name}-key.pem", folder / f"{name}.pem")
    begin = ("openssl", "req", "-x509", "-nodes", "-days", "30", "-subj", f"/CN={name}", "-newkey", *KINDS[kind])
    subprocess.run([*begin, "-keyout", made.key, "-out", made.certificate], check=True, capture_output=True)
    return made


def opened(bundle: Path, who: Recipient, into: Path) -> subprocess.CompletedProcess[str]:
    """Decrypt to ``evidence.tgz`` and unpack; nothing is unpacked of what does not open."""
    into.mkdir(exist_ok=True)
    script = (
        'openssl cms -decrypt -binary -inform DER -in "$1" -recip "$2" -inkey "$3" -out evidence.tgz'
        " && tar -xzf evidence.tgz && rm evidence.tgz"
    )
    argv = ["sh", "-c", script, "sh", str(bundle), str(who.certificate), str(who.key)]
    return subprocess.run(argv, cwd=into, capture_output=True, text=True, check=False)


def unpacked(bundle: Path, who: Recipient, into: Path) -> Path:
    """Open a bundle that must open, check its hashes with sha256sum, and return its folder."""
    done = opened(bundle, who, into)
    assert done.returncode == 0, done.stderr
    (folder,) = into.iterdir()
    check = ["sha256sum", "--check", "--quiet", "--strict", "SHA256SUMS"]
    checked = subprocess.run(check, cwd=folder, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")
    return folder
