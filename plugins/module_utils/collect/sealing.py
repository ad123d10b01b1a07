"""One encrypted file, written while it is collected: nothing of it ever lies on the disk in clear.

A tar archive, packed, goes to ``openssl cms`` through a pipe. AES-256-GCM is authenticated: openssl refuses to open a
bundle of which one bit is not as it was. Certificates are handed over in memory, the recipients' keys are not here.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import subprocess
import tarfile
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING

from .. import host
from ..errors import HostError, InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_ENCRYPT = ("openssl", "cms", "-encrypt", "-binary", "-stream", "-aes-256-gcm", "-outform", "DER")
_BEGIN, _PRIVATE = "-----BEGIN CERTIFICATE-----", "PRIVATE KEY-----"
# Fast rather than small: somebody is waiting to pull the plug.
_LEVEL = 1
_CHUNK = 2**20
_SECONDS = 60.0


@contextmanager
def recipients(certificates: Sequence[str]) -> Iterator[list[int]]:
    """Yield open files in memory with one certificate each, after one letter was encrypted for each of them.

    :param certificates: PEM texts.
    :raises InputError: there is none, or openssl cannot encrypt for one of them.
    """
    handles: list[int] = []
    try:
        for number, text in enumerate(certificates):
            _require_certificate(text, f"recipients[{number}]")
            handles.append(_in_memory(text))
            _try(handles[-1], f"recipients[{number}]")
        if not handles:
            raise InputError(
                "nobody could open the bundle, so nothing was collected", where="recipients", hint="Give a certificate"
            )
        yield handles
    finally:
        for handle in handles:
            os.close(handle)


class Bundle:
    """The archive while it is written. Names are paths below its folder."""

    def __init__(self, folder: str, packed: gzip.GzipFile) -> None:
        self._folder = folder
        self._tar = tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT)  # noqa: SIM115 - close() ends it

    def add(self, name: str, data: bytes, at: float) -> str:
        """Add a file; return its SHA-256. ``at``: seconds since 1970, its time in the archive."""
        return self.add_stream(name, io.BytesIO(data), len(data), at)

    def add_stream(self, name: str, stream: IO[bytes], size: int, at: float) -> str:
        """Add ``size`` bytes of a stream; an ``OSError`` is for ``sealed``."""
        entry = tarfile.TarInfo(f"{self._folder}/{name}")
        entry.size, entry.mtime, entry.mode = size, int(at), 0o600
        counted = _Counted(stream)
        self._tar.addfile(entry, counted)
        return counted.digest.hexdigest()

    def close(self) -> None:
        """End the archive."""
        self._tar.close()


class _Counted(io.RawIOBase):
    """A stream of which the hash is taken on its way."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__()
        self._stream = stream
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self.digest.update(data)
        return data


@contextmanager
def sealed(path: Path, folder: str, handles: Sequence[int]) -> Iterator[Bundle]:
    """Yield a bundle that is at ``path``, 0600, when all went well, and nowhere otherwise.

    :raises HostError: openssl failed; the disk may be full.
    """
    path.touch(mode=0o600, exist_ok=False)
    process, whole = _openssl(path, handles), False
    try:
        # The time in the head of gzip says nothing: the same content is the same archive.
        with gzip.GzipFile(fileobj=_stdin(process), mode="wb", compresslevel=_LEVEL, mtime=0) as packed:
            bundle = Bundle(folder, packed)
            yield bundle
            bundle.close()
        _end(process)
        whole = True
    except OSError as error:
        # Where openssl ended the pipe is broken, and it says why.
        raise HostError(f"{error.strerror}; openssl: {_said(process)}", where=str(path)) from error
    finally:
        _kill(process)
        if not whole:
            path.unlink(missing_ok=True)


def _openssl(path: Path, handles: Sequence[int]) -> subprocess.Popen[bytes]:
    # run_command cannot be fed while it runs, and belongs to AnsibleModule. pylint: disable-next=ansible-bad-function
    return subprocess.Popen(  # noqa: S603 - no shell; a fixed program
        [*_ENCRYPT, "-out", str(path), *map(_named, handles)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        pass_fds=tuple(handles),
    )


def _stdin(process: subprocess.Popen[bytes]) -> IO[bytes]:
    if process.stdin is None:
        raise HostError("has no standard input", where="openssl")
    return process.stdin


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        _out, said = process.communicate(timeout=_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise HostError("did not end", where="openssl") from error
    if process.returncode:
        raise HostError(f"openssl could not write the bundle: {_last(said)}", where="openssl")


def _said(process: subprocess.Popen[bytes]) -> str:
    """Return why openssl ended; it is given a moment to do so."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(1.0)
    return _last(process.stderr.read()) if process.stderr and process.returncode else "it did not listen"


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(OSError):
        _stdin(process).close()
    if process.poll() is None:
        process.kill()
    process.wait()
    if process.stderr:
        process.stderr.close()


def _require_certificate(text: str, where: str) -> None:
    if _PRIVATE in text:
        raise InputError("this is a private key; it stays with whoever opens bundles", where=where)
    if text.count(_BEGIN) != 1:
        raise InputError("is not one certificate in PEM", where=where, hint="See docs/evidence.md for how to make one")


def _in_memory(text: str) -> int:
    handle = os.memfd_create("rampart-recipient", 0)
    os.write(handle, text.encode())
    return handle


def _named(handle: int) -> str:
    return f"/proc/self/fd/{handle}"


def _try(handle: int, where: str) -> None:
    """Encrypt one letter, to see whether openssl can for this certificate."""
    # As above. pylint: disable-next=ansible-bad-function
    done = subprocess.run(  # noqa: S603 - no shell; a fixed program
        [*_ENCRYPT, "-out", os.devnull, _named(handle)],
        input=b"x",
        capture_output=True,
        timeout=_SECONDS,
        check=False,
        pass_fds=(handle,),
    )
    if done.returncode:
        raise InputError(
            f"openssl cannot encrypt for it: {_last(done.stderr)}", where=where, hint="RSA and EC keys work"
        )


def _last(said: bytes) -> str:
    lines = said.decode("utf-8", "replace").strip().splitlines()
    return lines[0] if lines else "it said nothing"


def version() -> str:
    """Return what openssl calls itself."""
    return host.run_ok(["openssl", "version"]).strip()
