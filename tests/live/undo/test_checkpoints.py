"""Checkpoints of real servers: complete, checked, for their owner only, or not there at all."""

from __future__ import annotations

import json
import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.collect import checkpoints, instance
from ansible_collections.rampart.redis.plugins.module_utils.collect.checkpoints import save
from ansible_collections.rampart.redis.plugins.module_utils.collect.doors import Way
from ansible_collections.rampart.redis.plugins.module_utils.collect.unit import Unit
from ansible_collections.rampart.redis.plugins.module_utils.conf.checkpoint import parse
from ansible_collections.rampart.redis.plugins.module_utils.errors import HostError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible_collections.rampart.redis.tests.live.servers import Running

KEYS = 50


@pytest.fixture
def params(live: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Options of redis_undo for a server with data; the host around it is stood in for."""
    with live.session() as server:
        server.pipeline([("SET", f"key:{at}", "value") for at in range(KEYS)])
    site = instance.Site(
        Unit("redis-server.service", active=True),
        live.binary,
        live.version,
        str(live.folder / "redis.conf"),
        pid=os.getpid(),
    )

    @contextmanager
    def door(_site: instance.Site, _params: dict[str, Any]) -> Iterator[Way]:
        with live.session() as server:
            yield Way(server)

    monkeypatch.setattr(instance, "look", lambda _unit, _config: site)
    monkeypatch.setattr(instance, "door", door)
    (tmp_path / "tls").mkdir(mode=0o750)
    (tmp_path / "tls" / "key.pem").write_text("a key")
    (tmp_path / "tls" / "link.pem").symlink_to("key.pem")
    return {
        "path": str(tmp_path / "undo" / "redis-server"),
        "unit": "redis-server.service",
        "config_file": None,
        "paths": [str(tmp_path / "tls"), str(tmp_path / "users.acl")],
        "modes": [str(tmp_path)],
        "kernel": ["kernel.ostype", "no.such.name"],
        "timeout": 20.0,
    }


def _modes(folder: str) -> set[int]:
    return {path.stat().st_mode & 0o7777 for path in (Path(folder), *Path(folder).rglob("*"))}


def test_a_checkpoint_holds_all_of_it(live: Running, params: dict[str, Any]) -> None:
    with live.session() as server:
        server.command("CONFIG", "SET", "maxmemory", "1000000")
    assert save(params, check_mode=False)["changed"]
    folder = Path(params["path"])
    manifest = parse((folder / "manifest.json").read_text(), "manifest")
    kinds = {Path(entry.path).name: entry.kind for entry in manifest.entries}
    assert kinds == {
        "redis.conf": "file",
        "tls": "folder",
        "key.pem": "file",
        "link.pem": "link",
        "users.acl": "absent",
    }
    assert manifest.snapshot is not None
    assert manifest.snapshot.keys == KEYS
    assert (folder / "dump.rdb").read_bytes() == Path(manifest.snapshot.path).read_bytes()
    assert manifest.running["maxmemory"] == "1000000"
    assert [line.split()[1] for line in manifest.users] == ["default"]
    assert manifest.kernel == {"kernel.ostype": "Linux"}
    assert _modes(params["path"]) == {0o700, 0o600}
    assert sorted(path.name for path in folder.iterdir()) == ["dump.rdb", "files", "manifest.json"]


def test_there_is_one_checkpoint_and_the_second_run_asks_nobody(
    params: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    save(params, check_mode=False)
    before = (Path(params["path"]) / "manifest.json").read_bytes()
    monkeypatch.setattr(instance, "look", lambda *_: pytest.fail("looked at the server"))
    assert save(params, check_mode=False)["changed"] is False
    assert (Path(params["path"]) / "manifest.json").read_bytes() == before


def test_check_mode_writes_and_saves_nothing(live: Running, params: dict[str, Any]) -> None:
    assert save(params, check_mode=True)["changed"]
    assert not Path(params["path"]).parent.exists()
    assert not (live.folder / "dump.rdb").exists()


def test_a_full_disk_is_refused_before_anything_is_saved(
    live: Running, params: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "_free", lambda _folder: (1, 1024))
    with pytest.raises(HostError, match="the disk is too full for a snapshot"):
        save(params, check_mode=False)
    assert not (live.folder / "dump.rdb").exists()
    assert list(Path(params["path"]).parent.iterdir()) == []


def test_a_save_that_fails_leaves_no_checkpoint(live: Running, params: dict[str, Any]) -> None:
    with live.session() as server:
        server.command("CONFIG", "SET", "save", "")
    (live.folder / "dump.rdb").mkdir()  # the server cannot rename its file over a folder, root or not
    with pytest.raises(HostError, match="BGSAVE failed"):
        save(params, check_mode=False)
    assert list(Path(params["path"]).parent.iterdir()) == []


def test_a_damaged_copy_is_noticed(params: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def copy(source: Path, target: Path) -> None:
        data = Path(source).read_bytes()
        Path(target).write_bytes(data[: len(data) // 2])

    monkeypatch.setattr(shutil, "copyfile", copy)
    with pytest.raises(HostError, match="the copy of the snapshot is damaged"):
        save(params, check_mode=False)
    assert list(Path(params["path"]).parent.iterdir()) == []


def test_what_a_killed_run_left_is_not_taken_over(params: dict[str, Any]) -> None:
    partial = Path(params["path"]).with_name(".redis-server.partial")
    (partial / "files").mkdir(parents=True)
    (partial / "files" / "half").write_text("half")
    save(params, check_mode=False)
    assert not partial.exists()
    assert not (Path(params["path"]) / "files" / "half").exists()
    assert json.loads((Path(params["path"]) / "manifest.json").read_text())["schema"] == 1


def test_two_never_work_on_one_checkpoint(tmp_path: Path) -> None:
    folder = tmp_path / "undo" / "redis-server"
    with checkpoints.alone(folder, 0.0), checkpoints.alone(folder, 0.0):
        pass  # there is none yet
    folder.mkdir(parents=True)
    with (
        checkpoints.alone(folder, 0.0),
        pytest.raises(HostError, match="another run is still at work"),
        checkpoints.alone(folder, 0.2),
    ):
        raise AssertionError("two at once")
    with checkpoints.alone(folder, 0.0):
        pass
