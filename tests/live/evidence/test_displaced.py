"""A server that an attacker told to save elsewhere is not told to save."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.collect import evidence
from ansible_collections.rampart.redis.tests.live.evidence import conftest
from ansible_collections.rampart.redis.tests.live.evidence.opening import unpacked
from ansible_collections.rampart.redis.tests.live.servers import Running, running, version_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible_collections.rampart.redis.tests.live.evidence.opening import Recipient


# A fixture of the same name takes the place of the one that protects its configuration.
@pytest.fixture
def used(binary: str) -> Iterator[Running]:
    careless = "enable-protected-configs yes\n" if version_of(binary).since((7, 0)) else ""
    with running(binary, careless) as server:
        yield server


params = conftest.params


@pytest.mark.parametrize("moved", [("dir",), ("dbfilename",), ("dir", "dbfilename")])
def test_it_does_not_do_an_attackers_work(
    used: Running, params: dict[str, Any], us: Recipient, tmp_path: Path, moved: tuple[str, ...]
) -> None:
    crontabs = tmp_path / "crontabs"
    crontabs.mkdir()
    values = {"dir": str(crontabs), "dbfilename": "root"}
    with used.session() as server:
        server.command("SET", "payload", "\n* * * * * evil\n")
        for name in moved:
            server.command("CONFIG", "SET", name, values[name])
    result = evidence.collect(params, check_mode=False)
    assert result["data"]["state"] == "refused"
    assert "saves to another place than its file says" in result["data"]["reason"]
    assert list(crontabs.iterdir()) == []
    assert not (used.folder / "root").exists()
    folder = unpacked(Path(result["bundle"]), us, tmp_path / "open")
    assert all(values[name] in (folder / "server/config.json").read_text() for name in moved)
