"""A continuous writer sees no error through whole rotations, and a run that was killed is finished by the next one.

In CI the controller dies in the middle of five tasks; ``make soak`` (``RAMPART_KILLS=all``) kills at each task of both
phases, and in the middle of each that changes something.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.attacks import baselines
from tests.attacks.shell import inside
from tests.leaks.watch import ProcessWatch
from tests.site import ROOT, Site, site

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.docker

NAME = f"rampart-rotate-{os.environ.get('PYTEST_XDIST_WORKER', 'gw0')}"
USERS = ("app", "auditor", "operator")
FILE = "/srv/app/redis.env"
# Seconds after which each of the writers connects anew, by itself: never, and all the time.
WRITERS = {"steady": 0.0, "fresh": 0.5}
ALL = os.environ.get("RAMPART_KILLS") == "all"
IN_THE_MIDDLE = 0.3
FEW = {"add": 3, "retire": 2}
FORCE = ("-e", "redis_rotate_force=true")


class Counts(NamedTuple):
    """What a writer tells."""

    written: int
    logins: int
    reads: int
    errors: list[str]


class Rotation(NamedTuple):
    """A hardened server with writers at work, and what is known about its passwords."""

    host: Site

    def run(self, phase: str, *options: str, **environment: str) -> tuple[int, str]:
        """Run a phase; ``environment`` is for the callback that kills."""
        plugins = str(ROOT / "tests" / "soak" / "callback_plugins")
        words = ("-e", f"redis_rotate_phase={phase}", "-e", "redis_rotate_drain_timeout=1", *options)
        return self.host.run("rotate", *words, ANSIBLE_CALLBACK_PLUGINS=plugins, **environment)

    def play(self, phase: str, *options: str, **environment: str) -> str:
        """Run a phase that must succeed; return its output."""
        status, output = self.run(phase, *options, **environment)
        assert status == 0, output[-4000:]
        return output

    def files(self) -> dict[str, str]:
        """Return what is in the folder of secrets, by name."""
        return {path.name: path.read_text().strip() for path in self.host.secrets.iterdir()}

    def hashes(self, user: str) -> tuple[set[str], set[str]]:
        """Return the hashes of a user that the server has, and those in its ACL file."""
        lines = [self.host.say("operator", "ACL LIST"), self.host.ask("cat /etc/redis/users.acl")]
        found = [line for text in lines for line in text.splitlines() if f"user {user} " in line]
        assert len(found) == 2, lines
        live, kept = ({word[1:] for word in line.split() if word.startswith("#")} for line in found)
        return live, kept

    def accepted(self, user: str) -> set[str]:
        """Return the hashes of the passwords of a user that lie on the controller and are still meant to be valid."""
        names = (user, f"{user}.next", f"{user}.old")
        return {hashlib.sha256(self.files()[name].encode()).hexdigest() for name in names if name in self.files()}

    def counts(self, name: str) -> Counts:
        """Return what a writer tells, as of now."""
        return Counts(**json.loads(self.host.ask(f"cat /srv/app/{name}.json")))

    def assert_at_work(self) -> None:
        """Wait until every writer has written anew, and see that none ever met an error."""
        for name in WRITERS:
            before = self.counts(name)
            deadline = time.monotonic() + 10
            while self.counts(name).written < before.written + 3:
                assert time.monotonic() < deadline, f"{name} does not write any more: {before}"
                time.sleep(0.1)
            assert self.counts(name).errors == []

    def assert_settled(self) -> None:
        """See that there is one password for each user, everywhere the same, and nothing else left."""
        self.assert_at_work()
        assert sorted(self.files()) == ["admin", *USERS]
        for user in USERS:
            live, kept = self.hashes(user)
            assert live == kept == self.accepted(user), user
            assert len(live) == 1
        handed_over = dict(line.split("=", 1) for line in self.host.ask(f"cat {FILE}").splitlines())
        assert handed_over["REDIS_PASSWORD"] == self.files()["app"]
        assert self.host.leftovers() == []


@pytest.fixture(scope="module")
def rotation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rotation]:
    client = {"name": "app", "host": NAME, "path": FILE}
    with site(
        NAME, tmp_path_factory.mktemp("home"), redis_tls_clients=["app"], redis_handover_clients=[client]
    ) as host:
        baselines.install(NAME)
        host.play("harden")
        program = Path(__file__).with_name("writer.py").read_text(encoding="utf-8")
        inside(NAME, f"cat > /srv/app/writer.py <<'END'\n{program}\nEND\n")
        for name, seconds in WRITERS.items():
            inside(NAME, f"systemd-run --quiet --unit=writer-{name} python3 /srv/app/writer.py {name} {seconds} {FILE}")
        time.sleep(2)
        started = Rotation(host)
        started.assert_settled()
        yield started


def test_a_whole_rotation(rotation: Rotation) -> None:
    before = rotation.files()
    rotation.play("add")
    during = rotation.files()
    assert {during[f"{user}.old"] for user in USERS} == {before[user] for user in USERS}
    assert all(during[user] != before[user] for user in USERS)
    for user in USERS:
        live, kept = rotation.hashes(user)
        assert live == kept == rotation.accepted(user)
        assert len(live) == 2
    rotation.assert_at_work()

    again = rotation.play("add")
    assert (rotation.host.changed(again), rotation.files()) == (0, during)
    assert rotation.host.changed(rotation.host.play("harden")) == 0
    assert rotation.files() == during

    shown = rotation.play("show")
    assert rotation.host.changed(shown) == 0
    (steady,) = [line for line in shown.splitlines() if "steady" in line and "the old one" in line]
    assert "app" in steady

    status, output = rotation.run("retire")
    assert status != 0
    assert "app: 1 connection from before the new password was handed over" in output
    assert "(steady)" in output
    live, _kept = rotation.hashes("app")
    assert len(live) == 2, "who is still in use is kept"

    foreseen = rotation.play("retire", *FORCE, "--check", "--diff")
    done = rotation.play("retire", *FORCE)
    assert rotation.host.changed(foreseen) == rotation.host.changed(done) > 0
    rotation.assert_settled()
    assert rotation.counts("steady").reads > 1, "it was closed, and came back by the file"
    assert rotation.host.changed(rotation.play("retire")) == 0


def test_one_user_and_by_date(rotation: Rotation) -> None:
    before = rotation.files()
    chosen = ("-e", '{"redis_rotate_users": ["app"]}')
    foreseen = rotation.play("add", *chosen, "--check", "--diff")
    assert rotation.files() == before
    done = rotation.play("add", *chosen)
    assert rotation.host.changed(foreseen) == rotation.host.changed(done)
    assert sorted(rotation.files().keys() - before.keys()) == ["app.old"]
    status, _output = rotation.run("retire", *chosen, "-e", "redis_rotate_retire_after=1h")
    assert status != 0, "an hour is not over"
    rotation.play("retire", *chosen, "-e", "redis_rotate_retire_after=1s")
    rotation.assert_settled()
    changed = {name for name, value in rotation.files().items() if value != before[name]}
    assert changed == {"app"}


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ('{"redis_rotate_users": ["default"]}', "default: nobody logs in as it"),
        ('{"redis_rotate_users": ["admin", "app"]}', "admin: it is off; playbooks/break_glass.yml"),
        ('{"redis_rotate_users": ["ap"]}', "ap: it is not declared"),
        ('{"redis_rotate_hosts": ["elsewhere"]}', "Not in this play: elsewhere"),
    ],
)
def test_what_cannot_be_rotated_is_refused_before_anything_changes(
    rotation: Rotation, options: str, reason: str
) -> None:
    before = rotation.files()
    status, output = rotation.run("add", "-e", options)
    assert status != 0
    assert reason in output
    assert rotation.files() == before
    rotation.assert_settled()


class Told(NamedTuple):
    """What a whole rotation of secrets that we planted told, and its tasks: numbers by ``all`` and ``changed``."""

    planted: dict[str, str]
    needles: list[str]
    outputs: list[str]
    watch: ProcessWatch
    tasks: dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def told(rotation: Rotation, tmp_path_factory: pytest.TempPathFactory) -> Told:
    # As a run leaves it that died while it made them.
    planted = {user: secrets.token_urlsafe(32) for user in USERS[:2]}
    needles = [*planted.values(), *(rotation.files()[user] for user in USERS)]
    for user, value in planted.items():
        path = rotation.host.secrets / f"{user}.next"
        path.touch(mode=0o600)
        path.write_text(value)
    folder = tmp_path_factory.mktemp("tasks")
    loud = ("-vvv", "--diff")
    with ProcessWatch(needles) as watch:
        outputs = [
            rotation.play("add", *loud, RAMPART_TASKS=str(folder / "add")),
            rotation.play("show", *loud),
            rotation.play("retire", *FORCE, *loud, RAMPART_TASKS=str(folder / "retire")),
        ]
    tasks = {phase: json.loads((folder / phase).read_text()) for phase in FEW}
    return Told(planted, needles, outputs, watch, tasks)


def test_no_secret_is_told(rotation: Rotation, told: Told) -> None:
    assert {user: rotation.files()[user] for user in told.planted} == told.planted
    hashes = [hashlib.sha256(value.encode()).hexdigest() for value in told.needles]
    everything = [*told.needles, *hashes]
    assert [word for word in everything for output in told.outputs if word in output] == []
    assert told.watch.found == set()
    assert told.watch.seen > 0
    said = rotation.host.ask("journalctl --no-pager --output cat; cat /var/log/redis/*")
    assert [word for word in everything if word in said] == []
    record = rotation.host.ask("stat -c '%a %U' /var/lib/rampart/passwords/*; cat /var/lib/rampart/passwords/*")
    assert record.startswith("600 root\n")
    assert [word for word in everything if word in record] == []
    rotation.assert_settled()


def _spread(numbers: list[int], count: int) -> list[int]:
    return [numbers[index * len(numbers) // count] for index in range(count)]


def _moments(tasks: dict[str, Any], few: int) -> list[tuple[int, float]]:
    """Return at which tasks, and how long after their beginning, the controller is to die."""
    changed: list[int] = tasks["changed"]
    middle = [(number, IN_THE_MIDDLE) for number in (changed if ALL else _spread(changed, few))]
    return [(number, 0.0) for number in range(1, tasks["all"] + 1)] + middle if ALL else middle


def test_the_next_run_finishes_the_work(rotation: Rotation, told: Told, subtests: pytest.Subtests) -> None:
    moments = {phase: _moments(told.tasks[phase], few) for phase, few in FEW.items()}
    # A whole rotation for each pair of moments, one in the first phase and one in the second.
    for index in range(max(map(len, moments.values()))):
        before = rotation.files()
        dying = {phase: where[index] for phase, where in moments.items() if index < len(where)}
        with subtests.test(**{phase: str(moment) for phase, moment in dying.items()}):
            for phase in FEW:
                if phase in dying:
                    number, delay = dying[phase]
                    killed = {"RAMPART_KILL_AT": str(number), "RAMPART_KILL_AFTER": str(delay)}
                    status, output = rotation.run(phase, *FORCE, **killed)
                    assert status == -signal.SIGKILL, output[-4000:]
                    rotation.assert_at_work()
                rotation.play(phase, *FORCE)
                rotation.assert_at_work()
            rotation.assert_settled()
            assert all(rotation.files()[user] != before[user] for user in USERS)
