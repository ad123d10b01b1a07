# Copyright: (c) 2026, The rampart.redis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The application that goes on working: ``python -m tools.demo.client SETTINGS.json``.

It writes and reads back its own keys all the time. Whenever it connects it prefers TLS and its login, if the folder of
credentials holds them by now; else it takes what it had: plaintext without a login. SIGTERM ends it; its report is a
JSON file, renewed while it works.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

KEYS = 50
PAUSE = 0.01  # seconds between rounds
RETRY_PAUSE = 0.1
TRIES_OF_ONE_LOSS = 10.0  # seconds: refused tries after this long count as a further loss
REPORT_EVERY = 0.5
TIMEOUT = 5.0


@dataclass(frozen=True)
class Settings:
    """What the application was told when it was deployed."""

    address: str
    plain_port: int
    tls_port: int
    user: str
    credentials: str  # the folder that hardening fills: secrets/, clients/, ca/
    report: str


@dataclass
class Story:
    """What happened to the application."""

    operations: int = 0
    errors: int = 0
    wrong_answers: int = 0
    reconnects: int = 0
    refused_tries: int = 0
    transport: str = "none"
    wrong: list[str] = field(default_factory=list)  # the first few, for a person
    last_error: str = ""


@dataclass
class Losses:
    """Counts lost connections: one per established connection, and one more for each 10 s without a new one."""

    story: Story
    since: float | None = None

    def lost(self, now: float) -> None:
        """Note that an established connection is gone."""
        self.story.reconnects += 1
        self.since = now

    def refused(self, now: float) -> None:
        """Note a refused try."""
        self.story.refused_tries += 1
        if self.since is not None and now - self.since > TRIES_OF_ONE_LOSS:
            self.lost(now)


class Memory:
    """What the application may read: the acknowledged value, or one whose acknowledgement was lost."""

    def __init__(self) -> None:
        self._allowed: dict[str, set[str | None]] = {}

    def trying(self, key: str, value: str) -> None:
        """Note that a write was sent."""
        self._allowed.setdefault(key, {None}).add(value)

    def written(self, key: str, value: str) -> None:
        """Note that a write was acknowledged."""
        self._allowed[key] = {value}

    def wrong(self, key: str, value: str | None) -> bool:
        """Judge what was read, and from now on expect the same."""
        allowed = self._allowed.get(key, {None})
        self._allowed[key] = {value}
        return value not in allowed


class Application:
    """One thread, one connection, many small operations."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._memory = Memory()
        self._link: Any = None
        self._stopped = False
        self._reported = 0.0
        self.story = Story()
        self._losses = Losses(self.story)

    def stop(self, *_signal: object) -> None:
        """End after the current round."""
        self._stopped = True

    def run(self) -> None:
        """Work until stopped."""
        number = 0
        while not self._stopped:
            number += 1
            self._round(number)
            if time.monotonic() - self._reported > REPORT_EVERY:
                self._report()
        self._report()

    def _round(self, number: int) -> None:
        if self._link is None and not self._connect():
            time.sleep(RETRY_PAUSE)
            return
        try:
            self._write(f"app:live:{number % KEYS}", str(number))
            self._read(f"app:live:{number * 7 % KEYS}")
        except (redis.RedisError, OSError) as error:
            self.story.errors += 1
            self.story.last_error = str(error)
            self._hang_up()
            self._losses.lost(time.monotonic())
        time.sleep(PAUSE)

    def _write(self, key: str, value: str) -> None:
        self._memory.trying(key, value)
        self._link.set(key, value)
        self._memory.written(key, value)
        self.story.operations += 1

    def _read(self, key: str) -> None:
        value = self._link.get(key)
        self.story.operations += 1
        if self._memory.wrong(key, value):
            self.story.wrong_answers += 1
            self.story.wrong = [*self.story.wrong, f"{key}: {value}"][:5]

    def _connect(self) -> bool:
        """Try TLS with login first, where the credentials have been delivered, then plaintext."""
        for transport, options in self._ways():
            try:
                link = redis.Redis(**options)
                link.ping()  # a server that still loads its data, or wants a login, answers with an error
            except (redis.RedisError, OSError) as error:
                self.story.last_error = f"{transport}: {error}"
                continue
            self._link = link
            self._losses.since = None
            self.story.transport = transport
            return True
        self._losses.refused(time.monotonic())
        return False

    def _ways(self) -> list[tuple[str, dict[str, Any]]]:
        common = {
            "host": self._settings.address,
            "decode_responses": True,
            "single_connection_client": True,
            "socket_timeout": TIMEOUT,
            "socket_connect_timeout": TIMEOUT,
            "retry": Retry(NoBackoff(), 0),  # the library must not hide a lost connection from the count
            "driver_info": None,  # no CLIENT SETINFO
        }
        plain = ("plaintext, no login", {**common, "port": self._settings.plain_port})
        secure = secure_options(self._settings)
        if secure is None:
            return [plain]
        return [(f"TLS as {self._settings.user}", {**common, **secure}), plain]

    def _hang_up(self) -> None:
        link, self._link = self._link, None
        self.story.transport = "none"
        link.close()

    def _report(self) -> None:
        self._reported = time.monotonic()
        path = Path(self._settings.report)
        fresh = path.with_name(path.name + ".new")
        fresh.write_text(json.dumps(asdict(self.story)), encoding="utf-8")
        fresh.replace(path)


def secure_options(settings: Settings) -> dict[str, Any] | None:
    """Return redis-py's options for TLS with login, or None as long as something has not been delivered."""
    folder = Path(settings.credentials)
    files = {
        "ssl_ca_certs": folder / "ca" / "ca-cert.pem",
        "ssl_certfile": folder / "clients" / f"{settings.user}-cert.pem",
        "ssl_keyfile": folder / "clients" / f"{settings.user}-key.pem",
    }
    secret = folder / "secrets" / settings.user
    if not all(path.exists() for path in (*files.values(), secret)):
        return None
    return {
        "port": settings.tls_port,
        "ssl": True,
        "ssl_check_hostname": True,
        "username": settings.user,
        "password": secret.read_text(encoding="utf-8").strip(),
        **{option: str(path) for option, path in files.items()},
    }


def main(settings_file: str) -> None:
    """Run the application until SIGTERM."""
    application = Application(Settings(**json.loads(Path(settings_file).read_text(encoding="utf-8"))))
    signal.signal(signal.SIGTERM, application.stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the demo, which stops us in order
    application.run()


if __name__ == "__main__":
    main(sys.argv[1])
