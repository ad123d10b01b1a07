"""Events from what servers and hosts answer, also from those that lie."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.evidence.timeline import (
    Event,
    from_acl_log,
    from_clients,
    from_files,
    from_info,
    from_journal,
    from_slowlog,
    render,
)
from hypothesis import given
from hypothesis import strategies as st

NOW = 1795530708.0
DENIED = ["count", 3, "reason", "auth", "context", "toplevel", "object", "AUTH", "username", "eve"]
CLIENT = ["client-info", "id=5 addr=10.0.0.9:4711"]
WHAT = "3 x auth in toplevel: AUTH as eve; id=5 addr=10.0.0.9:4711"


@pytest.mark.parametrize(
    ("info", "events"),
    [
        ({"uptime_in_seconds": "60"}, [Event(NOW - 60, "INFO", "the server started")]),
        (
            {"rdb_last_save_time": "1795530000", "rdb_last_bgsave_status": "ok"},
            [Event(1795530000.0, "INFO", "the data was saved (ok)")],
        ),
        (
            {"master_link_down_since_seconds": "5"},
            [Event(NOW - 5, "INFO", "the link to the primary went down")],
        ),
        ({"master_link_down_since_seconds": "-1", "uptime_in_seconds": "soon"}, []),
    ],
)
def test_info(info: dict[str, str], events: list[Event]) -> None:
    assert list(from_info(info, NOW)) == events


def test_clients_came_and_spoke() -> None:
    text = (
        "id=7 addr=10.0.0.9:4711 name=a=b age=100 idle=10 cmd=config|set user=app\n"
        "id=8 addr=10.0.0.9:4712 age=5 idle=5 cmd=NULL\n"
        "nonsense\n"
    )
    assert list(from_clients(text, NOW)) == [
        Event(NOW - 100, "CLIENT LIST", "client 7 10.0.0.9:4711 as app connected"),
        Event(NOW - 10, "CLIENT LIST", "client 7 10.0.0.9:4711 as app: last command config|set"),
        Event(NOW - 5, "CLIENT LIST", "client 8 10.0.0.9:4712 as ? connected"),
    ]


@pytest.mark.parametrize(
    ("times", "events"),
    [
        # before 7.2 an age, after it two times in milliseconds
        (["age-seconds", "12.5"], [Event(NOW - 12.5, "ACL LOG", f"denied, last of {WHAT}")]),
        (
            ["age-seconds", "1", "timestamp-created", 1795530000000, "timestamp-last-updated", 1795530100000],
            [
                Event(1795530100.0, "ACL LOG", f"denied, last of {WHAT}"),
                Event(1795530000.0, "ACL LOG", f"denied, first of {WHAT}"),
            ],
        ),
        (
            ["timestamp-created", 1795530000000, "timestamp-last-updated", 1795530000000],
            [Event(1795530000.0, "ACL LOG", f"denied, last of {WHAT}")],
        ),
        ([], []),
    ],
)
def test_denials(times: list[object], events: list[Event]) -> None:
    assert list(from_acl_log([[*DENIED, *times, *CLIENT]], NOW)) == events


def test_slow_commands_keep_their_arguments_to_themselves() -> None:
    reply = [
        [2, 1795530001, 15000, ["SET", "card", "4111-secret"], "10.0.0.9:4711", ""],
        [1, 1795530000, 9, ["PING"]],
        ["odd"],
    ]
    assert list(from_slowlog(reply)) == [
        Event(1795530001.0, "SLOWLOG", "SET took 15000 us from 10.0.0.9:4711"),
        Event(1795530000.0, "SLOWLOG", "PING took 9 us"),
    ]


def test_the_journal() -> None:
    text = "1795530708.123456 redis-1 sshd[9]: Accepted publickey for eve\n-- No entries --\n"
    assert list(from_journal(text, "journal of sshd")) == [
        Event(1795530708.123456, "journal of sshd", "redis-1 sshd[9]: Accepted publickey for eve")
    ]


def test_files() -> None:
    row = {"path": "/etc/cron.d/x", "mode": "100644", "uid": 0, "mtime": 1795530000.5}
    assert list(from_files([row, {"path": "gone"}], "file")) == [
        Event(1795530000.5, "file", "/etc/cron.d/x was changed (mode 100644, uid 0)")
    ]


def test_it_is_sorted_and_each_line_says_where_it_is_from() -> None:
    assert render([Event(2.5, "b", "later"), Event(1.0, "a", "sooner")]) == (
        "1970-01-01T00:00:01.000Z\ta\tsooner\n1970-01-01T00:00:02.500Z\tb\tlater\n"
    )


def test_a_name_does_not_steer_the_readers_terminal() -> None:
    text = render([Event(1.0, "ACL LOG", "as eve\x1b[2J\r\nfake\tline\udcff")])
    assert text == "1970-01-01T00:00:01.000Z\tACL LOG\tas eve\\x1b[2J\\r\\nfake\\tline\\udcff\n"


def test_a_line_ends() -> None:
    (line,) = render([Event(1.0, "a", "x" * 10000)]).splitlines()
    assert len(line) < 600


ANYTHING = st.recursive(
    st.none() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=12), max_leaves=40
)


@given(ANYTHING, st.text())
def test_whatever_a_server_answers_it_is_one_line_each(reply: Any, text: str) -> None:  # noqa: ANN401
    events = [*from_acl_log(reply, NOW), *from_slowlog(reply), *from_clients(text, NOW), Event(1.0, "x", text)]
    shown = render(events)
    assert shown.count("\n") == len(shown.splitlines())
    assert all(letter.isprintable() or letter in "\t\n" for letter in shown)


@given(st.floats())
def test_no_time_is_too_odd(at: float) -> None:
    assert render([Event(at, "a", "b")]).count("\n") in (0, 1)
