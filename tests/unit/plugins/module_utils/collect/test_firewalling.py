"""Trials, with programs that only note what they were asked; the real ones are in molecule's redis_firewall."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils import host
from ansible_collections.rampart.redis.plugins.module_utils.collect import arrivals, firewalling, nftables, trials
from ansible_collections.rampart.redis.plugins.module_utils.errors import HostError, InputError
from ansible_collections.rampart.redis.plugins.module_utils.firewall.places import Place
from ansible_collections.rampart.redis.plugins.module_utils.firewall.wish import Session
from ansible_collections.rampart.redis.tests.unit.plugins.module_utils.firewall.cases import PARAMS

if TYPE_CHECKING:
    from pathlib import Path

OPTIONS = {**PARAMS, "state": "present", "unit": "redis-server.service", "confirm_within": 60, "other_manager": "warn"}
# Notes its words, and answers from files: what is loaded, and whether to fail.
NFT = """#!/bin/sh
echo "nft $*" >> '{log}'
case "$*" in
  *"-f -") [ ! -e '{home}/refuse' ] || {{ cat '{home}/refuse' >&2; exit 1; }}; cat > '{home}/loaded' ;;
  *"--json list ruleset") echo '{{"nftables": []}}' ;;
  *list*) [ -e '{home}/table' ] || {{ echo 'Error: No such file or directory' >&2; exit 1; }}; cat '{home}/table' ;;
esac
"""
NOTE = "#!/bin/sh\necho \"$(basename $0) $*\" >> '{log}'\n[ ! -e '{home}/no-systemd' ] || exit 1\n"
UNSHARE = "#!/bin/sh\nshift 5\nexec cat '{home}/wanted'\n"


class Home(Place):
    """A place below a folder of the test."""

    root = ""

    @property
    def file(self) -> str:
        return f"{self.root}/etc/{self.slug}.nft"

    @property
    def unit_file(self) -> str:
        return f"{self.root}/etc/{self.unit}"

    @property
    def drop_in(self) -> str:
        return f"{self.root}/etc/nftables.service.d/{self.slug}.conf"

    @property
    def trial(self) -> str:
        return f"{self.root}/run/{self.slug}"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    programs = {"nft": NFT, "unshare": UNSHARE, "systemctl": NOTE, "systemd-run": NOTE}
    (tmp_path / "bin").mkdir()
    for name, text in programs.items():
        path = tmp_path / "bin" / name
        path.write_text(text.format(home=tmp_path, log=tmp_path / "log"))
        path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    monkeypatch.setattr(Home, "root", str(tmp_path))
    place = Home("rampart", "Firewall")
    monkeypatch.setattr(firewalling, "FIREWALL_PLACE", place)
    monkeypatch.setattr(firewalling, "PLACES", (place,))
    monkeypatch.setattr(firewalling, "_ENABLED", str(tmp_path / "wants"))
    monkeypatch.setattr(firewalling, "_UFW", str(tmp_path / "ufw.conf"))
    monkeypatch.setattr(arrivals, "session", lambda: None)
    monkeypatch.setattr(arrivals, "connected", lambda: iter([("10.66.0.1", 6379)]))
    monkeypatch.setattr(arrivals, "listening", lambda: iter([("10.0.0.1", 6379), ("10.0.0.1", 80), ("127.0.0.1", 81)]))
    (tmp_path / "wanted").write_text(_table("drop") + "\ntable inet rampart\n")
    return tmp_path


def _table(policy: str, packets: int = 0) -> str:
    rows = [
        {"chain": {"table": "rampart", "name": "input", "policy": policy, "handle": packets}},
        {"counter": {"table": "rampart", "name": "redis_refused", "packets": packets, "bytes": packets}},
    ]
    return json.dumps({"nftables": rows}) + "\n"


def _log(home: Path) -> list[str]:
    return (home / "log").read_text().splitlines() if (home / "log").exists() else []


def _run(check_mode: bool = False, **options: Any) -> dict[str, Any]:  # noqa: ANN401, FBT002 - a module's options
    return firewalling.firewall({**OPTIONS, **options}, check_mode=check_mode)


def _confirmed(home: Path) -> None:
    (home / "wants").mkdir(exist_ok=True)
    _run()
    assert _run(state="confirmed") == {"changed": True, "pending": False}
    (home / "wants" / "rampart-firewall.service").symlink_to("/dev/null")
    (home / "table").write_text(_table("drop", 7))
    (home / "log").unlink()


def test_a_trial_is_armed_before_it_begins_and_writes_no_file(home: Path) -> None:
    found = _run()
    assert (found["changed"], found["pending"]) == (True, True)
    log = _log(home)
    armed = next(index for index, line in enumerate(log) if line.startswith("systemd-run "))
    loaded = next(index for index, line in enumerate(log) if line.endswith("nft -f -"))
    assert armed < loaded
    assert "--on-active=60" in log[armed]
    assert not (home / "etc").exists()
    assert (home / "run" / "rampart-firewall" / "before.nft").read_text().endswith("delete table inet rampart\n")
    assert (home / "run" / "rampart-firewall").stat().st_mode & 0o777 == 0o700


def test_what_is_to_be_known_is_said(home: Path) -> None:
    (home / "ufw.conf").write_text("ENABLED=yes\n")
    found = _run(check_mode=True)
    assert found["strangers"] == ["10.66.0.1 (port 6379)"]
    assert found["warnings"] == [
        "connected now, and let in no more: 10.66.0.1 (port 6379)",
        "these ports listen, and nothing opens them (see others): 80",
        "ufw is active beside these rules: a packet must be let in by both",
    ]


def test_check_mode_changes_nothing(home: Path) -> None:
    found = _run(check_mode=True)
    assert (found["changed"], found["pending"]) == (True, False)
    assert found["diff"][0]["after"] == "table inet rampart\n"
    assert not (home / "run").exists()
    assert not [line for line in _log(home) if "-f" in line or "systemd-run" in line]


@pytest.mark.usefixtures("home")
def test_a_confirmation_without_a_trial_is_an_error() -> None:
    with pytest.raises(HostError, match="nothing waits for a confirmation"):
        _run(state="confirmed")
    assert _run(check_mode=True, state="confirmed") == {"changed": False, "pending": False}


def test_confirmed_is_kept_and_a_second_run_changes_nothing(home: Path) -> None:
    _confirmed(home)
    assert (home / "etc" / "rampart-firewall.nft").stat().st_mode & 0o777 == 0o640
    found = _run()
    assert (found["changed"], found["pending"], found["diff"]) == (False, False, [])
    assert found["counters"] == {"redis_refused": 7}
    assert not [line for line in _log(home) if "-f -" in line or "systemd-run" in line]


@pytest.mark.parametrize("name", ["rampart-firewall.nft", "rampart-firewall.service", "nftables.service.d"])
def test_a_file_that_was_changed_is_mended(home: Path, name: str) -> None:
    _confirmed(home)
    path = home / "etc" / name
    (path / "rampart-firewall.conf" if path.is_dir() else path).write_text("changed\n")
    found = _run()
    assert found["pending"]
    assert "changed\n" in [part["before"] for part in found["diff"]]


def test_rules_that_were_changed_are_mended_and_counters_go_on(home: Path) -> None:
    _confirmed(home)
    (home / "table").write_text(_table("accept", 9))
    assert _run()["pending"]
    assert "counter redis_refused { packets 9 bytes 9 }" in (home / "loaded").read_text()


def test_rules_that_are_refused_leave_nothing_armed(home: Path) -> None:
    (home / "refuse").write_text("/dev/stdin:1:1-5: Error: no\n")
    with pytest.raises(HostError, match=r"nft refuses line 1 \(table inet rampart\): no"):
        _run()
    assert not (home / "run" / "rampart-firewall" / "armed").exists()
    assert _log(home)[-1] == "systemctl stop rampart-firewall-rollback.timer"


def test_what_cannot_be_taken_back_is_not_begun(home: Path) -> None:
    (home / "no-systemd").touch()
    with pytest.raises(HostError, match="systemd-run"):
        _run()
    assert not (home / "loaded").exists()
    assert not (home / "run" / "rampart-firewall" / "armed").exists()


def test_what_cannot_be_kept_is_taken_back(home: Path) -> None:
    (home / "table").write_text(_table("accept"))
    _run()
    (home / "no-systemd").touch()
    with pytest.raises(HostError, match="cannot be kept, and the rules from before are back"):
        _run(state="confirmed")
    assert not (home / "etc" / "rampart-firewall.nft").exists()
    assert (home / "loaded").read_text().endswith(_table("accept"))


def test_the_timer_and_the_confirmation_exclude_each_other(home: Path) -> None:
    _run()
    place = Home("rampart", "Firewall")
    host.run_ok(["sh", f"{place.trial}/rollback"])
    assert "before.nft" in _log(home)[-1]
    with pytest.raises(HostError, match="it was taken back already"):
        trials.confirm(place, "nft")
    before = _log(home)
    host.run_ok(["sh", f"{place.trial}/rollback"])
    assert _log(home) == before


def test_a_run_after_one_that_died_takes_its_trial_back_first(home: Path) -> None:
    _run()
    (home / "log").unlink()
    _run()
    loads = [line for line in _log(home) if " -f " in line]
    assert [line.rpartition(" ")[2] for line in loads] == ["before.nft", "-"]


def test_a_trial_that_looks_right_is_not_taken_for_done(home: Path) -> None:
    _confirmed(home)
    (home / "table").write_text(_table("accept"))
    _run()
    # The run dies here. What it loaded is what is wished, the files are right, and the timer is about to undo it.
    (home / "table").write_text(_table("drop"))
    assert _run(check_mode=True)["changed"]
    assert _run()["pending"]


def test_absent_removes_everything_and_then_has_nothing_to_do(home: Path) -> None:
    _confirmed(home)
    assert _run(check_mode=True, state="absent")["changed"]
    assert (home / "etc" / "rampart-firewall.nft").exists()
    assert _run(state="absent")["changed"]
    assert [path for path in (home / "etc").rglob("*") if path.is_file()] == []
    assert (home / "loaded").read_text() == "table inet rampart\ndelete table inet rampart\n"
    (home / "table").unlink()
    assert not _run(state="absent")["changed"]


def test_without_nft_only_check_mode_goes_on(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nftables, "program", lambda: None)
    found = _run(check_mode=True)
    assert found["changed"]
    assert "nft is not installed yet" in found["warnings"][0]
    with pytest.raises(HostError, match=r"nft: is not installed\. Install the package nftables"):
        _run()
    assert _run(state="absent")["changed"] is False
    assert not (home / "run").exists()


def test_an_account_that_is_missing(home: Path) -> None:
    found = _run(check_mode=True, user="no-such-account")
    assert "there is no account 'no-such-account' yet" in found["warnings"][0]
    with pytest.raises(HostError, match="user: there is no account 'no-such-account' here"):
        _run(user="no-such-account")
    assert not (home / "run").exists()


def test_our_own_session_is_not_cut(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrivals, "session", lambda: Session("192.0.2.5", 22))
    for state in ("present", "quarantined"):
        with pytest.raises(
            InputError, match=r"this session came from 192\.0\.2\.5 to port 22, and would be locked out"
        ):
            _run(state=state, others=[{"port": 22, "protocol": "tcp", "sources": ["10.0.0.1"]}])
    assert not (home / "run").exists()


def test_a_host_with_another_manager_is_left_alone_when_asked_to(home: Path) -> None:
    assert _run(other_manager="leave")["changed"]
    (home / "ufw.conf").write_text("ENABLED=yes\n")
    assert _run(other_manager="leave")["left"] == ["ufw"]
    assert _run(other_manager="leave")["changed"] is False


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("seconds", [9, 3601])
def test_a_window_that_is_too_short_or_too_long(seconds: int) -> None:
    with pytest.raises(InputError, match="confirm_within: must be 10 to 3600"):
        _run(confirm_within=seconds)
