"""Why evidence comes before isolation: what a server forgets when a connection is cut, and when it is restarted."""

from __future__ import annotations

import subprocess
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible_collections.rampart.redis.plugins.module_utils.collect import evidence
from ansible_collections.rampart.redis.plugins.module_utils.errors import UnreachableError
from ansible_collections.rampart.redis.tests.live import servers
from ansible_collections.rampart.redis.tests.live.evidence.opening import unpacked

if TYPE_CHECKING:
    from ansible_collections.rampart.redis.tests.live.evidence.opening import Recipient
    from ansible_collections.rampart.redis.tests.live.servers import Running


def test_a_connection_that_is_cut_is_in_the_bundle_only(
    used: Running, params: dict[str, Any], us: Recipient, tmp_path: Path
) -> None:
    with used.session() as attacker:
        attacker.command("CLIENT", "SETNAME", "attacker")
        bundle = Path(evidence.collect(params, check_mode=False)["bundle"])
    with used.session() as server:
        assert "name=attacker" not in server.command("CLIENT", "LIST")
    folder = unpacked(bundle, us, tmp_path / "open")
    assert "name=attacker" in (folder / "server/client_list.txt").read_text()


def test_what_a_restart_ends_is_in_the_bundle_only(
    used: Running, params: dict[str, Any], us: Recipient, tmp_path: Path
) -> None:
    with used.session() as server:
        server.command("CONFIG", "SET", "maxmemory", "4711000")
    folder = unpacked(Path(evidence.collect(params, check_mode=False)["bundle"]), us, tmp_path / "open")
    with used.session() as server, suppress(UnreachableError):
        server.command("SHUTDOWN", "NOSAVE")
    again = subprocess.Popen([used.binary, str(used.folder / "redis.conf")], stdout=subprocess.DEVNULL)
    try:
        servers._await(again, used.endpoint, used.folder)
        with used.session() as server:
            assert server.command("ACL", "LOG") == []
            assert server.command("SLOWLOG", "GET") == []
            assert server.config("maxmemory") == {"maxmemory": "0"}
    finally:
        again.kill()
        again.wait()
    assert "nobody" in (folder / "server/acl_log.json").read_text()
    assert "key:slow" in (folder / "server/slowlog.json").read_text()
    assert "4711000" in (folder / "server/config.json").read_text()
