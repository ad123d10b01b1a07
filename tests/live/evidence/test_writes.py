"""A server with an append-only file, which has hung up on the silent connection by the time it is told to save."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.collect import evidence, evidence_case
from ansible_collections.rampart.redis.tests.live.evidence import conftest
from ansible_collections.rampart.redis.tests.live.evidence.opening import unpacked
from ansible_collections.rampart.redis.tests.live.servers import Running, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible_collections.rampart.redis.tests.live.evidence.opening import Recipient


# A fixture of the same name takes the place of the one without an append-only file.
@pytest.fixture
def used(binary: str) -> Iterator[Running]:
    with running(binary, "appendonly yes\nappendfsync always\n") as server:
        with server.session() as talk:
            talk.command("SET", "stolen", "note")
        yield server


params = conftest.params


@pytest.mark.parametrize("rdb", ["save", "skip"])
def test_the_last_commands_are_in_it_unless_data_is_left_out(
    params: dict[str, Any], us: Recipient, tmp_path: Path, rdb: str
) -> None:
    folder = unpacked(Path(evidence.collect({**params, "rdb": rdb}, check_mode=False)["bundle"]), us, tmp_path / "open")
    held = [path for path in folder.rglob("*.aof") if b"stolen" in path.read_bytes()]
    assert len(held) == (rdb == "save")
    assert b"stolen" not in b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file()) or rdb == "save"
    assert ".aof" in (folder / "host/data_folder.json").read_text()


def test_a_server_that_hung_up_is_called_again(
    used: Running, params: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(*given: Any) -> dict[str, Any]:  # noqa: ANN401
        answers = ask_all(*given)
        with used.session() as server:
            server.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        return answers

    ask_all = evidence_case.ask_all
    monkeypatch.setattr(evidence, "ask_all", asked)
    assert evidence.collect(params, check_mode=False)["data"]["state"] == "saved"
