"""A client at work, for the host of a test: writes without a pause until it is stopped, and counts what went wrong.

Usage: ``writer.py NAME SECONDS FILE``. It reads how to get in from FILE as redis_handover writes it, when it starts and
whenever it is not let in, as a careful program does. Every SECONDS it connects anew, never with 0. An error is a write
that failed although the file was read again. The counts are in ``NAME.json`` beside FILE, which is replaced as a whole.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import redis


class Writer:
    """One program with one connection."""

    def __init__(self, name: str, seconds: float, file: Path) -> None:
        self.name, self.seconds, self.file = name, seconds, file
        self.written = self.logins = self.reads = 0
        self.errors: list[str] = []
        self.read()
        self.connect()

    def read(self) -> None:
        """Read how to get in."""
        lines = self.file.read_text(encoding="utf-8").splitlines()
        self.way = dict(line.split("=", 1) for line in lines)
        self.reads += 1

    def connect(self) -> None:
        """Log in; with what was read last."""
        self.link = redis.Redis(
            host=self.way["REDIS_HOST"],
            port=int(self.way["REDIS_PORT"]),
            username=self.way["REDIS_USERNAME"],
            password=self.way["REDIS_PASSWORD"],
            ssl=True,
            ssl_ca_certs=self.way["REDIS_TLS_CA"],
            ssl_certfile=self.way["REDIS_TLS_CERT"],
            ssl_keyfile=self.way["REDIS_TLS_KEY"],
            client_name=self.name,
            single_connection_client=True,
        )
        self.since = time.monotonic()
        self.logins += 1

    def write(self) -> None:
        """Write once; after a failure read the file again, log in and write once more."""
        try:
            if self.seconds and time.monotonic() - self.since > self.seconds:
                self.link.close()
                self.connect()
            self._set()
        except redis.RedisError:
            try:
                self.read()
                self.connect()
                self._set()
            except redis.RedisError as error:
                self.errors.append(repr(error))

    def _set(self) -> None:
        self.link.set(f"app:{self.name}", self.written + 1)
        self.written += 1

    def tell(self) -> None:
        """Write the counts down."""
        counts = {"written": self.written, "logins": self.logins, "reads": self.reads, "errors": self.errors}
        staged = self.file.with_name(f".{self.name}.json")
        staged.write_text(json.dumps(counts), encoding="utf-8")
        staged.replace(self.file.with_name(f"{self.name}.json"))


def main(name: str, seconds: str, file: str) -> None:
    """Write for ever."""
    writer = Writer(name, float(seconds), Path(file))
    while True:
        writer.write()
        writer.tell()
        time.sleep(0.02)


if __name__ == "__main__":
    main(*sys.argv[1:])
