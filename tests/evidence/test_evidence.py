"""evidence.yml against a plain server in use: whole, for its recipient only, and the host as it was."""

from __future__ import annotations

import hashlib
import json
import re
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import yaml

from tests import targets
from tests.attacks import baselines
from tests.live.evidence.opening import Recipient, opened, recipient, unpacked
from tests.site import site
from tests.undo.state import State

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.site import Site

pytestmark = pytest.mark.docker

KEYS = 300
SECONDS = 60.0
SECRET = "planted-masterauth-4711"
CRONTAB = "/var/spool/cron/crontabs/nobody"
LINE = "* * * * * /tmp/.x planted-crontab-4711\n"
PLANT = f"""
apt-get install -y --no-install-recommends python3-redis
for n in $(seq {KEYS}); do echo SET key:$n value:$n; done | $product-cli > /dev/null
$product-cli CONFIG SET masterauth {SECRET}
$product-cli SAVE
$product-cli SET key:newer unsaved
$product-cli AUTH intruder a-wrong-password || true
mkdir -p $(dirname {CRONTAB})
printf '%s' '{LINE}' > {CRONTAB}
nohup $product-cli SUBSCRIBE news > /dev/null 2>&1 &
"""
# What Ansible itself leaves, and what a host at work writes anyway.
ALIVE = ("/root/.ansible", "/var/log/", "/run/", "/var/lib/systemd/", "/var/cache/")
LISTING = "find / /tmp /var/tmp /dev/shm -xdev -not -path '/proc/*' -not -path '/sys/*' | sort -u"


class Played(NamedTuple):
    """One run of the playbook, with the state of the host around it."""

    host: Site
    output: str
    seconds: float
    before: tuple[State, str]
    after: tuple[State, str]
    bundle: Path
    who: Recipient


def _state(host: Site) -> tuple[State, str]:
    return State.read(host), host.ask(LISTING)


def _evidence(host: Site, who: Recipient | None, *options: str) -> tuple[int, str]:
    given = ("-e", f"redis_evidence_recipients={who.certificate}") if who else ()
    return host.run("evidence", *given, "-e", "redis_evidence_incident='ticket 4711'", *options)


@pytest.fixture(scope="module", params=targets.on("bookworm"))
def host(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site("rampart-evidence", tmp_path_factory.mktemp("home"), request.param) as host:
        baselines.install(host.name, host.product)
        host.ask(PLANT)
        yield host


@pytest.fixture(scope="module")
def played(host: Site, tmp_path_factory: pytest.TempPathFactory) -> Played:
    who = recipient(tmp_path_factory.mktemp("keys"), "us")
    before = _state(host)
    began = time.monotonic()
    status, output = _evidence(host, who, "-vvv", "--diff")
    seconds = time.monotonic() - began
    assert status == 0, output[-6000:]
    (bundle,) = (host.home / "controller" / "evidence").iterdir()
    return Played(host, output, seconds, before, _state(host), bundle, who)


@pytest.fixture(scope="module")
def folder(played: Played, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpacked(played.bundle, played.who, tmp_path_factory.mktemp("open"))


def _json(path: Path) -> Any:  # noqa: ANN401
    return json.loads(path.read_text(encoding="utf-8"))


def test_it_is_complete_in_time(played: Played, folder: Path) -> None:
    """From the first question to the last; how long Ansible takes for its own tasks says the printed figure."""
    manifest = _json(folder / "manifest.json")
    began, ended = (datetime.fromisoformat(manifest[name]) for name in ("began_at", "ended_at"))
    seconds = (ended - began).total_seconds()
    print(f"collected in {seconds:.1f} s; the playbook took {played.seconds:.1f} s")  # noqa: T201 - the figure of this run
    assert 0 < seconds < SECONDS


def test_it_opens_with_the_right_key_only(played: Played, folder: Path, tmp_path: Path) -> None:
    assert (folder / "manifest.json").is_file()
    done = opened(played.bundle, recipient(tmp_path, "stranger"), tmp_path / "open")
    assert done.returncode != 0
    assert [path for path in (tmp_path / "open").rglob("*") if path.stat().st_size and path.is_file()] == []


def test_it_is_closed_on_the_controller(played: Played) -> None:
    assert played.bundle.stat().st_mode & 0o777 == 0o600
    assert played.bundle.parent.stat().st_mode & 0o777 == 0o700


def test_every_file_is_in_the_manifest_and_every_gap_has_a_reason(folder: Path) -> None:
    manifest = _json(folder / "manifest.json")
    held = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    named = {row["name"]: row["sha256"] for row in manifest["files"]}
    assert held == {*named, "timeline.txt", "manifest.json", "SHA256SUMS"}
    assert {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in named} == named
    assert all(row["reason"] for row in manifest["missing"])
    assert manifest["incident"] == "ticket 4711"
    assert not {row["name"] for row in manifest["missing"] if row["name"].startswith("server/")}
    wanted = {"host/sockets.txt", "host/journal_server.txt", "host/packages.txt", "host/unit.txt", "data/dump.rdb"}
    assert wanted <= held


def test_memory_is_in_it(played: Played, folder: Path) -> None:
    assert SECRET in (folder / "server" / "config.json").read_text()
    assert "intruder" in (folder / "server" / "acl_log.json").read_text()
    assert "cmd=subscribe" in (folder / "server" / "client_list.txt").read_text()
    assert _json(folder / "manifest.json")["data"]["state"] == "saved"
    saved, before = ((folder / "data" / name).read_bytes() for name in ("dump.rdb", "dump-before.rdb"))
    assert b"unsaved" in saved
    assert b"unsaved" not in before
    now = played.host.ask("sha256sum < /var/lib/$product/dump.rdb").split()[0]
    assert hashlib.sha256(saved).hexdigest() == now


def test_the_foothold_is_in_it(folder: Path) -> None:
    rows = {row["path"]: row for row in _json(folder / "host" / "footholds.json")}
    assert rows[CRONTAB]["sha256"] == hashlib.sha256(LINE.encode()).hexdigest()


def test_the_timeline_tells_the_story(played: Played, folder: Path) -> None:
    lines = (folder / "timeline.txt").read_text(encoding="utf-8").splitlines()
    assert lines == sorted(lines, key=lambda line: line.split("\t")[0])
    assert {len(line.split("\t")) for line in lines} == {3}
    journal = f"Started {played.host.product.unit}"
    for words in ("intruder", CRONTAB, "the server started", "the data was saved", "connected", journal):
        assert [line for line in lines if words in line], words
    assert all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\t", line) for line in lines)


def test_the_server_and_the_host_are_as_they_were(played: Played) -> None:
    assert played.before[0] == played.after[0]
    left = set(played.after[1].splitlines()) - set(played.before[1].splitlines())
    assert {path for path in left if not path.startswith(ALIVE)} == set()


def test_no_secret_in_the_output(played: Played) -> None:
    said = ("intruder", SECRET, "planted-crontab-4711", "unsaved", "value:1")
    assert [word for word in said if word in played.output] == []
    assert played.bundle.name in played.output
    assert hashlib.sha256(played.bundle.read_bytes()).hexdigest() in played.output


def test_without_a_recipient_nothing_is_asked(host: Site) -> None:
    calls = "$product-cli INFO commandstats | grep -E 'cmdstat_(bgsave|config.get|acl.list)' | cut -d, -f1"
    before = host.ask(calls)
    status, output = _evidence(host, None)
    assert status != 0
    assert "nobody could open the bundle" in output
    assert host.ask(calls) == before


def test_check_mode_says_what_would_be_collected(host: Site, played: Played, tmp_path: Path) -> None:
    home = host.at(tmp_path)
    before = _state(host)[1]
    status, output = _evidence(home, played.who, "--check", "-v")
    assert status == 0, output[-3000:]
    assert "server/acl_log.json" in output
    assert not (tmp_path / "controller").exists()
    left = set(_state(host)[1].splitlines()) - set(before.splitlines())
    assert {path for path in left if not path.startswith(ALIVE)} == set()


def test_a_host_that_is_lost_stops_no_other(host: Site, played: Played, tmp_path: Path) -> None:
    home = host.at(tmp_path)
    inventory = yaml.safe_load((tmp_path / "inventory.yml").read_text())
    lost = {"ansible_connection": "rampart_docker", "redis_server_controller_dir": str(tmp_path / "controller")}
    inventory["redis"]["hosts"] = {"rampart-lost": lost, **inventory["redis"]["hosts"]}
    (tmp_path / "inventory.yml").write_text(yaml.safe_dump(inventory))
    status, output = _evidence(home, played.who)
    assert status != 0
    assert "Nothing was collected of: rampart-lost" in " ".join(output.split())
    (bundle,) = (tmp_path / "controller" / "evidence").iterdir()
    assert unpacked(bundle, played.who, tmp_path / "open").is_dir()
