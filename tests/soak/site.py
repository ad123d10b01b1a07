"""A careless server in use, made once as an image, and harden.yml against copies of it."""

from __future__ import annotations

import json
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests import containers
from tests.attacks import baselines
from tests.attacks.shell import inside
from tests.site import Site, site
from tools.demo import recap

if TYPE_CHECKING:
    from collections.abc import Iterator

CALLBACKS = Path(__file__).parent / "callback_plugins"
KEYS = 1000

PLANT = f"""
seq {KEYS} | sed 's/.*/SET app:& value-&/' | redis-cli > /dev/null
redis-cli save > /dev/null
redis-cli dbsize
"""


class Killed(NamedTuple):
    """A careless server in use, and harden.yml with the callback that kills it."""

    host: Site

    def play(self, **environment: object) -> tuple[int, str]:
        """Run harden.yml; return its status and its output. ``environment`` is for the callback."""
        words = {name: str(value) for name, value in environment.items()}
        return self.host.run("harden", ANSIBLE_CALLBACK_PLUGINS=str(CALLBACKS), **words)

    def changing(self) -> list[int]:
        """Run harden.yml to its end; return the numbers of the tasks that changed something."""
        listed = self.host.home / "tasks"
        status, output = self.play(RAMPART_TASKS=listed)
        assert status == 0, output[-3000:]
        numbers: list[int] = json.loads(listed.read_text(encoding="ascii"))["changed"]
        return numbers

    def is_closed(self) -> bool:
        """Tell whether nothing listens on the plaintext port."""
        return "Connection refused" in self.host.ask("redis-cli -p 6379 ping 2>&1 || true")

    def finish(self) -> None:
        """Run to the end, and again; see that nothing is left to do, nothing is lost and nothing lies about."""
        self.host.play("harden")
        again = self.host.play("harden")
        assert {counts["changed"] for counts in recap.counts(again.splitlines()).values()} == {0}, again[-8000:]
        assert self.host.leftovers() == []
        assert f"db0:keys={KEYS}," in self.host.say("operator", "INFO keyspace")
        assert self.is_closed()


@contextmanager
def careless_image(name: str) -> Iterator[str]:
    """Yield the tag of an image in which a careless server holds data; remove it at the end."""
    tag = f"{name}:careless"
    containers.remove(name)
    containers.start(name)
    try:
        containers.wait(name)
        baselines.install(name)
        baselines.open_to_all(name)
        assert inside(name, PLANT).stdout.split() == [str(KEYS)]
        inside(name, "systemctl stop redis-server")
        containers.commit(name, tag)
    finally:
        containers.remove(name)
    try:
        yield tag
    finally:
        containers.remove_image(tag)


@contextmanager
def careless_site(name: str, image: str, home: Path) -> Iterator[Killed]:
    """Start a copy of the careless server."""
    with site(name, home, image=image, redis_server_maxmemory="256mb") as host:
        assert host.ask("redis-cli dbsize").split() == [str(KEYS)]
        yield Killed(host)
