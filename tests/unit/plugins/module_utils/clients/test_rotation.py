"""Who came in with an old password, and when it can go."""

from __future__ import annotations

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.clients import rotation
from ansible_collections.rampart.redis.plugins.module_utils.clients.connections import TLS, Connection
from ansible_collections.rampart.redis.plugins.module_utils.clients.rotation import Rotated, Rule
from ansible_collections.rampart.redis.plugins.module_utils.errors import InputError

NOW = 10_000.9
MOMENT = 9_000.0  # 1000 s ago


def connection(age: int, user: str = "app", name: str = "", **more: bool) -> Connection:
    kinds = {"is_own": False, "is_link": False, **more}
    return Connection("7", "10.0.0.7:4711", user, TLS, name, "", "get", 0, age, **kinds)


def judged(*found: Connection, stage: str = "open", moment: float | None = MOMENT, **rule: object) -> rotation.Judged:
    return rotation.judge(Rotated("app", stage, moment), found, NOW, Rule(**rule))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("age", "old"), [(0, False), (999, False), (1000, False), (1001, False), (1002, True), (99_999, True)]
)
def test_a_connection_is_old_only_if_it_is_certain(age: int, old: bool) -> None:
    assert rotation.is_old(connection(age), MOMENT, NOW) is old


def test_connections_of_others_our_own_and_links_do_not_count() -> None:
    found = [
        connection(5000, user="web"),
        connection(5000, is_own=True),
        connection(5000, is_link=True),
        connection(10),
        connection(5000),
    ]
    seen = judged(*found)
    assert [(one.age, one.user) for one in seen.old + seen.either] == [(5000, "app"), (10, "app")]
    assert (len(seen.old), len(seen.either)) == (1, 1)


@pytest.mark.parametrize(
    ("ages", "more", "due", "reason"),
    [
        ([], {}, True, "no connection is left from before"),
        ([10, 20], {}, True, "no connection is left from before"),
        ([5000], {}, False, "1 connection from before the new password was handed over, 16 min ago: 10.0.0.7"),
        ([5000, 5000, 10], {}, False, "2 connections from before"),
        ([5000], {"force": True}, True, "it is forced"),
        ([5000], {"after": 1000.0}, True, "it was handed over 16 min ago"),
        ([5000], {"after": 1001.0}, False, "1 connection from before"),
        ([5000], {"after": 0.0}, True, "it was handed over"),
        ([5000], {"stage": "retiring"}, True, "it was decided before"),
        ([5000], {"stage": "made", "force": True}, False, "no record of a handing over"),
        ([5000], {"stage": "none", "force": True}, False, "no record of a handing over"),
        ([], {"moment": None, "force": True}, False, "redis_rotate_phase=add makes one"),
    ],
)
def test_when_the_old_one_can_go(
    ages: list[int],
    more: dict[str, object],
    due: bool,
    reason: str,
) -> None:
    seen = judged(*map(connection, ages), **more)  # type: ignore[arg-type]
    assert (seen.is_due, reason in seen.reason) == (due, True), seen.reason


def test_who_holds_it_up_is_named() -> None:
    seen = judged(connection(5000, name="cron"), connection(6000, name="cron"), connection(5000, name="web"))
    assert rotation.held([seen, judged()]) == [
        "app: 3 connections from before the new password was handed over, 16 min ago: 10.0.0.7 (cron), 10.0.0.7 (web)"
    ]


def test_the_table_has_a_row_for_each_program_and_login() -> None:
    seen = judged(connection(5000, name="web"), connection(5000, name="web"), connection(10, name="web"))
    others = [
        rotation.judge(Rotated("quiet", "open", MOMENT), [], NOW, Rule()),
        rotation.judge(Rotated("plain", "none", None), [connection(5000, "plain")], NOW, Rule()),
        rotation.judge(Rotated("fresh", "made", MOMENT), [connection(5000, "fresh")], NOW, Rule()),
    ]
    rows = [line.split("  ") for line in rotation.table([seen, *others], NOW)]
    assert [[cell.strip() for cell in row if cell.strip()] for row in rows] == [
        ["user", "rotation", "since", "from", "name", "no.", "came in with"],
        ["app", "open", "16 min", "10.0.0.7", "web", "2", "the old one"],
        ["app", "open", "16 min", "10.0.0.7", "web", "1", "either"],
        ["quiet", "open", "16 min", "-", "-", "0", "-"],
        ["plain", "-", "-", "-", "-", "-", "-"],
        ["fresh", "not handed over", "16 min", "-", "-", "-", "-"],
    ]


@pytest.mark.parametrize(
    ("text", "number"),
    [("", None), ("0s", 0), ("90s", 90), ("30min", 1800), ("24h", 86400), ("7d", 604800), ("1 d", 86400)],
)
def test_durations(text: str, number: float | None) -> None:
    assert rotation.seconds(text) == number


@pytest.mark.parametrize("text", ["24", "h", "1w", "-1h", "1.5h", "a day"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(InputError, match=r"is no duration\. Such as 90s, 30min, 24h or 7d"):
        rotation.seconds(text)
