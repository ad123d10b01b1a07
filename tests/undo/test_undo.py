"""Harden a server in use, undo it, and compare files to the byte and data to the key; then harden it as if new."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests import targets
from tests.attacks import baselines
from tests.attacks.canary import SECRET_KEY, SECRET_VALUE
from tests.attacks.destruction import read_secret
from tests.attacks.shell import main_pid
from tests.attacks.targets import target_of
from tests.site import Site, site

from .state import FILES, State

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.docker

KEYS = 500
SAVING = "Save files, modes, running values and a snapshot of the data"

# The owner's own drop-in, a value and a user that no file knows, modes as old guides have them.
IN_USE = f"""
owner=/etc/systemd/system/$product-server.service.d/owner.conf
mkdir -p $(dirname $owner)
printf '[Service]\\nNice=1\\n' > $owner
chmod 0664 $owner
systemctl daemon-reload && systemctl restart $product-server
for number in $(seq {KEYS}); do echo "SET old:$number value-$number"; done | $product-cli > /dev/null
$product-cli SET {SECRET_KEY} '{SECRET_VALUE}'
$product-cli CONFIG SET maxmemory 100mb
$product-cli ACL SETUSER shop on '>a-shop-of-long-ago' '~shop:*' '+@read'
$product-cli SAVE
chmod 0755 /etc/$product /var/lib/$product && chmod 0644 /etc/$product/$product.conf /var/lib/$product/dump.rdb
"""

# What makes an undo impossible: copies that are not what was saved, and a saved configuration that looks for its data
# elsewhere, so that a start with it would be empty.
DAMAGED = "for copy in $checkpoint/files/*; do echo >> $copy; done"
ELSEWHERE = """
python3 - $checkpoint $product <<'END'
import hashlib, json, sys
from pathlib import Path
folder, product = Path(sys.argv[1]), sys.argv[2]
manifest = json.loads((folder / "manifest.json").read_text())
entry = next(entry for entry in manifest["entries"] if entry["path"] == f"/etc/{product}/{product}.conf")
text = (folder / "files" / entry["sha256"]).read_text().replace(f"\\ndir /var/lib/{product}", "\\ndir /tmp")
entry["sha256"] = hashlib.sha256(text.encode()).hexdigest()
(folder / "files" / entry["sha256"]).write_text(text)
(folder / "manifest.json").write_text(json.dumps(manifest))
END
"""


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
    return read_secret(target_of(host.name, "before", host.home, None, host.product)).succeeded


@pytest.fixture(scope="module", params=targets.on("bookworm", "trixie", "valkey"))
def host(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    # Addresses that have to be asked for, which undo.yml does not do. Who may connect must find the old door closed,
    # not hidden.
    ours = "{{ [ansible_facts['default_ipv4']['gateway']] }}"
    firewall: dict[str, Any] = {
        "redis_harden_firewalls": ["host"],
        "redis_firewall_bastions": ours,
        "redis_firewall_clients": ours,
        "redis_firewall_redis_ports": [6379, 6380],
    }
    with site("rampart-undo", tmp_path_factory.mktemp("home"), request.param, **firewall) as host:
        yield host


@pytest.fixture(scope="module")
def runs(host: Site) -> Runs:
    baselines.install(host.name, host.product)
    baselines.open_to_all(host.name, host.product)
    host.ask(IN_USE)
    before = State.read(host)
    stolen = [_steal(host)]
    hardened = host.play("harden")
    stolen.append(_steal(host))
    files_hardened = host.ask(FILES)
    door_hardened = host.ask("timeout 5 $product-cli PING 2>&1 || true")
    folder = host.checkpoint
    checkpoint = host.ask(f"find {folder} -printf '%m %U %P\\n'; cat {folder}/manifest.json | tr -d '\\n'")
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


@pytest.fixture
def saved(host: Site, runs: Runs) -> Iterator[str]:
    """Yield the checkpoint of the hardened host, which the test may damage."""
    assert host.changed(runs.second_run) == 0
    host.ask(f"cp -a {host.checkpoint} /root/whole")
    yield host.checkpoint
    host.ask(f"rm -r {host.checkpoint}; mv /root/whole {host.checkpoint}")


def test_hardening_changed_all_of_it(host: Site, runs: Runs) -> None:
    assert host.changed(runs.hardened) > 0
    assert runs.files_hardened != runs.before.files
    assert "PONG" not in runs.door_hardened
    assert "table inet rampart" in runs.files_hardened


def test_the_checkpoint_is_for_root_only(runs: Runs) -> None:
    *rows, manifest = runs.checkpoint.splitlines()
    rights = {tuple(row.split(" ")[:2]) for row in rows}
    assert rights == {("700", "0"), ("600", "0")}
    assert json.loads(manifest)["snapshot"]["keys"] == KEYS + 1


def test_check_mode_says_what_would_come_back_and_undoes_nothing(host: Site, runs: Runs) -> None:
    assert f"-{host.product.config_dir}/users.acl file" in runs.check
    # The host as it was, and the firewall.
    assert host.changed(runs.check) == 2
    assert host.changed(runs.undone) == 2


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


def test_the_checkpoint_is_filed_away(host: Site, runs: Runs) -> None:
    first, second = sorted(runs.archive.split())
    assert first == "archive"
    assert re.fullmatch(rf"archive/{host.product.server}-\d{{8}}T\d{{6}}Z", second)


def test_there_is_nothing_to_undo_twice(host: Site, runs: Runs) -> None:
    assert host.changed(runs.undone_again) == 0
    assert "there is no checkpoint" in runs.undone_again


def test_it_is_hardened_as_if_new_and_then_for_good(host: Site, runs: Runs) -> None:
    assert host.changed(runs.hardened_again) > 0
    assert SAVING in runs.hardened_again
    assert host.changed(runs.second_run) == 0
    assert SAVING not in runs.second_run, "a hardened host is not even asked"


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (DAMAGED, "is damaged, so nothing was put back"),
        (ELSEWHERE, "would start with /tmp and not find its data"),
    ],
    ids=["damaged checkpoint", "restart refused"],
)
def test_an_undo_that_is_refused_leaves_the_host_hardened(host: Site, saved: str, damage: str, reason: str) -> None:
    before = host.ask(FILES), main_pid(host.name, host.product.unit)
    host.ask(f"checkpoint={saved}\n{damage}")
    status, output = host.run("undo")
    assert status != 0
    assert reason in output
    assert (host.ask(FILES), main_pid(host.name, host.product.unit)) == before


def test_with_the_data_the_newer_keys_go_to_the_archive(host: Site, runs: Runs) -> None:
    assert host.changed(runs.second_run) == 0
    assert "OK\nOK" in host.say("app", "SET app:new 1")
    host.play("undo", "-e", "redis_undo_data=true")
    assert State.read(host).keys == runs.before.keys
    newer = host.ask("ls /var/lib/rampart/undo/archive/*/after/dump.rdb").split()
    assert len(newer) == 1
    assert "app:new" in host.ask(f"grep -ao 'app:new' {newer[0]}")
