"""Harden a server in use, undo it, and compare files to the byte and data to the key; then harden it as if new."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.attacks import baselines
from tests.attacks.canary import SECRET_KEY, SECRET_VALUE
from tests.attacks.destruction import read_secret
from tests.attacks.shell import inside, main_pid
from tests.attacks.targets import target_of

from .site import Site, site

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.docker

NAME = "rampart-undo"
CHECKPOINT = "/var/lib/rampart/undo/redis-server"
UNIT = "redis-server.service"
CLIENT = (
    "redis-cli -p 6380 --tls --cacert /etc/redis/tls/ca-cert.pem "
    "--cert /etc/redis/tls/operator-cert.pem --key /etc/redis/tls/operator-key.pem"
)
KEYS = 500
SAVING = "Save files, modes, running values and a snapshot of the data"

# The owner's own drop-in, a value and a user that no file knows, modes as old guides have them.
IN_USE = f"""
mkdir -p /etc/systemd/system/redis-server.service.d
printf '[Service]\\nNice=1\\n' > /etc/systemd/system/redis-server.service.d/owner.conf
chmod 0664 /etc/systemd/system/redis-server.service.d/owner.conf
systemctl daemon-reload && systemctl restart redis-server
for number in $(seq {KEYS}); do echo "SET old:$number value-$number"; done | redis-cli > /dev/null
redis-cli SET {SECRET_KEY} '{SECRET_VALUE}'
redis-cli CONFIG SET maxmemory 100mb
redis-cli ACL SETUSER shop on '>a-shop-of-long-ago' '~shop:*' '+@read'
redis-cli SAVE
chmod 0755 /etc/redis /var/lib/redis && chmod 0644 /etc/redis/redis.conf /var/lib/redis/dump.rdb
"""
FILES = """
for path in $(find /etc/redis /etc/systemd/system/redis-server.service.d /etc/sysctl.d 2>/dev/null | sort); do
  stat -c '%n %F %a %U:%G' $path; [ -d $path ] || sha256sum $path
done
stat -c '%n %a %U:%G' /var/lib/redis /var/log/redis /var/lib/redis/dump.rdb /var/log/redis/*
sysctl vm.overcommit_memory net.core.somaxconn
"""


# A saved configuration that looks for its data elsewhere: a start with it would be empty.
ELSEWHERE = f"""
import hashlib, json
from pathlib import Path
folder = Path("{CHECKPOINT}")
manifest = json.loads((folder / "manifest.json").read_text())
entry = next(entry for entry in manifest["entries"] if entry["path"] == "/etc/redis/redis.conf")
text = (folder / "files" / entry["sha256"]).read_text().replace("\\ndir /var/lib/redis", "\\ndir /tmp")
entry["sha256"] = hashlib.sha256(text.encode()).hexdigest()
(folder / "files" / entry["sha256"]).write_text(text)
(folder / "manifest.json").write_text(json.dumps(manifest))
"""


class State(NamedTuple):
    """What can be seen of host and server through the old door."""

    files: str
    config: str
    users: str
    keys: str

    @classmethod
    def read(cls, host: Site) -> State:
        ask = "for key in $(redis-cli --scan | sort); do echo $key $(redis-cli GET $key); done"
        return cls(
            host.ask(FILES),
            host.ask("redis-cli CONFIG GET '*' | paste -d= - - | sort"),
            host.ask("redis-cli ACL LIST | sort"),
            host.ask(ask),
        )


class Runs(NamedTuple):
    """All that happened, in this order."""

    before: State
    stolen: list[bool]
    hardened: str
    files_hardened: str
    door_hardened: str
    checkpoint: str
    check: str
    undone: str
    after: State
    archive: str
    undone_again: str
    hardened_again: str
    second_run: str


def _steal(host: Site) -> bool:
    """Tell whether somebody without a login can read a secret, as tests/attacks tries it."""
    return read_secret(target_of(host.name, "before", host.home, None)).succeeded


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(NAME, tmp_path_factory.mktemp("home")) as host:
        yield host


@pytest.fixture(scope="module")
def runs(host: Site) -> Runs:
    baselines.install(NAME)
    baselines.open_to_all(NAME)
    inside(NAME, IN_USE)
    before = State.read(host)
    stolen = [_steal(host)]
    hardened = host.play("harden")
    stolen.append(_steal(host))
    files_hardened = host.ask(FILES)
    door_hardened = host.ask("timeout 5 redis-cli PING 2>&1 || true")
    checkpoint = host.ask(f"find {CHECKPOINT} -printf '%m %U %P\\n'; cat {CHECKPOINT}/manifest.json | tr -d '\\n'")
    check = host.play("undo", "--check", "--diff")
    undone = host.play("undo")
    after = State.read(host)
    stolen.append(_steal(host))
    return Runs(
        before=before,
        stolen=stolen,
        hardened=hardened,
        files_hardened=files_hardened,
        door_hardened=door_hardened,
        checkpoint=checkpoint,
        check=check,
        undone=undone,
        after=after,
        archive=host.ask("find /var/lib/rampart/undo -maxdepth 2 -printf '%P\\n'"),
        undone_again=host.play("undo"),
        hardened_again=host.play("harden"),
        second_run=host.play("harden"),
    )


def test_hardening_changed_all_of_it(host: Site, runs: Runs) -> None:
    assert host.changed(runs.hardened) > 0
    assert runs.files_hardened != runs.before.files
    assert "PONG" not in runs.door_hardened


def test_the_checkpoint_is_for_root_only(runs: Runs) -> None:
    *rows, manifest = runs.checkpoint.splitlines()
    rights = {tuple(row.split(" ")[:2]) for row in rows}
    assert rights == {("700", "0"), ("600", "0")}
    assert json.loads(manifest)["snapshot"]["keys"] == KEYS + 1


def test_check_mode_says_what_would_come_back_and_undoes_nothing(host: Site, runs: Runs) -> None:
    assert "-/etc/redis/users.acl file" in runs.check
    assert host.changed(runs.check) == 1
    assert host.changed(runs.undone) == 1


def test_files_modes_and_kernel_values_are_as_before(runs: Runs) -> None:
    assert runs.after.files == runs.before.files


def test_values_are_as_before(runs: Runs) -> None:
    assert "maxmemory=104857600" in runs.before.config
    assert runs.after.config == runs.before.config


def test_users_are_as_before(runs: Runs) -> None:
    assert "user shop on" in runs.before.users
    assert runs.after.users == runs.before.users


def test_no_key_is_lost(runs: Runs) -> None:
    assert len(runs.before.keys.splitlines()) == KEYS + 1
    assert runs.after.keys == runs.before.keys


def test_the_old_door_is_as_open_as_before(runs: Runs) -> None:
    assert runs.stolen == [True, False, True]


def test_the_checkpoint_is_filed_away(runs: Runs) -> None:
    first, second = sorted(runs.archive.split())
    assert first == "archive"
    assert re.fullmatch(r"archive/redis-server-\d{8}T\d{6}Z", second)


def test_there_is_nothing_to_undo_twice(host: Site, runs: Runs) -> None:
    assert host.changed(runs.undone_again) == 0
    assert "there is no checkpoint" in runs.undone_again


def test_it_is_hardened_as_if_new_and_then_for_good(host: Site, runs: Runs) -> None:
    assert host.changed(runs.hardened_again) > 0
    assert SAVING in runs.hardened_again
    assert host.changed(runs.second_run) == 0
    assert SAVING not in runs.second_run, "a hardened host is not even asked"


def test_a_damaged_checkpoint_changes_nothing(host: Site, runs: Runs) -> None:
    assert host.changed(runs.second_run) == 0
    before, pid = host.ask(FILES), main_pid(NAME, UNIT)
    host.ask(f"cp -a {CHECKPOINT} /root/whole; for copy in {CHECKPOINT}/files/*; do echo >> $copy; done")
    status, output = host.run("undo")
    assert status != 0
    assert "is damaged, so nothing was put back" in output
    assert (host.ask(FILES), main_pid(NAME, UNIT)) == (before, pid)


def test_when_the_restart_is_refused_the_files_stay_hardened(host: Site, runs: Runs) -> None:
    assert host.changed(runs.second_run) == 0
    before, pid = host.ask(FILES), main_pid(NAME, UNIT)
    host.ask(f"rm -r {CHECKPOINT}; cp -a /root/whole {CHECKPOINT}; python3 <<'END'\n{ELSEWHERE}\nEND\n")
    status, output = host.run("undo")
    assert status != 0
    assert "would start with /tmp and not find its data" in output
    assert (host.ask(FILES), main_pid(NAME, UNIT)) == (before, pid)


def test_with_the_data_the_newer_keys_go_to_the_archive(host: Site, runs: Runs) -> None:
    assert host.changed(runs.second_run) == 0
    host.ask(f"rm -r {CHECKPOINT}; mv /root/whole {CHECKPOINT}")
    password = (host.secrets / "app").read_text().strip()
    assert "OK\nOK" in host.ask(f"printf 'AUTH app %s\\nSET app:new 1\\n' '{password}' | {CLIENT}")
    host.play("undo", "-e", "redis_undo_data=true")
    assert State.read(host).keys == runs.before.keys
    newer = host.ask("ls /var/lib/rampart/undo/archive/*/after/dump.rdb").split()
    assert len(newer) == 1
    assert "app:new" in host.ask(f"grep -ao 'app:new' {newer[0]}")
