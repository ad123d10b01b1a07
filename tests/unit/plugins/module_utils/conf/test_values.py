"""Same meaning, different spelling."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ansible_collections.rampart.redis.plugins.module_utils.conf.values import (
    from_running,
    from_wish,
    meaning,
    to_set,
)
from ansible_collections.rampart.redis.plugins.module_utils.errors import InputError

if TYPE_CHECKING:
    from ansible_collections.rampart.redis.plugins.module_utils.conf.values import Lines

BUFFERS = "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60"


@pytest.mark.parametrize(
    ("name", "wish", "running"),
    [
        ("appendonly", False, "no"),
        ("appendonly", "YES", "yes"),
        ("maxmemory", "1gb", "1073741824"),
        ("maxmemory", "1GB", "1gb"),
        ("maxmemory", "100k", "100000"),
        ("maxmemory", 0, "0"),
        ("maxmemory-clients", "5%", "5%"),
        ("unixsocketperm", "0700", "700"),
        ("loglevel", "Notice", "notice"),
        ("oom-score-adj", "relative", "yes"),
        ("bind", ["127.0.0.1", "-::1"], "127.0.0.1 -::1"),
        ("bind", "127.0.0.1 -::1", "127.0.0.1 -::1"),
        ("bind", "", ""),
        ("save", "", ""),
        ("save", [], ""),
        ("save", ["900 1", "300 10"], "900 1 300 10"),
        ("save", "900 1 300 10", "900 1 300 10"),
        ("client-output-buffer-limit", ["replica 256mb 64mb 60"], BUFFERS),
        ("latency-tracking-info-percentiles", [50, "99.0"], "50 99"),
        ("notify-keyspace-events", "KEA", "AKE"),
        ("notify-keyspace-events", "K$gE", "g$KE"),
        ("replicaof", "no one", ""),
        ("replicaof", "10.0.0.1 6379", "10.0.0.1 6379"),
        ("tls-protocols", ["TLSv1.3", "TLSv1.2"], "TLSv1.2 TLSv1.3"),
        ("dir", "/var/lib/redis/", "/var/lib/redis"),
        ("shutdown-on-sigterm", "nosave now", "nosave now"),
        ("logfile", "", ""),
    ],
)  # fmt: skip
def test_wish_and_running_are_the_same(name: str, wish: object, running: str) -> None:
    assert meaning(name, from_wish(name, wish)) == meaning(name, from_running(name, running))


@pytest.mark.parametrize(
    ("name", "wish", "running"),
    [
        ("appendonly", True, "no"),
        ("maxmemory", "1gb", "1000000000"),
        ("maxmemory", "1g", "1073741824"),
        ("bind", ["127.0.0.1"], "127.0.0.1 -::1"),
        ("save", "", "3600 1"),
        ("save", ["300 10", "900 1"], "900 1 300 10"),
        ("client-output-buffer-limit", ["normal 1 0 0"], BUFFERS),
        ("requirepass", "Secret", "secret"),
        ("tls-cert-file", "/A", "/a"),
        ("unixsocketperm", "770", "700"),
        ("notify-keyspace-events", "KE", ""),
        ("replicaof", "10.0.0.1 6379", ""),
        ("latency-tracking-info-percentiles", "50", "50 99"),
    ],
)  # fmt: skip
def test_wish_and_running_differ(name: str, wish: object, running: str) -> None:
    assert meaning(name, from_wish(name, wish)) != meaning(name, from_running(name, running))


@pytest.mark.parametrize(
    ("name", "lines", "same_as"),
    [
        ("port", (("1",), ("6379",)), (("6379",),)),
        ("save", (("900", "1"), ("",)), (("",),)),
        ("save", (("",), ("900", "1")), (("900", "1"),)),
        ("save", (("900", "1", "300", "10"),), (("900", "1"), ("300", "10"))),
    ],
)
def test_of_several_lines_the_last_wins_or_all_count(name: str, lines: Lines, same_as: Lines) -> None:
    assert meaning(name, lines) == meaning(name, same_as)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("maxmemroy", 1, "directives: unknown directive 'maxmemroy'. Did you mean maxmemory?"),
        ("port", [1, 2], "directives.port: takes one value, not a list"),
        ("logfile", "a\nb", "directives.logfile: a value is a text of one line"),
        ("logfile", None, "directives.logfile: a value is a text of one line"),
        ("unixsocketperm", 448, "directives.unixsocketperm: write the mode in quotes"),
        ("save", "900", "directives.save: is made of groups of 2 words, found 1"),
        ("bind", '"x', "directives.bind: the quotes are not balanced"),
    ],
)
def test_what_cannot_be_a_value_is_refused(name: str, value: object, message: str) -> None:
    with pytest.raises(InputError) as caught:
        from_wish(name, value)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("name", "wish", "argument"),
    [
        ("save", ["900 1", "300 10"], "900 1 300 10"),
        ("save", "", ""),
        ("bind", ["a", "b"], "a b"),
        ("appendonly", True, "yes"),
        ("maxclients", 10, "10"),
    ],
)
def test_config_set_takes_one_argument(name: str, wish: object, argument: str) -> None:
    assert to_set(from_wish(name, wish)) == argument
