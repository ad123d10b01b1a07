"""What is asked for, on hosts of which more or less is known."""

from __future__ import annotations

from collections import Counter

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.evidence.pieces import (
    FILES,
    PROGRAM,
    SERVER,
    About,
    Plan,
    plan,
)

WHOLE = About(
    unit="redis-server.service",
    pid="4711",
    package="redis-tools",
    data_dir="/var/lib/redis",
    hours="12",
    files=("/etc/redis/redis.conf", "", "/etc/passwd"),
    homes=("/root", "/var/lib/redis"),
    version=(7, 0, 15),
)
# All that a server may be told. None of it changes anything; tests/live/evidence asks servers whether that is so.
COMMANDS = {
    *("INFO all", "ACL LOG 100000", "ACL LIST", "CLIENT LIST", "CLIENT ID", "LASTSAVE", "CONFIG GET *", "ROLE"),
    *("SLOWLOG GET 100000", "LATENCY LATEST", "MEMORY STATS", "MODULE LIST", "FUNCTION LIST WITHCODE"),
}
# Programs with the words that make them read only.
PROGRAMS = {
    *("ss -tanpo", "ss -xanp", "ps -eww", "who -a", "nft list", "iptables-save ", "ip -s", "ip route"),
    *("journalctl --no-pager", "last -Fwi", "systemctl --no-pager", "dpkg -l", "dpkg --verify"),
}


def _asked(planned: Plan, kind: str) -> list[tuple[str, ...]]:
    return [piece.ask for piece in planned.pieces if piece.kind == kind]


def test_a_server_is_only_asked_what_is_listed() -> None:
    asked = _asked(plan(WHOLE), SERVER)
    assert {" ".join(words) for words in asked} == COMMANDS
    assert [words[0] for words in asked][:3] == ["INFO", "ACL", "CLIENT"], "counters and denials before ours"


def test_programs_are_only_those_that_read() -> None:
    asked = _asked(plan(WHOLE), PROGRAM)
    assert {" ".join((*argv, "")[:2]) for argv in asked} == PROGRAMS
    assert {argv[2] for argv in asked if argv[0] == "systemctl"} == {"cat", "show", "list-timers"}
    assert {argv[1:3] for argv in asked if argv[0] == "nft"} == {("list", "ruleset")}


def test_nothing_is_left_to_fill_in() -> None:
    planned = plan(WHOLE)
    assert planned.left_out == ()
    assert [word for piece in planned.pieces for word in piece.ask if "{" in word] == []
    words = {word for piece in planned.pieces for word in piece.ask}
    assert {"--unit=redis-server.service", "--since=-12h", "redis-tools", "/var/lib/redis/*", "4711"} <= words
    assert {"/root/.ssh/*", "/var/lib/redis/.ssh/*"} <= words


def test_every_file_of_the_bundle_has_one_name() -> None:
    names = Counter(piece.name for piece in plan(WHOLE).pieces)
    assert [name for name, count in names.items() if count > 1] == []
    assert {f"files{path}" for path in (*FILES, "/etc/redis/redis.conf")} <= set(names)
    assert [name for name in names if name.startswith("/") or ".." in name] == []


def test_everything_has_a_limit_of_size_and_time() -> None:
    assert all(0 < piece.limit <= 2**24 and 0 < piece.seconds <= 20 for piece in plan(WHOLE).pieces)


@pytest.mark.parametrize(
    ("about", "left_out"),
    [
        (
            About(version=(7, 2, 4)),
            {
                "host/server_process.json": "the server has no process",
                "host/journal_server.txt": "the server has no unit",
                "host/unit.txt": "the server has no unit",
                "host/unit_state.txt": "the server has no unit",
                "host/data_folder.json": "the server has no data folder",
                "host/package_verify.txt": "the server is of no package",
            },
        ),
        (
            About("u", "1", "p", "/d", version=(6, 2, 14)),
            {"server/function_list.json": "the server is older than 7.0"},
        ),
        # Of an unknown version it is tried.
        (About("u", "1", "p", "/d"), {}),
    ],
)
def test_what_cannot_be_asked_for_is_left_out_with_a_reason(about: About, left_out: dict[str, str]) -> None:
    planned = plan(about)
    assert {piece.name: reason for piece, reason in planned.left_out} == left_out
    assert {piece.name for piece in planned.pieces}.isdisjoint(left_out)
