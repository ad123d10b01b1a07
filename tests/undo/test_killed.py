"""Undo dies half-way, the controller alone or its module on the host too. What was left, the next undo finishes."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests import targets
from tests.attacks import baselines
from tests.site import ROOT, Site, site

from .state import State

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.docker

KEYS = 300
# A snapshot takes some three seconds: by then the old files are back, and the hardened server still runs.
SLOWLY = "CONFIG SET rdb-key-save-delay 10000"
CALLBACK = {"ANSIBLE_CALLBACK_PLUGINS": str(ROOT / "tests" / "soak" / "callback_plugins")}
MODULE = "pgrep python3"  # nothing else in the container is written in it
# When the module on the host dies, too: it goes on by itself after its controller has died.
MOMENTS = {
    "the controller alone": "",
    "the old files are back, the data is being saved": "test ! -e /etc/$product/users.acl",
    **({"the server restarts": "systemctl is-active $product-server | grep -q ing"} if targets.ALL else {}),
}


class Hardened(NamedTuple):
    """A host, its state before hardening, and which task of undo.yml changes it."""

    host: Site
    before: State
    number: int


@pytest.fixture(scope="module", params=targets.on("bookworm"))
def hardened(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hardened]:
    home = tmp_path_factory.mktemp("home")
    with site("rampart-undo-killed", home, request.param) as host:
        baselines.install(host.name, host.product)
        host.ask(f"for n in $(seq {KEYS}); do echo SET key:$n $n; done | $product-cli > /dev/null; $product-cli SAVE")
        before = State.read(host)
        host.play("harden")
        yield Hardened(host, before, _number_of_the_restore(host, home / "tasks"))


def _number_of_the_restore(host: Site, listed: Path) -> int:
    status, output = host.run("undo", **CALLBACK, RAMPART_TASKS=str(listed))
    assert status == 0, output[-3000:]
    (number,) = json.loads(listed.read_text(encoding="ascii"))["changed"]
    return int(number)


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_next_undo_finishes_it(hardened: Hardened, moment: str) -> None:
    host = hardened.host
    host.play("harden")
    host.say("operator", SLOWLY)
    status, _output = host.run("undo", **CALLBACK, RAMPART_KILL_AT=str(hardened.number), RAMPART_KILL_AFTER="0.3")
    assert status == -signal.SIGKILL
    if MOMENTS[moment]:
        wait = f"for try in $(seq 400); do if {MOMENTS[moment]}; then break; fi; sleep 0.05; done"
        assert "kill -KILL" in host.ask(f"{wait}\n{MODULE} | xargs --no-run-if-empty --verbose kill -KILL 2>&1")
        assert host.ask(f"ls {host.checkpoint}").split() == ["after", "dump.rdb", "files", "manifest.json"]
    host.play("undo")
    assert State.read(host) == hardened.before
    assert host.ask("ls /var/lib/rampart/undo").split() == ["archive"]
    assert host.ask(f"{MODULE} || true") == ""
