"""Module ``redis_rotation`` on real servers: the moment, who came in before it, and the end of the old password."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.acl import ages
from ansible_collections.rampart.redis.plugins.module_utils.acl.user import digest
from ansible_collections.rampart.redis.plugins.module_utils.errors import UnreachableError
from ansible_collections.rampart.redis.plugins.modules import redis_rotation
from ansible_collections.rampart.redis.tests.live.servers import Running, running
from ansible_collections.rampart.redis.tests.runner import fail, succeed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OLD, NEW = "0ld-kJ8vQ2xZ7pL4mN9bR5tY1wE3", "n3w-kJ8vQ2xZ7pL4mN9bR5tY1wE3"
ACL = (
    "user default off\n"
    f"user operator on #{digest(OLD)} ~* &* +@all\n"
    f"user app on #{digest(OLD)} #{digest(NEW)} ~app:* -@all +@read +ping\n"
)


@dataclass(frozen=True)
class Bench:
    """A server in the middle of a rotation, and the folder of its record."""

    server: Running
    folder: Path

    @property
    def file(self) -> Path:
        return self.folder / "x-users.acl.json"

    def options(self, phase: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
        stage = more.pop("stage", "open")
        login = {
            "login_unix_socket": self.server.endpoint.unix_socket,
            "login_user": "operator",
            "login_password": OLD,
            "tls": False,
        }
        users = [{"name": "app", "password_hash": digest(NEW), "stage": stage}]
        return {
            **login,
            "phase": phase,
            "users": users,
            "aclfile": "/x/users.acl",
            "ages_dir": str(self.folder),
            **more,
        }

    def run(self, phase: str, *, check_mode: bool = False, **more: Any) -> dict[str, Any]:  # noqa: ANN401
        return succeed(redis_rotation, self.options(phase, **more), check_mode=check_mode)


@pytest.fixture
def bench(binary: str, tmp_path: Path) -> Iterator[Bench]:
    with running(binary, acl=ACL) as server:
        yield Bench(server, tmp_path / "passwords")


# Servers count whole seconds: a connection of now is older than a moment that is yet to come.
COMING = -10.0


def _recorded(bench: Bench, seconds_ago: float) -> None:
    record = ages.handed_over({}, {"app": digest(NEW)}, time.time() - seconds_ago)
    bench.folder.mkdir()
    bench.file.write_text(ages.render(record))


def test_the_moment_is_recorded_for_root_only_and_a_later_one_replaces_it(bench: Bench) -> None:
    assert bench.run("hand_over", check_mode=True)["changed"]
    assert not bench.folder.exists()
    assert bench.run("hand_over")["changed"]
    first = ages.moment(ages.parse(bench.file.read_text(), ""), "app", digest(NEW))
    assert first is not None
    assert bench.file.stat().st_mode & 0o777 == 0o600
    assert bench.run("hand_over")["changed"]
    second = ages.moment(ages.parse(bench.file.read_text(), ""), "app", digest(NEW))
    assert second is not None
    assert second > first


def test_who_came_before_holds_it_up_and_others_do_not(bench: Bench) -> None:
    with bench.server.session("app", OLD) as client:
        client.command("PING")
        _recorded(bench, COMING)
        seen = bench.run("look")
        assert not seen["changed"]
        assert (seen["due"], seen["held"]) == ([], ["app"])
        assert (seen["users"][0]["old"], seen["users"][0]["either"]) == (1, 0)
        assert seen["reasons"][0].startswith("app: 1 connection from before the new password was handed over")
        assert "the old one" in seen["table"][1]
        assert bench.run("look", force=True)["due"] == ["app"]
        assert bench.run("look", stage="retiring")["due"] == ["app"]
    seen = bench.run("look", drain_timeout=60)
    assert (seen["due"], seen["users"][0]["reason"]) == (["app"], "no connection is left from before")


def test_of_those_who_came_after_nothing_is_known(bench: Bench) -> None:
    _recorded(bench, 50)
    with bench.server.session("app", OLD) as client:
        client.command("PING")
        seen = bench.run("look")
        assert seen["due"] == ["app"]
        assert (seen["users"][0]["old"], seen["users"][0]["either"]) == (0, 1)
        assert "either" in seen["table"][1]


def test_the_old_ones_are_closed_and_nobody_else(bench: Bench) -> None:
    with bench.server.session("app", OLD) as client, bench.server.session("operator", OLD) as other:
        client.command("PING")
        _recorded(bench, COMING)
        foreseen = bench.run("close", check_mode=True)
        assert client.command("PING") == "PONG"
        done = bench.run("close")
        assert (done["changed"], done["closed"]) == (foreseen["changed"], foreseen["closed"]) == (True, done["closed"])
        (closed,) = done["closed"]
        assert done["diff"][0]["before"] == foreseen["diff"][0]["before"] == f"{closed}\n"
        with pytest.raises(UnreachableError):
            client.command("PING")
        assert other.command("PING") == "PONG"
        assert not bench.run("close")["changed"]


def test_without_a_record_nothing_goes(bench: Bench) -> None:
    seen = bench.run("look", force=True)
    assert seen["held"] == ["app"]
    assert "no record of a handing over" in seen["reasons"][0]
    assert bench.run("close")["closed"] == []


def test_no_hash_is_in_any_result(bench: Bench) -> None:
    _recorded(bench, 50)
    said = repr([bench.run("hand_over"), bench.run("look"), bench.run("close")])
    assert [word for word in (OLD, NEW, digest(OLD), digest(NEW)) if word in said] == []


def test_a_wrong_duration_is_refused_first(bench: Bench) -> None:
    assert "'soon' is no duration" in fail(redis_rotation, bench.options("look", retire_after="soon"))
