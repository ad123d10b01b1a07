"""Bundles of real servers: complete, encrypted, the server as it was, and nothing left in clear."""

from __future__ import annotations

import errno
import json
import os
import pwd
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils import connection
from ansible_collections.rampart.redis.plugins.module_utils.acl.presets import PRESETS
from ansible_collections.rampart.redis.plugins.module_utils.collect import (
    evidence,
    evidence_saving,
    instance,
    sealing,
)
from ansible_collections.rampart.redis.plugins.module_utils.collect.checkpoints import hash_of
from ansible_collections.rampart.redis.plugins.module_utils.collect.doors import Way
from ansible_collections.rampart.redis.plugins.module_utils.errors import HostError, InputError
from ansible_collections.rampart.redis.tests.live.evidence.conftest import KEYS, SECRET
from ansible_collections.rampart.redis.tests.live.evidence.opening import opened, recipient, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager

    from ansible_collections.rampart.redis.tests.live.evidence.opening import Recipient
    from ansible_collections.rampart.redis.tests.live.servers import Running


def _state(server: Running) -> tuple[object, ...]:
    with server.session() as talk:
        keys = sorted(talk.command("KEYS", "*"))
        values = talk.command("MGET", *keys)
        return keys, values, talk.command("CONFIG", "GET", "*"), talk.command("ACL", "LIST")


def _manifest(folder: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return document


def _missing(folder: Path) -> dict[str, str]:
    return {row["name"]: row["reason"] for row in _manifest(folder)["missing"]}


def test_all_of_it_is_there_and_the_server_is_as_it_was(
    used: Running, params: dict[str, Any], us: Recipient, tmp_path: Path
) -> None:
    before = _state(used)
    result = evidence.collect(params, check_mode=False)
    assert _state(used) == before
    assert result["server_not_asked"] == ""
    assert result["data"]["state"] == "saved"
    assert result["sha256"] == hash_of(result["bundle"])
    folder = unpacked(Path(result["bundle"]), us, tmp_path / "open")
    held = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert held == {*(row["name"] for row in result["files"]), "timeline.txt", "manifest.json", "SHA256SUMS"}
    server = {name for name in held if name.startswith("server/")}
    functions = set() if used.version.since((7, 0)) else {"server/function_list.json"}
    assert {name for name in _missing(folder) if name.startswith("server/")} == functions
    assert len(server) == 13 - len(functions)
    assert SECRET in (folder / "server/config.json").read_text()
    assert SECRET in (folder / f"files{used.folder}/redis.conf").read_text()
    assert "nobody" in (folder / "server/acl_log.json").read_text()
    assert f"keys={KEYS + 1}," in (folder / "server/info.txt").read_text()
    assert (folder / "data/dump.rdb").read_bytes() == (used.folder / "dump.rdb").read_bytes()
    process = json.loads((folder / "host/server_process.json").read_text())
    assert process["exe_sha256"] == hash_of(used.binary)
    timeline = (folder / "timeline.txt").read_text()
    for words in ("AUTH as nobody", "connected", "SET took", "the server started", "the data was saved"):
        assert words in timeline


def test_what_is_returned_holds_no_content(params: dict[str, Any]) -> None:
    said = json.dumps(evidence.collect(params, check_mode=False))
    assert [word for word in (SECRET, "nobody", "key:", "value") if word in said] == []


def test_the_bundle_is_its_owners_and_closed(params: dict[str, Any]) -> None:
    path = Path(evidence.collect(params, check_mode=False)["bundle"])
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert list(path.parent.iterdir()) == [path], "nothing in clear beside it"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_who_fetches_it_need_not_be_root(params: dict[str, Any]) -> None:
    path = Path(evidence.collect({**params, "owner": "nobody"}, check_mode=False)["bundle"])
    assert {pwd.getpwuid(one.stat().st_uid).pw_name for one in (path, path.parent)} == {"nobody"}
    assert path.stat().st_mode & 0o777 == 0o600


def test_an_account_that_does_not_exist_is_refused_at_once(
    params: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(instance, "look", lambda *_: pytest.fail("the host was asked"))
    with pytest.raises(HostError, match="nobody-here"):
        evidence.collect({**params, "owner": "nobody-here"}, check_mode=False)


def test_only_its_recipients_open_it_and_only_whole(
    params: dict[str, Any], us: Recipient, stranger: Recipient, tmp_path: Path
) -> None:
    other = recipient(tmp_path, "other", "ec")
    path = Path(evidence.collect({**params, "recipients": [us.pem, other.pem]}, check_mode=False)["bundle"])
    assert unpacked(path, us, tmp_path / "us").name == unpacked(path, other, tmp_path / "other").name
    refused = opened(path, stranger, tmp_path / "stranger")
    assert refused.returncode != 0
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    damaged = opened(path, us, tmp_path / "damaged")
    assert damaged.returncode != 0
    for folder in ("stranger", "damaged"):
        assert [found for found in (tmp_path / folder).iterdir() if found.is_dir()] == []


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("none", "nobody could open"),
        ("key", "private key"),
        ("text", "not one certificate"),
        ("ed25519", "cannot encrypt"),
    ],
)
def test_without_a_usable_recipient_nothing_is_asked(
    params: dict[str, Any], us: Recipient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, words: str
) -> None:
    ed25519 = recipient(tmp_path, "ed", "ed25519").pem
    given = {"none": [], "key": [us.key.read_text() + us.pem], "text": ["us"], "ed25519": [us.pem, ed25519]}[kind]
    monkeypatch.setattr(instance, "look", lambda *_: pytest.fail("the host was asked"))
    with pytest.raises(InputError, match=words):
        evidence.collect({**params, "recipients": given}, check_mode=False)
    assert list(Path(params["path"]).iterdir()) == []


def test_check_mode_plans_and_asks_nobody(
    used: Running, params: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(instance, "door", lambda *_: pytest.fail("the server was asked"))
    result = evidence.collect(params, check_mode=True)
    assert {"server/info.txt", "host/sockets.txt", "data/dump.rdb"} <= set(result["planned"])
    assert list(Path(params["path"]).iterdir()) == []
    assert not (used.folder / "dump.rdb").exists()


def test_what_was_saved_before_is_in_it_too(
    used: Running, params: dict[str, Any], us: Recipient, tmp_path: Path
) -> None:
    """After a FLUSHALL the old file is all that is left, and BGSAVE takes its place."""
    with used.session() as server:
        server.command("SAVE")
        before = (used.folder / "dump.rdb").read_bytes()
        server.command("FLUSHALL")
        server.command("SET", "ransom", "pay")
        # FLUSHALL itself saves where save points are set; here there are none.
    assert (used.folder / "dump.rdb").read_bytes() == before
    folder = unpacked(Path(evidence.collect(params, check_mode=False)["bundle"]), us, tmp_path / "open")
    assert (folder / "data/dump-before.rdb").read_bytes() == before
    assert b"ransom" in (folder / "data/dump.rdb").read_bytes()


def test_skipped_data_is_not_in_it(used: Running, params: dict[str, Any], us: Recipient, tmp_path: Path) -> None:
    result = evidence.collect({**params, "rdb": "skip"}, check_mode=False)
    assert result["data"] == {"state": "skipped", "reason": "on request"}
    assert not (unpacked(Path(result["bundle"]), us, tmp_path / "open") / "data").exists()
    assert not (used.folder / "dump.rdb").exists()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [("_free", (1, 1024), "MiB of disk"), ("_memory", 1024, "MiB of memory")],
)
def test_where_there_is_no_room_the_server_is_not_told_to_save(
    used: Running, params: dict[str, Any], monkeypatch: pytest.MonkeyPatch, name: str, value: object, words: str
) -> None:
    monkeypatch.setattr(evidence_saving, name, lambda _: value)
    result = evidence.collect(params, check_mode=False)
    assert result["data"]["state"] == "refused"
    assert words in result["data"]["reason"]
    assert not (used.folder / "dump.rdb").exists()
    assert "data/dump.rdb" in {row["name"] for row in result["missing"]}


def test_a_link_in_place_of_the_data_is_not_followed(
    used: Running, params: dict[str, Any], us: Recipient, tmp_path: Path
) -> None:
    (tmp_path / "shadow").write_text("root:hash")
    (used.folder / "dump.rdb").symlink_to(tmp_path / "shadow")
    folder = unpacked(Path(evidence.collect(params, check_mode=False)["bundle"]), us, tmp_path / "open")
    assert not (folder / "data/dump-before.rdb").exists()
    assert (tmp_path / "shadow").read_text() == "root:hash"
    assert (folder / "data/dump.rdb").read_bytes().startswith((b"REDIS", b"VALKEY"))


def test_a_failed_save_is_told_and_the_rest_is_there(
    used: Running, params: dict[str, Any], us: Recipient, tmp_path: Path
) -> None:
    (used.folder / "dump.rdb").mkdir()  # the server cannot rename its file over a folder, root or not
    result = evidence.collect(params, check_mode=False)
    assert result["data"]["state"] == "failed"
    folder = unpacked(Path(result["bundle"]), us, tmp_path / "open")
    assert "BGSAVE failed" in _missing(folder)["data/dump.rdb"]
    assert (folder / "server/info.txt").is_file()


def test_a_server_that_lets_nobody_in_has_a_host(
    params: dict[str, Any], us: Recipient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def door(_site: object, _params: object) -> Iterator[Way]:
        yield Way(reasons=["connection refused"])

    monkeypatch.setattr(instance, "door", door)
    result = evidence.collect(params, check_mode=False)
    assert result["server_not_asked"] == "connection refused"
    folder = unpacked(Path(result["bundle"]), us, tmp_path / "open")
    assert not (folder / "server").exists()
    assert (folder / "host/server_process.json").is_file()
    assert _missing(folder)["server/info.txt"] == "server: no door lets us in"


def test_a_server_that_floods_is_asked_no_more(
    params: dict[str, Any], us: Recipient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "REPLY_LIMIT", 1500)
    folder = unpacked(Path(evidence.collect(params, check_mode=False)["bundle"]), us, tmp_path / "open")
    missing = _missing(folder)
    assert "more than" in missing["server/info.txt"]
    assert (folder / "server/acl_log.json").is_file(), "the next question has a new connection"
    assert "more than" in missing["server/config.json"]
    assert missing["server/role.json"] == "server: has stopped answering"


def test_the_operator_may_ask_nearly_all_of_it(
    used: Running, params: dict[str, Any], us: Recipient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with used.session() as server:
        server.command("ACL", "SETUSER", "operator", "on", ">operator-secret", *PRESETS["operator"].commands)

    @contextmanager
    def door(_site: object, _params: object) -> Iterator[Way]:
        with used.session("operator", "operator-secret") as server:
            yield Way(server, "operator")

    monkeypatch.setattr(instance, "door", door)
    result = evidence.collect(params, check_mode=False)
    folder = unpacked(Path(result["bundle"]), us, tmp_path / "open")
    assert {name for name in _missing(folder) if name.startswith("server/")} == {"server/function_list.json"}
    assert result["data"]["state"] == "saved"
    assert "operator" not in (folder / "server/acl_log.json").read_text(), "no denial of ours hides those of others"
    assert "operator-secret" not in json.dumps(result)


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put an openssl in the way that ends when the file ``now`` is there."""
    program = tmp_path / "bin" / "openssl"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\nif [ -e {tmp_path}/now ]; then echo "no space left" >&2; exit 1; fi\nexec /usr/bin/openssl "$@"\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    return tmp_path / "now"


def test_a_bundle_that_cannot_be_written_leaves_nothing(
    params: dict[str, Any], broken: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = sealing.sealed

    def begun(path: Path, folder: str, handles: Sequence[int]) -> AbstractContextManager[sealing.Bundle]:
        broken.touch()
        return sealed(path, folder, handles)

    monkeypatch.setattr(sealing, "sealed", begun)
    with pytest.raises(HostError, match="no space left"):
        evidence.collect(params, check_mode=False)
    assert list(Path(params["path"]).iterdir()) == []


def test_a_failure_after_the_save_keeps_what_was_saved_before(
    used: Running, params: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with used.session() as server:
        server.command("SAVE")
        before = (used.folder / "dump.rdb").read_bytes()
        server.command("FLUSHALL")

    def fail(*_given: object) -> None:
        raise HostError("No space left on device", where="bundle")

    monkeypatch.setattr(evidence, "close", fail)
    with pytest.raises(HostError, match=r"No space left.*The data saved before is in .*dump-before\.rdb"):
        evidence.collect(params, check_mode=False)
    (left,) = Path(params["path"]).rglob("*.rdb")
    assert left.read_bytes() == before
    assert left.parent.stat().st_mode & 0o777 == 0o700
    assert [path for path in Path(params["path"]).rglob("*") if path.suffix == ".cms"] == []


def test_a_failure_before_the_save_leaves_nothing(
    used: Running, params: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with used.session() as server:
        server.command("SAVE")
    before = hash_of(str(used.folder / "dump.rdb"))

    def fail(*_given: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(evidence_saving, "save", fail)
    with pytest.raises(HostError, match="No space left on device"):
        evidence.collect(params, check_mode=False)
    assert list(Path(params["path"]).iterdir()) == []
    assert hash_of(str(used.folder / "dump.rdb")) == before


def test_removed_is_only_what_was_fetched(params: dict[str, Any], tmp_path: Path) -> None:
    result = evidence.collect({**params, "rdb": "skip"}, check_mode=False)
    asked = {"bundle": result["bundle"], "sha256": "0" * 64}
    with pytest.raises(InputError, match="not the file that was fetched"):
        evidence.remove(asked, check_mode=False)
    asked["sha256"] = result["sha256"]
    assert evidence.remove(asked, check_mode=True) == {"changed": True}
    assert Path(result["bundle"]).exists()
    assert evidence.remove(asked, check_mode=False) == {"changed": True}
    assert list(Path(params["path"]).iterdir()) == []
    assert evidence.remove(asked, check_mode=False) == {"changed": False}
    (tmp_path / "other.cms").touch()
    with pytest.raises(InputError, match="no bundle"):
        evidence.remove({**asked, "bundle": str(tmp_path / "other.cms")}, check_mode=False)
